"""Handles input in order: one key, paste or click at a time, until it has been dealt with.

Textual gives an event to whatever has the focus when it arrives, while earlier keys may still wait
in another widget's message queue. Here, each event waits until the one before has been dealt with:
by the widget that received it, by the ancestors that heard of it, and by the command that it
started, until that ends or asks a question. Does not know what a key does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import NoActiveWorker, Worker, get_current_worker

log = logging.getLogger("codecomplete")

PATIENCE = 1.0  # seconds that input waits for the event before it
UNATTENDED = "asked"  # group of the workers that input does not wait for

Input = events.InputEvent | events.Paste


class Turns:
    """``hand_out`` gives an event to its receiver, on the application's own task."""

    def __init__(self, app: App[Any], hand_out: Callable[[Input], Awaitable[None]]) -> None:
        self._app, self._hand_out = app, hand_out
        self._waiting: deque[Input] = deque()
        self._begun = False
        self._event: Input | None = None  # whose turn it is
        self._since = 0.0
        self._screen: Screen[Any] | None = None  # the one that was in front when the turn began
        self._commands: dict[Worker[Any], Screen[Any] | None] = {}  # and what each of them asks
        self._holds: list[Callable[[], bool]] = []  # the turn waits while any of them is true
        self._acted = False  # whether the turn is only waiting for commands
        self._watch: asyncio.TimerHandle | None = None

    @property
    def idle(self) -> bool:
        """Whether everything that has arrived has been dealt with."""
        return self._event is None and not self._waiting

    async def arrived(self, event: Input) -> None:
        """An event has come from the terminal; called on the application's own task."""
        self._waiting.append(event)
        if not self._begun:
            return
        if self._event is None:
            await self._next()
        else:
            self._watch_over()

    async def begin(self) -> None:
        """From now on there is something to type into: handle what arrived before."""
        self._begun = True
        await self._next()

    def over(self, event: events.Event) -> None:
        """``event`` has had all its effects; its receiver may call this."""
        if event is not self._event:
            return
        self._event = None
        if self._waiting:
            self._app.call_later(self._next)

    async def _next(self) -> None:
        while self._waiting and self._event is None:
            event = self._event = self._waiting.popleft()
            self._since, self._screen, self._acted = time.monotonic(), self._app.screen, False
            if self._waiting:
                self._watch_over()
            receiver = self._app.focused or self._app.screen
            try:
                await self._hand_out(event)
            finally:
                self._follow(event, receiver)

    def _follow(self, event: Input, receiver: MessagePump) -> None:
        if isinstance(event, events.MouseEvent):
            self.over(event)
        elif not getattr(receiver, "ends_turns", False):
            self._climb(event, receiver, not event.is_forwarded)
        elif not event.is_forwarded:  # a bound command was run
            self._app.call_later(self._done, event)

    # Through the message queues of all that hear of an event, each after what it holds already

    def _climb(self, event: Input, pump: MessagePump, last: bool) -> None:
        if not pump.call_later(self._reached, event, pump, last):
            self._reached(event, pump, last)

    def _reached(self, event: Input, pump: MessagePump, last: bool) -> None:
        """``pump`` has handled the messages that the event caused there."""
        parent = pump._parent
        if event is not self._event:
            return
        if parent is not None and pump is not self._app:
            self._climb(event, parent, last)
        elif last:
            self._done(event)
        else:  # the application ran the key's command: follow its messages, too
            self._climb(event, self._app.focused or self._app.screen, True)

    # Commands

    def began(self, worker: Worker[Any]) -> None:
        """A command has started a worker: what is typed next waits until it asks or ends."""
        if self._event is not None and worker.group != UNATTENDED:
            self._commands[worker] = None

    def asks(self, screen: Screen[Any]) -> None:
        """The current command is about to show a question."""
        try:
            worker = get_current_worker()
        except NoActiveWorker:
            return
        if worker in self._commands:
            self._commands[worker] = screen

    def hold(self, going_on: Callable[[], bool]) -> None:
        """What is typed next also waits while ``going_on`` is true; call ``look`` when it ends."""
        self._holds.append(going_on)

    def look(self) -> None:
        """Check again what the turn waits for: a command has ended, or asks something."""
        self._commands = {
            one: asked for one, asked in self._commands.items() if not one.is_finished
        }
        if self._event is not None and self._acted:
            self._done(self._event)

    def _done(self, event: Input) -> None:
        """All messages have been handled; commands may still be running."""
        if event is not self._event:
            return
        self._acted = True
        if self._is_held():
            return
        screen = self._app.screen
        if screen is self._screen or not screen.call_later(self.over, event):
            self.over(event)

    def _is_held(self) -> bool:
        self._holds = [one for one in self._holds if one()]
        shown = self._app.screen_stack
        return bool(self._holds) or any(
            not one.is_finished and asked not in shown for one, asked in self._commands.items()
        )

    # Whatever happens, input is not held up for ever

    def _watch_over(self) -> None:
        if self._watch is None:
            self._watch = asyncio.get_running_loop().call_later(PATIENCE, self._look_after)

    def _look_after(self) -> None:
        self._watch = None
        if self._event is not None and time.monotonic() - self._since >= PATIENCE:
            log.debug("input waits no longer for %r", type(self._event).__name__)
            self.over(self._event)
        if self._waiting:
            self._watch_over()
