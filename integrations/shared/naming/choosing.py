"""Whether the model's suggestion stands, or one of the names that somebody knows takes its place.

Knows names and how probable the model finds them; not who knows them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from codecomplete.engine import Suggestion

from .places import Place

if TYPE_CHECKING:
    from codecomplete.engine import Ranked

KNOWN = "names"  # the origin of suggestions that are one of them
LEAST = 0.4
"""Least confidence in a name, where the user has set none."""

COMPLETE = 0.65
"""How often the likeliest of the known names is the right one where the model suggests another,
which is none of them (validation packages, one or two letters typed: 30 of 47)."""

SHORTEST = 2  # characters: taking fewer saves no key

_NAME = re.compile(r"\w*")


def chosen(
    place: Place, found: Suggestion | None, ranked: Sequence[Ranked], threshold: float | None
) -> Suggestion | None:
    """What to show where the model found this, and ranks the known names so.

    A suggestion stands that begins with one of them, or that is surer than they are. Before the
    first letter the model's own is better: where it is wrong, so are the names in its order.
    """
    if not ranked or not place.typed:
        return found
    if found is not None and _is_known(place, found, {one.name for one in ranked}):
        return found
    best = ranked[0]
    name = Suggestion(best.text, COMPLETE * _share(ranked), origin=KNOWN)
    least = LEAST if threshold is None else threshold
    sure = name.confidence >= max(least, found.confidence if found is not None else 0.0)
    return name if sure and len(best.text) >= SHORTEST else found


def _is_known(place: Place, found: Suggestion, names: Collection[str]) -> bool:
    name = place.typed + _NAME.match(found.text).group()  # type: ignore[union-attr]
    return name in names or f"{name}=" in names


def _share(ranked: Sequence[Ranked]) -> float:
    """How probable the first is among all of them."""
    total = sum(one.probability for one in ranked)
    return ranked[0].probability / total if total else 0.0
