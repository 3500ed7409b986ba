"""Unsaved work outlives whatever happens: idle moments, signals, a bug of ours.

Puts it aside through each editor's buffer; never raises, never asks.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from .files import FileProblem

if TYPE_CHECKING:
    from .editor import Editor

log = logging.getLogger("codecomplete")

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Rescue:
    """``editors`` gives all that are open; ``say`` shows the user a sentence."""

    def __init__(
        self, editors: Callable[[], Iterable[Editor]], say: Callable[[str], object]
    ) -> None:
        self._editors, self._say = editors, say
        self._said: set[str] = set()

    def put_aside(self) -> None:
        """Everything that is not saved, now."""
        for editor in self._editors():
            try:
                editor.buffer.put_aside(editor.text)
            except FileProblem as error:
                self._warn(str(error))
            except Exception as error:
                log.error("unsaved work could not be put aside", exc_info=error)

    def on_signals(self, end: Callable[[int], object]) -> None:
        """Put everything aside when the system or the terminal ends the editor, then ``end``."""

        def ended(number: int) -> None:
            self.put_aside()
            end(number)

        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, ended, number)

    def _warn(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._say(sentence)
