"""What a host may ask the worker for, and whom the answer goes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codecomplete.engine import Suggestion

from .snapshot import Snapshot

if TYPE_CHECKING:
    from codecomplete.engine import Ranked

Deliver = Callable[[Snapshot, Suggestion | None], None]
"""Called on the worker thread with the request's snapshot and what to show, if anything."""

DeliverAll = Callable[[Snapshot, list[Suggestion]], None]
"""The same for alternatives."""

DeliverNames = Callable[[Snapshot, "list[Ranked]"], None]
"""The same for names, the likeliest first."""


@dataclass(frozen=True)
class Preparation:
    """Only load the model."""


@dataclass(frozen=True)
class First:
    """Asked for: the suggestion for a snapshot."""

    snapshot: Snapshot
    deliver: Deliver
    threshold: float | None = None  # least confidence for this one; none: as the options say

    def deliver_nothing(self) -> None:
        self.deliver(self.snapshot, None)


@dataclass(frozen=True)
class Again:
    """What was answered already may be answered better: names are known that were not."""

    first: First

    @property
    def snapshot(self) -> Snapshot:
        return self.first.snapshot

    def deliver_nothing(self) -> None:
        """It has its answer."""


@dataclass(frozen=True)
class Others:
    """Asked for: further suggestions beside the first."""

    snapshot: Snapshot
    deliver: DeliverAll
    count: int

    def deliver_nothing(self) -> None:
        self.deliver(self.snapshot, [])


@dataclass(frozen=True)
class Names:
    """Asked for: how likely each of some names is. Suggestions go first."""

    snapshot: Snapshot
    names: tuple[str, ...]
    deliver: DeliverNames


Question = First | Others | Again
Job = Preparation | Question
