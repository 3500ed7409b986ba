"""``python -m codecomplete web``: serves the built page on this computer."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from codecomplete import __version__

from .serve import BUILT, HOST, PAGE, server

PORT = 8765


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; returns the exit status."""
    options = parser().parse_args(arguments)
    if not (options.folder / PAGE).is_file():
        print(
            f"codecomplete web: {options.folder}: no built page; run 'make web' in a checkout, or "
            "name a folder that holds one with --folder",
            file=sys.stderr,
        )
        return 1
    try:
        serving = server(options.folder, options.port)
    except OSError as error:
        print(
            f"codecomplete web: port {options.port}: {error.strerror}; choose another with --port",
            file=sys.stderr,
        )
        return 1
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


def parser() -> argparse.ArgumentParser:
    parsed = argparse.ArgumentParser(
        prog="codecomplete web", description="Serve the page with ghost text on this computer."
    )
    parsed.add_argument("--folder", type=Path, default=BUILT, help="the built page (%(default)s)")
    parsed.add_argument("--port", type=int, default=PORT, help="0: any that is free (%(default)s)")
    parsed.add_argument("--open", action="store_true", help="open it in the browser")
    parsed.add_argument("--version", action="version", version=f"codecomplete {__version__}")
    return parsed


if __name__ == "__main__":
    sys.exit(main())
