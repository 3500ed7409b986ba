"""Who writes to the screen while the editor is drawn: the editor alone.

Python's own writing is caught by Textual; that of libraries in C or Rust is not.
"""

from __future__ import annotations

import os


class Alone:
    """A way to the screen that only the editor has: what anything else in the process writes to
    standard output or error goes nowhere while it is drawn.
    """

    def __init__(self) -> None:
        self.screen = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
        self._kept: dict[int, int] = {}  # what stood there, by descriptor

    def begin(self) -> None:
        """Only terminals are cut off: what was sent into a file or a pipe still arrives there."""
        for number in {1, 2} - self._kept.keys():
            if os.isatty(number):
                self._kept[number] = os.dup(number)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, number)
                os.close(nowhere)

    def end(self) -> None:
        """Give standard output and error back."""
        for number, kept in self._kept.items():
            os.dup2(kept, number)
            os.close(kept)
        self._kept.clear()
