"""Autosave: puts unsaved work aside after a pause in typing, and without one before long.

Goes through each editor's buffer. Never raises and never asks; while the user types, a worker
thread does the writing, so that nobody waits for a disk. Knows when, not where.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .files import FileProblem

if TYPE_CHECKING:
    from .editor import Editor

log = logging.getLogger("codecomplete")

LONGEST = 5.0  # seconds of steady typing until work is put aside, or the pause if that is longer
SHARE = 20  # the pause is at least so many times as long as the last writing took

Job = Callable[[], object]


class Rescue:
    """``editors`` returns all open editors, ``say`` shows the user a sentence, ``after`` calls a
    function after some seconds, and ``pause`` is in seconds."""

    def __init__(
        self,
        editors: Callable[[], Iterable[Editor]],
        say: Callable[[str], object],
        after: Callable[[float, Callable[[], object]], object] = lambda seconds, call: None,
        pause: float = 2.0,
    ) -> None:
        self._editors, self._say, self._after, self._pause = editors, say, after, pause
        self._said: set[str] = set()
        self._first: float | None = None  # when the first edit since the last writing was made
        self._last = 0.0
        self._took = 0.0
        self._thread: threading.Thread | None = None

    def edited(self) -> None:
        """Called after each edit: put the text aside after a pause (debounce), or before long."""
        self._last = time.monotonic()
        if self._first is None:
            self._first = self._last
            self._after(self._wait(), self._look)

    def put_aside(self) -> None:
        """Put all unsaved work aside now; returns when it is written."""
        self._first = None
        self._run(self._jobs())

    def _look(self) -> None:
        if self._first is None:
            return
        wait = self._wait()
        if wait > 0 or (self._thread is not None and self._thread.is_alive()):
            self._after(max(wait, 0.05), self._look)
            return
        self._first = None
        self._thread = threading.Thread(target=self._run, args=(self._jobs(),), daemon=True)
        self._thread.start()

    def _wait(self) -> float:
        """Seconds until the work is to be put aside."""
        assert self._first is not None
        pause = max(self._pause, SHARE * self._took)
        return min(self._last + pause, self._first + max(LONGEST, pause)) - time.monotonic()

    def _jobs(self) -> list[Job]:
        """What to write, with the texts as they are now."""
        jobs: list[Job] = []
        for editor in self._editors():
            try:
                jobs.append(editor.buffer.aside(editor.text))
            except Exception as error:
                log.error("unsaved work could not be read", exc_info=error)
        return jobs

    def _run(self, jobs: list[Job]) -> None:
        start = time.monotonic()
        for job in jobs:
            try:
                job()
            except FileProblem as error:
                self._warn(str(error))
            except Exception as error:
                log.error("unsaved work could not be put aside", exc_info=error)
        self._took = time.monotonic() - start

    def _warn(self, sentence: str) -> None:
        if sentence in self._said:
            return
        self._said.add(sentence)
        try:
            self._say(sentence)
        except Exception as error:  # the app is ending
            log.warning("%s", sentence, exc_info=error)
