"""Whether the model's suggestion is shown, or one of the known names in its place.

Knows names and how probable the model finds them; not where they come from.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from codecomplete.engine import Suggestion

from .places import Place

if TYPE_CHECKING:
    from codecomplete.engine import Ranked

KNOWN = "names"  # the origin of suggestions that are known names
LEAST = 0.4
"""Least confidence in a name, unless the user has set another."""

COMPLETE = 0.65
"""How often the likeliest known name is right where the model suggests something that is no known
name (validation packages, one or two letters typed: 30 of 47)."""

SHORTEST = 2  # characters: taking fewer saves no key

_NAME = re.compile(r"\w*")


def chosen(
    place: Place, found: Suggestion | None, ranked: Sequence[Ranked], threshold: float | None
) -> Suggestion | None:
    """The model's suggestion ``found``, or the likeliest name in its place.

    The suggestion stays if it begins with a known name, or if it is surer than the names are. It
    also stays before the first letter: where it is wrong there, so is the model's ranking of the
    names.
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
    """The probability of the first name among all of them."""
    total = sum(one.probability for one in ranked)
    return ranked[0].probability / total if total else 0.0
