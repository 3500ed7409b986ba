"""Whether a suggestion is worth showing: the probability that it begins right.

Its first part must be right: its first word, or as many as make two characters, because less saves
no key.

A logistic regression on a few facts about how the suggestion came about, fitted on typing replayed
over validation packages (``trainer/evaluation/tuning.py``) and stored with the model. Its output is
a probability: of the suggestions shown with confidence 0.7, seven in ten should begin with the word
that the user was about to type.

Knows no editor and no thresholds; the session compares.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .length import Length, Mark, best_length

NAME, MARK, PROSE = KINDS = ("name", "mark", "prose")
"""What the first word is: an identifier, punctuation, or anything in a comment or docstring."""

FEATURES = (
    *(f"log_word_{kind}" for kind in KINDS),  # log probability of the first word
    *(f"log_miss_{kind}" for kind in KINDS),  # minus the log probability of any other word
    *(f"is_{kind}" for kind in KINDS),
    "log_boundary",  # log probability that the word ends where the suggestion ends it
    "known_near",  # a name that occurs near the caret
    "known_file",  # elsewhere in the file
    "known_project",  # in another file only
    "only_known",  # no other known name begins with the letters typed
    "word_length",  # log of 1 + its letters, with those already typed
    "held_length",  # log of 1 + the held bytes
    "inside_name",  # the caret is after a letter, digit or underscore
    "line_begins",  # only white space before the caret on its line
    "next_line",  # the suggestion begins with a line end
    "text_follows",  # the rest of the line is not empty
    "log_fit",  # log probability of the first word among all that lead to the text that follows
    "log_fit_miss",  # minus the log probability of any other; 0 where nothing must follow
    "log_gap",  # log probability that there is anything to insert
)
RISING = tuple(n for n in FEATURES if n.startswith(("log_", "known_", "only_")))
"""Features whose weights are not negative. As a word grows token by token, its probability falls,
and confidence with it, so a word that is not worth showing yet never will be; and a name never
counts less because it is known."""

HOPED = {
    "log_boundary": 0.0,
    "known_near": 1.0,
    "known_file": 1.0,
    "known_project": 1.0,
    "only_known": 1.0,
    "word_length": math.log1p(40),
    "log_fit": 0.0,
    "log_gap": 0.0,
}
"""The largest values of the features that are not known yet of a word that is still growing."""

FLOOR = -12.0
LEAST_MISS = 1e-3
TYPICAL = 4
LEAST_SHARE = 0.7
"""The share of the threshold that even the longest suggestion needs."""

_NAME_END = re.compile(r"\w*\Z")


@dataclass(frozen=True)
class Facts:
    """How a suggestion came about: what the gate's features are computed from."""

    before: str  # text before the caret; the last lines are enough
    held: str
    text: str
    first_word: str
    log_first_word: float
    log_boundary: float = 0.0
    known: str = ""  # where the name occurs that the first word completes: near, file or project
    only_known: bool = False  # no other known name begins with the letters typed
    prose: bool = False
    after: str = ""  # the rest of the line
    log_fit: float = 0.0
    log_gap: float = 0.0
    log_text: float | None = None  # log probability of the whole text; None: it is only a word
    marks: Sequence[Mark] = ()  # log probability of the text up to some of its places

    @property
    def shown(self) -> str:
        """The part of the text that is worth showing."""
        length = self._length
        return self.text if length is None else self.text[: length.characters]

    @property
    def spared(self) -> float:
        """The keys that are probably saved if the first word is right: its own, and those of
        further text."""
        if (length := self._length) is not None:
            return length.spared
        own = len(self.first_word.strip()) - 1
        if self.log_text is None:
            return own
        further = math.exp(min(0.0, self.log_text - self.log_first_word))
        return own + further * max(0, len(self.text) - len(self.first_word))

    @cached_property
    def _length(self) -> Length | None:
        """How much is worth showing; None if text follows, because a gap is filled to its end."""
        if self.after.strip() or self.log_text is None:
            return None
        return best_length(self.text, self.first_word, self.marks)

    @property
    def kind(self) -> str:
        """The kind of the first word: prose, a name, or punctuation."""
        if self.prose:
            return PROSE
        return NAME if self.first_word.strip()[:1].isidentifier() or self._inside else MARK

    @property
    def _fit_miss(self) -> float:
        if self.log_fit == self.log_gap == 0:
            return 0.0
        return -math.log(max(LEAST_MISS, 1 - math.exp(min(0.0, self.log_fit))))

    @property
    def _inside(self) -> bool:
        last = self.before[-1:]
        return (last.isalnum() or last == "_") and self.first_word[:1].isalnum()

    def features(self) -> list[float]:
        """The features, in the order of the gate's weights."""
        line = self.before.rpartition("\n")[2]
        word = max(FLOOR, min(0.0, self.log_first_word))
        miss = -math.log(max(LEAST_MISS, 1 - math.exp(word)))
        of_kind = [float(self.kind == kind) for kind in KINDS]
        letters = len(name_of(self.before, self.first_word))
        return [
            *(word * one for one in of_kind),
            *(miss * one for one in of_kind),
            *of_kind,
            max(FLOOR, self.log_boundary),
            *(float(self.known == where) for where in ("near", "file", "project")),
            float(self.only_known),
            math.log1p(letters),
            math.log1p(len(self.held.strip())),
            float(line[-1:].isalnum() or line[-1:] == "_"),
            float(not line.strip()),
            float(self.first_word.lstrip(" \t")[:1] == "\n"),
            float(bool(self.after.strip())),
            max(FLOOR, self.log_fit),
            self._fit_miss,
            max(FLOOR, self.log_gap),
        ]


