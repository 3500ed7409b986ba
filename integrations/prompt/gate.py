"""Whether a proposal is worth showing at a prompt: the probability that it begins right.

A logistic regression, fitted on replayed typing of the examples in the documentation of packages
(``tests/integrations/prompt/fitting.py``), beside live objects. It weighs what the engine and the
session know of a text, and its place: at a prompt, after one letter or at the beginning of a line,
nearly everything is possible.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .offers import Source
from .places import Place
from .weights import WEIGHTS

THRESHOLD = 0.45
"""Least confidence to show, unless the user says otherwise."""

MOST_LETTERS = 4
TYPICAL = 4  # keys that a suggestion saves for which the threshold is meant
LEAST_SHARE = 0.75  # of the threshold: what the longest suggestion still needs

_ASSIGNS = re.compile(r"\s*(?:[-+*/%@&|^]|//|\*\*|<<|>>)?=(?!=)|[\w, ]+ = ")


_FIRST = re.compile(r"\s*(?:\w+|[^\w\s]+\w*)")


@dataclass(frozen=True)
class Proposal:
    """A text that might be shown, and how it came about."""

    text: str
    place: Place
    source: Source | None = None  # None: the model's own text only
    confidence: float = 0.0  # the engine's, if the model proposes it
    probability: float = 0.0  # of the name, if it is in the session
    share: float = 0.0  # of the name among all true ones
    count: int = 0  # of the true names that fit
    is_all: bool = False  # whether there can be no others
    is_new: bool = False  # whether it begins by defining a new name
    is_again: bool = False  # whether the whole line was entered before
    reassigns: bool = False  # whether it assigns to a name of the session
    is_mentioned: bool = False  # whether its name was mentioned before
    is_near: bool = False  # in one of the last inputs

    @property
    def is_models(self) -> bool:
        return self.confidence > 0

    @property
    def first(self) -> str:
        """The first word or mark, which must be right."""
        found = _FIRST.match(self.text)
        return found.group() if found else self.text


def features(proposal: Proposal) -> dict[str, float]:
    """The features of a proposal, by name; missing ones are 0."""
    place, found = proposal.place, {"bias": 1.0}
    found[f"at_{place.kind.name.lower()}"] = 1.0
    found[f"letters_{min(len(place.typed), MOST_LETTERS)}"] = 1.0
    if place.binds:
        found[f"binds_{place.binds}"] = 1.0
    found["is_again"], found["reassigns"] = float(proposal.is_again), float(proposal.reassigns)
    found["is_mentioned"], found["is_near"] = (
        float(proposal.is_mentioned),
        float(proposal.is_near),
    )
    found["near_typing"] = float(proposal.is_near and len(place.typed) <= 1)
    found["begins_line"] = float(place.begins_line)
    found["begins_line_typing"] = float(place.begins_line and len(place.typed) <= 1)
    if proposal.is_models:
        found["models"] = 1.0
        found["confidence"] = logit(proposal.confidence)
        found["is_new"] = float(proposal.is_new)
        found["assigns"] = float(bool(_ASSIGNS.match(proposal.text)))
        found["assigns_to_item"] = float(
            bool(_ASSIGNS.match(proposal.text)) and place.of.endswith("]")
        )
    if proposal.source is not None:
        found[f"from_{proposal.source.name.lower()}"] = 1.0
        found["probability"] = math.log(max(proposal.probability, 1e-6))
        found["share"] = logit(proposal.share)
        found["is_all_share"] = logit(proposal.share) * proposal.is_all
        found["is_all"] = float(proposal.is_all)
        found["count"] = math.log1p(proposal.count)
        found["only_session"] = float(not proposal.is_models)
    found["length"] = math.log1p(len(proposal.first.strip()))
    return found


def confidence(proposal: Proposal, weights: Mapping[str, float] = WEIGHTS) -> float:
    """Probability, 0 to 1, that a proposal begins right."""
    total = sum(weights.get(name, 0.0) * value for name, value in features(proposal).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def needed(threshold: float, spared: int) -> float:
    """The confidence needed by a text that saves so many keys: a short one must be surer."""
    if not 0 < threshold < 1:
        return threshold
    glance = TYPICAL * threshold / (1 - threshold)
    return max(LEAST_SHARE * threshold, glance / (glance + max(1, spared)))


def logit(probability: float) -> float:
    kept = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(kept / (1 - kept))
