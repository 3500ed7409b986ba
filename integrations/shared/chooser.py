"""How a host that knows more than the model has a say in what is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from codecomplete.engine import Suggestion

from .snapshot import Snapshot

if TYPE_CHECKING:
    from codecomplete.engine import Ranked

Rank = Callable[[Sequence[str], str], "Sequence[Ranked]"]
"""Ranks texts that begin with some typed letters, the likeliest first."""


class Chooser(Protocol):
    """What a host knows and the model does not. Asked on the worker's thread."""

    @property
    def least(self) -> float | None:
        """Least confidence of what the model is asked for; none: as the options say."""

    @property
    def least_text(self) -> float:
        """Least probability of a whole text, below which its end is left off."""

    def choose(
        self, snapshot: Snapshot, found: Suggestion | None, rank: Rank, threshold: float | None
    ) -> Suggestion | None:
        """What to show, if anything, where the model found this."""

    def others(self, snapshot: Snapshot, found: list[Suggestion], rank: Rank) -> list[Suggestion]:
        """Alternatives, best first, where the model found these."""
