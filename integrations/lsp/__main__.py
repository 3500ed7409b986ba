"""The ``cc-lsp`` command: ghost text for editors that speak the Language Server Protocol.

Editors start it and talk to it over stdin and stdout; it opens no socket unless asked to.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codecomplete import __version__

if TYPE_CHECKING:
    from .server import Load

ABOUT = """\
Ghost text for editors that speak the Language Server Protocol. Editors start it and talk to it over
stdin and stdout; it opens no socket unless asked to."""

HINT = """\
cc-lsp speaks LSP over stdin and stdout, and is started by an editor, not by hand.
docs/lsp.md says how to set up your editor. Press Ctrl-D to end it."""


def main(arguments: Sequence[str] | None = None, load: Load | None = None) -> int:
    """Serve a client; does not return. Imports lazily what it needs. ``load`` is for another
    engine."""
    parser = argparse.ArgumentParser("cc-lsp", description=ABOUT)
    parser.add_argument("--version", action="version", version=f"cc-lsp {__version__}")
    parser.add_argument("--stdio", action="store_true", help="use stdin and stdout (the default)")
    parser.add_argument(
        "--listen",
        type=int,
        metavar="PORT",
        help="serve one client on 127.0.0.1 instead; it must send the token that is printed, or "
        "the one in CODECOMPLETE_TOKEN; 0 picks a free port",
    )
    parser.add_argument("--verbose", action="store_true", help="log more to standard error")
    # Added by clients built on vscode-languageclient; initialize says the same.
    parser.add_argument("--clientProcessId", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    level = logging.DEBUG if given.verbose else logging.WARNING
    logging.basicConfig(level=level, stream=sys.stderr, format="cc-lsp: %(message)s")
    if given.listen is None and sys.stdin.isatty():
        print(HINT, file=sys.stderr)
    from ..shared.suggester import load_engine
    from .serve import serve_port, serve_stdio

    if given.listen is None:
        serve_stdio(load or load_engine)
    serve_port(given.listen, load or load_engine)


if __name__ == "__main__":
    sys.exit(main())
