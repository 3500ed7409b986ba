"""``python -m codecomplete web``: serve the page on this computer, with models of your choice."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from codecomplete import __version__, engine
from codecomplete.engine import EngineError, Model, load

from .serve import BUILT, HOST, PAGE, server

PORT = 8765
CHARACTERS = Path(engine.__file__).parent / "models" / "characters-tiny"
"""A small character model, offered for comparison."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; returns the exit status."""
    options = parser().parse_args(arguments)
    folder = options.folder or BUILT
    if not (folder / PAGE).is_file():
        return _failed(
            f"{folder}: no built page; run 'make web' in a checkout, install a wheel (which "
            "contains the page), or name its folder with --folder"
        )
    try:
        models = [] if options.folder else _models(options.models)
        serving = server(folder, options.port, models)
    except EngineError as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(f"port {options.port}: {error.strerror}; choose another with --port")
    address = f"http://{HOST}:{serving.server_port}/"
    print(f"{address} (Ctrl-C ends it)", flush=True)
    if options.open:
        webbrowser.open(address)
    with serving:
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


def _models(paths: Sequence[Path]) -> list[Model]:
    """The models that the page offers: those named, or the user's and a character model."""
    return [load(path) for path in paths] or [load(), load(CHARACTERS)]


def _failed(why: str) -> int:
    print(f"codecomplete web: {why}", file=sys.stderr)
    return 1


def parser() -> argparse.ArgumentParser:
    parsed = argparse.ArgumentParser(
        prog="codecomplete web", description="Serve the page with ghost text on this computer."
    )
    parsed.add_argument(
        "models", nargs="*", type=Path,
        help="model directories to offer (default: the one in use, and a character model)",
    )  # fmt: skip
    parsed.add_argument(
        "--folder", type=Path, help="serve the page built in this folder, with its own models"
    )
    parsed.add_argument(
        "--port",
        type=int,
        default=PORT,
        help="port to listen on (default: %(default)s); 0 picks a free one",
    )
    parsed.add_argument("--open", action="store_true", help="open the page in the browser")
    parsed.add_argument("--version", action="version", version=f"codecomplete {__version__}")
    return parsed


if __name__ == "__main__":
    sys.exit(main())
