"""A bug in one command costs the user that command, not the editor: it is reported and logged.

Textual ends the application at every exception in a handler. What cannot be survived (drawing that
fails each time, failures without end) still ends it, after the unsaved work is put aside.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import WorkerFailed

from . import timers

if TYPE_CHECKING:
    Pump = MessagePump
else:
    Pump = object  # a mixin: the widget or app that it is part of is the pump

log = logging.getLogger("codecomplete")

MOST_FAILURES, SECONDS = 10, 10.0
"""So many failures in so many seconds are no accident: they end the application."""


class Guarded(Pump):
    """Mixin for our widgets, before Textual's class: a failing handler does not end its widget."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            cast(Survivor, self.app).survive(error)
            self.mended()

    def mended(self) -> None:
        """Called after a failure, to repair what it may have left half done."""


class Survivor(Guarded, App[int]):
    """An application that goes on after a failure, unless it cannot."""

    def put_aside(self) -> None:
        """Put the unsaved work where it outlives the application."""
        raise NotImplementedError

    def complain(self, sentence: str) -> None:
        """Tell the user what went wrong, without getting in the way."""
        raise NotImplementedError

    def start_surviving(self) -> None:
        timers.make_sound()
        self.survived: list[BaseException] = []
        self._failed_at: deque[float] = deque(maxlen=MOST_FAILURES)

    @property
    def closing(self) -> bool:
        """Whether the application is ending, so that failures no longer matter."""
        return self._exit or self._closing or not self._running

    def survive(self, error: Exception) -> None:
        """Report and log a failure, and go on; end only if failures come without end."""
        if self.closing:
            log.debug("a handler came too late", exc_info=error)
            return
        log.error("a command failed", exc_info=error)
        self.survived.append(error)
        self.put_aside()
        if self._is_flood():
            self._end_with(error)
            return
        self.complain(
            f"That failed ({_said(error)}). Your text is as you see it; details are in the log, "
            "which “Engine” in the palette names."
        )

    def _handle_exception(self, error: Exception) -> None:
        """Called by Textual where it would end: failures of workers can be survived."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            self.survive(error.error)
        elif self.closing:
            log.debug("a handler came too late", exc_info=error)
        else:
            self._end_with(error)

    def _end_with(self, error: Exception) -> None:
        super()._handle_exception(error)

    def _is_flood(self) -> bool:
        now = time.monotonic()
        self._failed_at.append(now)
        return len(self._failed_at) == MOST_FAILURES and now - self._failed_at[0] < SECONDS

    async def _dispatch_action(self, namespace: Any, action_name: str, params: Any) -> bool:
        """Called by Textual for every action of a key or a palette command."""
        try:
            done: bool = await super()._dispatch_action(namespace, action_name, params)
            return done
        except Exception as error:
            self.survive(error)
            if isinstance(namespace, Guarded):
                namespace.mended()
            return True


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error)[:100]}" if str(error) else type(error).__name__
