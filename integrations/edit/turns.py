"""Keys act in the order in which they were pressed, also those that are bound to commands.

Textual does what a key is bound to when the key has come all the way up to the application, by
which time the letters after it may have been typed. Whatever takes text asks here first.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol, cast

from textual import events
from textual.widget import Widget

TURNS = 4  # of the event loop, until a command that was started has asked its question
PATIENCE = 1.0  # seconds that a key waits for the focus


class Host(Protocol):
    """The application, which knows what keys are bound to."""

    async def do_bound(self, key: str) -> bool: ...


async def taken(widget: Widget, event: events.Key) -> bool:
    """Whether a key that ``widget`` was given is dealt with: it went elsewhere, or did something.

    The caller has prevented whatever Textual would do with it.
    """
    if widget.app.focused is not widget:  # the key before this one has gone elsewhere
        await focus_elsewhere(widget)
        again = events.Key(event.key, event.character)  # this one's default may be prevented
        (widget.app.focused or widget.app.screen)._forward_event(again)
        return True
    if await cast(Host, widget.app).do_bound(event.key):
        await _commands_begin()
        return True
    return False


async def focus_elsewhere(widget: Widget) -> None:
    """Wait until a question that has just been asked can take keys."""
    patience = time.monotonic() + PATIENCE
    while widget.app.focused is None and time.monotonic() < patience:
        await asyncio.sleep(0.005)


async def _commands_begin() -> None:
    """Let a command that asks something ask it, before the next key is taken for text."""
    for _ in range(TURNS):
        await asyncio.sleep(0)
