"""The terminal while the editor runs: bytes in, bytes out, and what to do once it is gone.

Replaces Textual's two threads: its reader reads the end of a closed terminal for ever, and its
writer ends at the first failure, while the application waits for it.
"""

from __future__ import annotations

import codecs
import contextlib
import logging
import os
import select
import signal
import termios
from collections.abc import Iterable
from queue import Queue
from typing import IO, Any, Protocol, cast

from textual.drivers import linux_driver
from textual.drivers._writer_thread import WriterThread
from textual.message import Message

from .ending import Ending
from .first_screen import ENTER, FirstScreen
from .keys import KeyParser
from .screen import Alone

log = logging.getLogger("codecomplete")

PART = 1 << 14  # bytes that are read at once
PAUSE = 0.1  # seconds between two checks of whether the application has ended
LEAVE = (
    "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h"
    "\x1b[?1004l"
)
"""What Textual writes when it ends."""


class Host(Protocol):
    """An application that can be ended from outside, and may be drawn before it is loaded."""

    ending: Ending
    first_screen: FirstScreen | None


class Driver(linux_driver.LinuxDriver):
    """Textual's driver with our parser, exclusive use of the screen, and an orderly end."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._alone = Alone()
        self._file = self._alone.screen

    def start_application_mode(self) -> None:
        self._alone.begin()
        # where Textual looks it up
        linux_driver.WriterThread = (  # type: ignore[attr-defined]
            lambda file: Writer(file, self.gone)  # type: ignore[assignment]
        )
        super().start_application_mode()  # type: ignore[no-untyped-call]
        before = self._first.taken() if self._first else None
        if before is not None:  # what Textual has found was set by the first screen
            self.attrs_before = before

    @property
    def _first(self) -> FirstScreen | None:
        return cast(Host, self._app).first_screen

    def write(self, data: str) -> None:
        """Write, but do not enter a screen that is already drawn: some terminals would clear it."""
        if data != ENTER or self._first is None or not self._first.is_drawn:
            super().write(data)

    def stop_application_mode(self) -> None:
        super().stop_application_mode()
        self._alone.end()

    def close(self) -> None:
        super().close()
        self._alone.end()

    def _get_terminal_size(self) -> tuple[int, int]:
        try:
            width, height = os.get_terminal_size(self._alone.screen.fileno())
        except OSError:
            return super()._get_terminal_size()
        return width, height

    def run_input_thread(self) -> None:
        parser, decoder = KeyParser(self._debug), codecs.getincrementaldecoder("utf-8")("replace")
        while not self.exit_event.is_set():
            try:
                data = self._read()
                if data is None:
                    self.gone()
                    return
                text = decoder.decode(data)
                self._pass_on(parser.feed(text) if text else ())
                self._pass_on(parser.tick())
            except RuntimeError as error:  # the application has just ended
                log.debug("a key came too late", exc_info=error)
                return
            except Exception as error:  # no sequence of a terminal may end the editor
                log.error("what the terminal sent was not understood", exc_info=error)
                parser = KeyParser(self._debug)

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def send_message(self, message: Message) -> None:
        """In place of Textual's own, which creates a task for each message to the same effect."""
        self._loop.call_soon_threadsafe(self._app.post_message, message)

    def _read(self) -> bytes | None:
        """The bytes that have arrived, perhaps none yet; None once the terminal is gone."""
        try:
            if not select.select([self.fileno], [], [], PAUSE)[0]:
                return b""
            return os.read(self.fileno, PART) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def gone(self) -> None:
        """The terminal was closed; called on the reader's or the writer's thread."""
        cast(Host, self._app).ending.begin(signal.SIGHUP)

    def leave_at_once(self) -> None:
        """Restore the terminal without waiting for anything; for an end that hangs."""
        with contextlib.suppress(OSError, termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
        with contextlib.suppress(OSError):
            if select.select([], [self._alone.screen], [], 0)[1]:
                os.write(self._alone.screen.fileno(), LEAVE.encode("ascii"))


class Writer(WriterThread):
    """Writes until writing fails, and from then on discards what it is given."""

    _queue: Queue[str | bytes | None]  # type: ignore[assignment]  # the rest of a write is bytes

    def __init__(self, file: IO[str], gone: Any) -> None:
        super().__init__(file)
        self._gone, self._broken = gone, False
        self._direct = _without_waiting(file)

    def write(self, text: str) -> None:
        """Write at once if the terminal has room and nothing is queued: the thread would have to
        wake up first, which takes long on a busy machine."""
        if self._direct is None or self._broken or self._queue.unfinished_tasks:
            super().write(text)
            return
        data = text.encode("utf-8", "backslashreplace")
        try:
            done = os.write(self._direct, data)
        except BlockingIOError:
            done = 0
        except OSError:  # the thread will find out what has happened
            done, self._direct = 0, None
        if done < len(data):
            self._queue.put(data[done:])

    def run(self) -> None:
        while (text := self._queue.get()) is not None:
            if not self._broken:
                self._put(text if isinstance(text, bytes) else
                          text.encode("utf-8", "backslashreplace"))  # fmt: skip
            self._queue.task_done()

    def stop(self) -> None:
        super().stop()
        if self._direct is not None:
            os.close(self._direct)
            self._direct = None

    def _put(self, data: bytes) -> None:
        rest, number = memoryview(data), self._file.fileno()
        try:
            while rest:
                try:
                    rest = rest[os.write(number, rest) :]
                except BlockingIOError:  # another process has made the terminal non-blocking
                    select.select([], [number], [], PAUSE)
        except OSError:
            self._broken = True
            self._gone()


def _without_waiting(file: IO[str]) -> int | None:
    """The same terminal, opened again as non-blocking, which affects this descriptor only; None if
    it cannot be opened, which only costs time."""
    try:
        name = os.ttyname(file.fileno())
        return os.open(name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
