"""Timers that fire even if their interval is zero or negative.

A Textual timer with such an interval never yields to the event loop: it computes its next time
again and again. That happens to a notice that expires just as a screen opens that would show it,
and on a busy machine to any interval that is computed from the clock. Knows nothing of who sets
timers.
"""

from __future__ import annotations

from typing import Any

from textual import message_pump
from textual.timer import Timer

LEAST = 0.001  # seconds


class SoundTimer(Timer):
    """Textual's timer, with a minimum interval."""

    def __init__(self, event_target: Any, interval: float, **more: Any) -> None:
        super().__init__(event_target, max(interval, LEAST), **more)


def make_sound() -> None:
    """Make every widget use this timer from now on."""
    message_pump.Timer = SoundTimer  # type: ignore[attr-defined]  # where Textual looks it up
