"""From the model's state and the held text to a suggestion's text: greedy, until it is complete.

Knows tokens and probabilities; not where the text before the caret came from.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..state.stream import Stop, Stream
from .cover import TYPING, cover, largest
from .ends import EndRule, repeats, whole_words
from .vocabulary import Vocabulary

LEAST_PROBABILITY = 0.02
"""Of the whole text so far: below it the rest is guessing, and the text ends at the last word."""

LEAST_LINE = 0.4
"""Of each further line: a text of several ends before the first that is less probable."""

MOST_SEEN = 128
LEAST_MEASURABLE = 1e-30  # what counts as the logarithm of nothing


@dataclass
class Decoded:
    """Suggested bytes after the held ones, with the log probability after each token."""

    ids: list[int] = field(default_factory=list)
    text: str = ""
    finished: bool = False  # ended by its rule rather than cut off
    total: float = 0.0  # log probability of all ids
    marks: list[tuple[int, float]] = field(default_factory=list)  # (characters, log probability)

    def log_probability(self, characters: int) -> float:
        """Of the first ``characters`` of the text, by the tokens that hold them."""
        holding = (total for end, total in self.marks if end >= characters)
        return next(holding, self.total)


@dataclass
class Lines:
    """Of a text of several lines: where the newest begins, and how probable it is by itself."""

    place: int = 0
    before: float = 0.0  # log probability of what stands before it
    count: int = 0

    def is_doubtful(self, decoded: Decoded) -> bool:
        """Whether the line that has just ended is a guess; then it is cut off. The first is not.

        Call after each token.
        """
        newest = decoded.text.rfind("\n")
        if newest < self.place or not decoded.text[self.place : newest].strip():
            return False
        if self.count and decoded.total - self.before < math.log(LEAST_LINE):
            decoded.text, decoded.finished = decoded.text[: self.place].rstrip(), True
            return True
        self.place, self.before, self.count = newest + 1, decoded.total, self.count + 1
        return False


Beginning = tuple[tuple[int, ...], float]
"""First ids of a text and their log probability."""

Draft = Callable[[tuple[int, ...], int], list[int]]
"""At most so many ids that probably follow some decoded ones."""

Seen = dict[tuple[int, ...], np.ndarray]
"""Probabilities by what was decoded, after one context: the next letter asks for many again."""

Hopeless = Callable[[Decoded], bool]
"""Whether what was decoded so far cannot be worth showing, however it goes on."""

Bend = Callable[[np.ndarray, tuple[int, ...]], np.ndarray]
"""Probabilities (vocabulary,) after some decoded ids, bent by what local text says."""


@dataclass(frozen=True)
class Decoder:
    """Decodes after the first ``base`` ids of a stream, for as long as ``stop`` allows."""

    stream: Stream
    base: int
    vocabulary: Vocabulary
    end_id: int | None
    stop: Stop
    bend: Bend | None = None
    draft: Draft | None = None
    seen: Seen = field(default_factory=dict)
    hopeless: Hopeless | None = None
    least: float = LEAST_PROBABILITY

    def decode(self, held: bytes, most: int, rule: EndRule, rank: int = 0) -> Decoded:
        """At most ``most`` tokens of text after ``held``; the first is given whatever the time.

        ``rank`` counts beginnings, the likeliest being 0. The text is empty where there are fewer.
        """
        beginnings = self.beginnings(held, most, rank + 1)
        if rank >= len(beginnings):
            return Decoded()
        ids, total = beginnings[rank]
        decoded = Decoded(list(ids), total=total)
        lines = Lines(before=total if rank else 0.0)  # asked for although it is less likely
        while not self.read(decoded, held, rule):
            if lines.is_doubtful(decoded):
                break
            if len(decoded.ids) >= most or self.stop():
                break
            if self.hopeless is not None and self.hopeless(decoded):
                break
            probabilities = self.probabilities(tuple(decoded.ids), most)
            best = int(probabilities.argmax())
            total = decoded.total + log_of(probabilities[best])
            if best == self.end_id or total - lines.before < math.log(self.least):
                decoded.finished = best == self.end_id
                break
            decoded.ids.append(best)
            decoded.total = total
        return decoded

    def beginnings(self, held: bytes, most: int, count: int) -> list[Beginning]:
        """Coverings of the held bytes, or else ``count`` first tokens, likeliest first.

        Empty where the likeliest is the end of the text.
        """
        found = self._coverings(held, most, count) if held else self._firsts(count)
        end = (self.end_id,)
        ends = bool(found) and found[0][0] == end
        return [] if ends else [beginning for beginning in found if beginning[0] != end]

    def likeliest(self, ids: tuple[int, ...], count: int) -> list[tuple[int, float]]:
        """The ids that most probably follow ``ids``, with their log probabilities."""
        probabilities = self.probabilities(ids)
        best = largest(probabilities, count).tolist()
        return [(id_, log_of(probabilities[id_])) for id_ in best]

    def _firsts(self, count: int) -> list[Beginning]:
        return [((id_,), log) for id_, log in self.likeliest((), count)]

    def _coverings(self, held: bytes, most: int, count: int) -> list[Beginning]:
        vocabulary = self.vocabulary
        coverings = cover(
            held,
            vocabulary,
            self.probabilities,
            most,
            limits=replace(TYPING, completions=max(TYPING.completions or 0, count)),
            may_follow=vocabulary.may_follow,
            stop=self.stop,
        )
        return [(covering.ids, log_of(covering.share)) for covering in coverings]

    def probabilities(self, ids: tuple[int, ...], most: int = 0) -> np.ndarray:
        """Of what follows ``ids``, (vocabulary,), bent by local text.

        With room for ``most`` ids in all, those that will probably be chosen next are run along.
        """
        seen = self.seen.get(ids)
        if seen is not None:
            return seen
        drafted = self.draft(ids, most - len(ids)) if self.draft and most else []
        if drafted:
            self.stream.foresee(self.base, ids, drafted)
        self.stream.follow(self.base, ids)
        probabilities = softmax(self.stream.logits(self.base + len(ids)))
        if self.bend is not None:
            probabilities = self.bend(probabilities, ids)
        probabilities[self._muted] = 0.0
        if len(self.seen) >= MOST_SEEN:
            del self.seen[next(iter(self.seen))]
        self.seen[ids] = probabilities
        return probabilities

    @cached_property
    def _muted(self) -> np.ndarray:
        """Special tokens, which stand for no text; the end of the file may be predicted."""
        silent = self.vocabulary.silent
        return silent if self.end_id is None else silent[silent != self.end_id]

    def log_boundary(self, decoded: Decoded, word: str) -> float:
        """Log probability that a word at a text's beginning ends where it does, if it is known."""
        ends = [end for end, _ in decoded.marks]
        if not word or len(word) not in ends:
            return 0.0  # within a token, which says what follows
        left = len(ends) - 1 - ends.index(len(word))
        probabilities = self.seen.get(tuple(decoded.ids[: len(decoded.ids) - left]))
        return 0.0 if probabilities is None else self.log_end(probabilities, word)

    def log_end(self, probabilities: np.ndarray, word: str) -> float:
        """Log probability that what comes next does not go on with a word."""
        last = word[-1]
        going_on = self.vocabulary.continuing[last.isalnum() or last == "_"]
        return log_of(1 - float(probabilities[going_on].sum()))

    def read(self, decoded: Decoded, held: bytes, rule: EndRule) -> bool:
        """Bring the text up to date with the ids; True if it is complete or runs in circles."""
        whole = b"".join(self.vocabulary.bytes[id_] for id_ in decoded.ids)[len(held) :]
        decoded.text = whole.decode("utf-8", errors="ignore")
        decoded.marks.append((len(decoded.text), decoded.total))
        end = rule.end(decoded.text)
        if end is not None:
            decoded.text, decoded.finished = decoded.text[:end], True
            return True
        period = repeats(decoded.ids)
        if period is not None:
            self._cut_loop(decoded, held, period)
            return True
        return False

    def _cut_loop(self, decoded: Decoded, held: bytes, period: int) -> None:
        last, kept = decoded.ids[-period:], list(decoded.ids)
        while kept[-2 * period :] == last * 2:
            del kept[-period:]
        text = b"".join(self.vocabulary.bytes[id_] for id_ in kept)[len(held) :]
        decoded.text = text.decode("utf-8", errors="ignore")


def ended(decoded: Decoded) -> str:
    """The text of a decode; where it did not come to its own end, as much as is whole.

    That is whole lines, or whole words where there is only one line.
    """
    if decoded.finished:
        return decoded.text
    lines, newline, _ = decoded.text.rpartition("\n")
    return lines if newline and lines.strip() else whole_words(decoded.text)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (vocabulary,) of logits."""
    powers: np.ndarray = np.exp(logits - logits.max())
    powers /= powers.sum()
    return powers


def log_of(probability: float) -> float:
    """Its logarithm, that of nothing being a very small one."""
    return math.log(max(float(probability), LEAST_MEASURABLE))
