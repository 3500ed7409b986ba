"""The ``cc-repl`` command: IPython with ghost text. Its arguments are IPython's own.

``--help-all`` lists our options beside IPython's, ``--version`` prints both versions.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

EXTENSION = "codecomplete"


def main(arguments: Sequence[str] | None = None) -> int:
    """Start IPython, or say how to install it; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        from IPython.terminal.ipapp import TerminalIPythonApp
        from traitlets import default
    except ImportError:
        print("cc-repl needs IPython: pip install 'codecomplete[repl]'", file=sys.stderr)
        return 1
    if given in (["--version"], ["-V"]):
        print(versions())
        return 0

    class Repl(TerminalIPythonApp):
        """IPython that knows our options before the extension is loaded."""

        name = "ipython"

        @default("classes")
        def _classes_default(self) -> list[type]:
            return [*super()._classes_default(), _options()]

    Repl.launch_instance(argv=[f"--ext={EXTENSION}", *given])
    return 0


def versions() -> str:
    """Our version, and IPython's."""
    import IPython

    from codecomplete import __version__

    return f"codecomplete {__version__} (IPython {IPython.__version__})"


def _options() -> type:
    from .ipython import CodeComplete

    return CodeComplete


if __name__ == "__main__":
    sys.exit(main())
