"""How fast and how often a user's code is read; docs/personal.md reports what was tried."""

from __future__ import annotations

from dataclasses import dataclass

PEAK = 0.35
READINGS = 2.0
MOST_READINGS = 100


@dataclass(frozen=True)
class Pace:
    """The highest rate, as a share of those with which a model is trained from nothing, and how
    often one pass shows each of the user's tokens while the rate rises and falls."""

    peak: float = PEAK
    readings: float = READINGS

    def steps(self, tokens: int, step_tokens: int) -> float:
        """The steps of a whole pass over so many tokens."""
        return self.readings * tokens / step_tokens
