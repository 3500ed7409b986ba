"""``codecomplete nvim path`` prints the runtime path for Neovim; ``serve`` answers its requests.

The plugin starts ``serve``, which speaks msgpack-rpc over stdin and stdout until they close.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from codecomplete import __version__

RUNTIME = Path(__file__).resolve().parent / "runtime"
MISSING = "the Neovim plugin needs pynvim ({error}): pip install 'codecomplete[nvim]'"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="codecomplete nvim", description=__doc__)
    parser.add_argument("--version", action="version", version=f"codecomplete {__version__}")
    parser.add_argument("command", choices=("path", "serve"))
    if parser.parse_args(arguments).command == "path":
        print(RUNTIME)
        return 0
    try:
        from .serve import serve
    except ImportError as error:
        print(MISSING.format(error=error), file=sys.stderr)
        return 1
    serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
