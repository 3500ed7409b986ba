"""Ends the editor from outside: on signals, and when the terminal goes away. Unsaved work first.

Whatever the application is doing, it is over within two seconds: a thread waits for a reason to
end, and ends the process itself if the application does not. Knows nothing of widgets.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], Any] | int | None

SECONDS = 1.0
"""How long the application has to end before the process is ended."""

SETTLED = 0.1
"""Seconds until keys that arrived before the end have reached the text."""

_GOES_ON = {"SIGCHLD", "SIGCONT", "SIGURG", "SIGWINCH"}  # they do not end a process by default
_STOPS = {"SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"}
_FAULTS = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL"}  # a handler would return to the fault
_UNANSWERED = {"SIGKILL"}


def signals() -> list[int]:
    """The signals that would end the process and can be handled, except those that it was started
    to ignore, as ``nohup`` does."""
    names = _GOES_ON | _STOPS | _FAULTS | _UNANSWERED
    others = {getattr(signal, name) for name in names if hasattr(signal, name)}
    return [
        number
        for number in sorted(signal.valid_signals() - others)
        if signal.getsignal(number) not in (signal.SIG_IGN, None)
    ]


@contextlib.contextmanager
def interrupting_only_others() -> Iterator[None]:
    """While another program has the terminal, interrupting that program does not end this one. No
    signal is ignored: the other program would inherit that."""
    before = {number: signal.signal(number, _nothing) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing(number: int, frame: FrameType | None) -> None:
    pass


class Ending:
    """``put_aside`` and ``end`` are called on the event loop's thread; if that hangs, ``put_aside``
    and ``abandon`` are called on other threads."""

    def __init__(
        self,
        put_aside: Callable[[], object],
        end: Callable[[int], object],
        abandon: Callable[[], object],
    ) -> None:
        self._put_aside, self._end, self._abandon = put_aside, end, abandon
        self._write: int | None = None  # the end of a pipe to which signal numbers are written
        self._is_aside = threading.Event()
        self._over = threading.Event()
        self._before: dict[int, Handler] = {}
        self.number: int | None = None  # the signal that ended the editor

    def watch(self, loop: AbstractEventLoop) -> None:
        """From now on, signals end the editor in an orderly way."""
        reason, self._write = os.pipe()
        os.set_blocking(self._write, False)
        for number in signals():
            with contextlib.suppress(OSError, ValueError):  # reserved by the C library
                self._before[number] = signal.signal(number, self._received)
        threading.Thread(target=self._wait, args=(reason, loop), name="ending", daemon=True).start()

    def begin(self, number: int) -> None:
        """End as if this signal had arrived; for any thread, and for signal handlers."""
        if self._write is not None:
            with contextlib.suppress(OSError):
                os.write(self._write, bytes([number]))

    def over(self) -> None:
        """The application has ended: restore the signal handlers that were there before."""
        self._over.set()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()
        if self._write is not None:
            write, self._write = self._write, None
            os.close(write)  # which ends the thread, too

    def _received(self, number: int, frame: FrameType | None) -> None:
        self.begin(number)

    def _wait(self, reason: int, loop: AbstractEventLoop) -> None:
        data = os.read(reason, 1)
        if not data:
            os.close(reason)
            return
        number = data[0]
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(self._in_order, number, loop)
        if self._over.wait(SECONDS):
            return
        if not self._is_aside.is_set():
            late = threading.Thread(target=self._put_aside, daemon=True)
            late.start()
            late.join(SECONDS / 2)
        self._abandon()
        os._exit(128 + number)

    def _in_order(self, number: int, loop: AbstractEventLoop) -> None:
        self.number = number
        self._put_aside()
        self._is_aside.set()
        loop.call_later(SETTLED, self._after_last_keys, number)

    def _after_last_keys(self, number: int) -> None:
        self._put_aside()
        self._end(number)
