"""What a host may ask the worker for, and who gets the answer."""

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
    """A request for the suggestion at a snapshot."""

    snapshot: Snapshot
    deliver: Deliver
    threshold: float | None = None  # least confidence for this one; None: as the options say

    def deliver_nothing(self) -> None:
        self.deliver(self.snapshot, None)


@dataclass(frozen=True)
class Again:
    """A second answer to a request, because names have become known since."""

    first: First

    @property
    def snapshot(self) -> Snapshot:
        return self.first.snapshot

    def deliver_nothing(self) -> None:
        """The request has its first answer."""


@dataclass(frozen=True)
class Others:
    """A request for further suggestions beside the first."""

    snapshot: Snapshot
    deliver: DeliverAll
    count: int

    def deliver_nothing(self) -> None:
        self.deliver(self.snapshot, [])


@dataclass(frozen=True)
class Names:
    """A request to rank names; suggestions take precedence."""

    snapshot: Snapshot
    names: tuple[str, ...]
    deliver: DeliverNames


Question = First | Others | Again
Job = Preparation | Question
