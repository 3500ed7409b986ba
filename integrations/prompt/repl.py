"""The ``cc-repl`` command: IPython with ghost text on. Arguments are IPython's own."""

from __future__ import annotations

import sys
from collections.abc import Sequence

EXTENSION = "codecomplete"


def main(arguments: Sequence[str] | None = None) -> int:
    """Start IPython; says what to install if it is not there."""
    try:
        from IPython import start_ipython
    except ImportError:
        print("cc-repl needs IPython: pip install 'codecomplete[repl]'", file=sys.stderr)
        return 1
    given = list(sys.argv[1:] if arguments is None else arguments)
    start_ipython(argv=[f"--ext={EXTENSION}", *given])
    return 0


if __name__ == "__main__":
    sys.exit(main())
