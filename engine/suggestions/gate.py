"""Whether a suggestion is worth showing: the probability that its first word is right.

A logistic regression over a few facts of how the suggestion came about, fitted on typing replayed
over validation packages (``trainer/evaluation/tuning.py``) and stored with the model. Its output is
to be read as it is: of the suggestions shown with confidence 0.7, seven in ten should begin with
the word that the user was about to type.

Knows no editor and no thresholds; the session compares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FEATURES = (
    "log_first_word",  # log probability of the first word
    "log_miss",  # minus the log probability of any other word
    "word_is_name",  # it is an identifier rather than punctuation
    "held_length",  # log of 1 + the held bytes
    "inside_name",  # the caret stands behind a letter, digit or underscore
    "line_begins",  # nothing but white space before the caret on its line
)
RISING = ("log_first_word", "log_miss")
"""Features whose weights are not negative: as a word grows token by token, its probability falls,
and confidence with it. So a word that is not worth showing yet never will be."""

FLOOR = -12.0
LEAST_MISS = 1e-3


@dataclass(frozen=True, slots=True)
class Facts:
    """How a suggestion came about: what the gate weighs to find its confidence."""

    before: str  # text before the caret; its last line is enough
    held: str
    text: str
    first_word: str
    log_first_word: float

    def features(self) -> list[float]:
        """As numbers, in the order of the gate's weights."""
        line = self.before.rpartition("\n")[2]
        log_word = max(FLOOR, min(0.0, self.log_first_word))
        return [
            log_word,
            -math.log(max(LEAST_MISS, 1 - math.exp(log_word))),
            float(self.first_word.strip()[:1].isidentifier()),
            math.log1p(len(self.held.strip())),
            float(line[-1:].isalnum() or line[-1:] == "_"),
            float(not line.strip()),
        ]


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of ``FEATURES`` and a bias."""

    weights: tuple[float, ...]
    bias: float

    def confidence(self, features: Sequence[float]) -> float:
        """Probability, 0 to 1, that the first word is right."""
        total = self.bias + sum(w * f for w, f in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def to_dict(self) -> dict[str, Any]:
        return {"bias": self.bias, "weights": dict(zip(FEATURES, self.weights, strict=True))}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Gate:
        """The gate of a ``to_dict``; ValueError if it was fitted for other features, or falls."""
        weights = values["weights"]
        if set(weights) != set(FEATURES):
            raise ValueError(f"a gate for {sorted(weights)}; this engine knows {sorted(FEATURES)}")
        for name in RISING:
            if weights[name] < 0:
                raise ValueError(f"weight {weights[name]} of {name}; expected 0 or more")
        return cls(tuple(float(weights[name]) for name in FEATURES), float(values["bias"]))


UNFITTED = Gate((4.0, *[0.0] * (len(FEATURES) - 1)), 3.0)
"""For models without a gate: grows with the first word's probability, and is not calibrated."""