def name_of(before: str, word: str) -> str:
    """The name at the end of a word, with the letters before the caret that it continues.

    >>> name_of("self.na", "me"), name_of("print", "(value")
    ('name', 'value')
    """
    found = _NAME_END.search(word)
    name = found.group() if found else ""
    if name != word:
        return name
    typed = _NAME_END.search(before[-100:])
    return (typed.group() if typed else "") + name


def needed(least: float, spared: float) -> float:
    """The confidence that a suggestion needs if it saves so many keys when it is right.

    ``least`` is for one that saves ``TYPICAL`` keys. A wrong suggestion costs the same glance
    whatever its length, so a short one must be surer, and a long one may be less sure.
    """
    if not 0 < least < 1:
        return least
    glance = TYPICAL * least / (1 - least)
    return max(LEAST_SHARE * least, glance / (glance + max(1, spared)))


@dataclass(frozen=True, slots=True)
class Gate:
    """Weights of ``FEATURES``, and a bias that ``languages`` shift (``""``: all others)."""

    weights: tuple[float, ...]
    bias: float
    languages: Mapping[str, float] = field(default_factory=dict)

    def confidence(self, features: Sequence[float], language: str | None = None) -> float:
        """The probability, 0 to 1, that the first word is right."""
        total = self._shift(language)
        total += sum(w * f for w, f in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def hope(self, features: Sequence[float], language: str | None = None) -> float:
        """An upper bound of the confidence of a word that is still growing."""
        best = [
            max(f, HOPED.get(name, f)) if w > 0 else f if name not in HOPED else 0.0
            for name, w, f in zip(FEATURES, self.weights, features, strict=True)
        ]
        return self.confidence(best, language)

    def _shift(self, language: str | None) -> float:
        return self.bias + self.languages.get(language or "", self.languages.get("", 0.0))

    def to_dict(self) -> dict[str, Any]:
        weights = dict(zip(FEATURES, self.weights, strict=True))
        return {"bias": self.bias, "languages": dict(self.languages), "weights": weights}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Gate:
        """The gate of a ``to_dict``. Raises ValueError for other features, or for a negative weight
        that must not be."""
        weights = values["weights"]
        if set(weights) != set(FEATURES):
            raise ValueError(f"a gate for {sorted(weights)}; this engine knows {sorted(FEATURES)}")
        for name in RISING:
            if weights[name] < 0:
                raise ValueError(f"weight {weights[name]} of {name}; expected 0 or more")
        shifts = {str(name): float(shift) for name, shift in values.get("languages", {}).items()}
        return cls(tuple(float(weights[name]) for name in FEATURES), float(values["bias"]), shifts)


UNFITTED = Gate(tuple(4.0 if name.startswith("log_word") else 0.0 for name in FEATURES), 3.0)
"""For models without a gate: grows with the first word's probability, and is not calibrated."""
