"""How a host that knows more than the model takes part in what is shown."""

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
    """What a host knows and the model does not; called on the worker thread."""

    @property
    def least(self) -> float | None:
        """The least confidence for which the model is asked; None: as the options say."""

    @property
    def least_text(self) -> float:
        """The probability of the whole text below which its end is left off, 0 to 1."""

    def choose(
        self, snapshot: Snapshot, found: Suggestion | None, rank: Rank, threshold: float | None
    ) -> Suggestion | None:
        """What to show, if anything; ``found`` is the model's suggestion."""

    def others(self, snapshot: Snapshot, found: list[Suggestion], rank: Rank) -> list[Suggestion]:
        """Alternatives, best first; ``found`` are the model's."""
