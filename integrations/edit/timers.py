"""Timers that run out, even those whose time is over before they start.

A timer of Textual's that is set for no time at all, or less, never gives the application another
turn: it computes its next time again and again. That is what becomes of a notice whose time is over
just as a screen opens that would show it, and on a busy machine of any time that is computed from
the clock. Knows nothing of who sets timers.
"""

from __future__ import annotations

from typing import Any

from textual import message_pump
from textual.timer import Timer

LEAST = 0.001  # seconds


class SoundTimer(Timer):
    """Textual's own, set for some time at least."""

    def __init__(self, event_target: Any, interval: float, **more: Any) -> None:
        super().__init__(event_target, max(interval, LEAST), **more)


def make_sound() -> None:
    """From now on every timer of every widget is one of these."""
    message_pump.Timer = SoundTimer  # type: ignore[attr-defined]  # where Textual looks it up
