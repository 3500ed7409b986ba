"""Keeps everything but the editor from writing to the screen while it is drawn.

Textual catches what Python code writes, but not what libraries in C or Rust write.
"""

from __future__ import annotations

import os


class Alone:
    """A stream to the screen for the editor alone: what anything else in the process writes to
    standard output or error is discarded while the editor is drawn."""

    def __init__(self) -> None:
        self.screen = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
        self._kept: dict[int, int] = {}  # duplicates of what was redirected, by descriptor

    def begin(self) -> None:
        """Redirect standard output and error, unless they go to a file or a pipe."""
        for number in {1, 2} - self._kept.keys():
            if os.isatty(number):
                self._kept[number] = os.dup(number)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, number)
                os.close(nowhere)

    def end(self) -> None:
        """Restore standard output and error."""
        for number, kept in self._kept.items():
            os.dup2(kept, number)
            os.close(kept)
        self._kept.clear()
