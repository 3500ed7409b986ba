"""How much weight local text gets: the model's distribution, bent towards what was seen nearby
(a logits processor).

Two steps, each with a small network that was fitted on held-out packages. *Pulling* is
stick-breaking interpolation: starting from the model's distribution, each longer match pulls the
result towards what followed it, by a share that depends on where the match was found, on its
length, on how often and how uniformly it occurred, and on what the model makes of it. The idea of
nested local caches is Hellendoorn and Devanbu's (FSE 2017). *Correcting* changes the odds of the
tokens that followed the longest matches, by how the model and the sources agree on them, as the
secondary estimation of the PAQ compressors does (Mahoney 2005).

A compiled kernel does the work (``engine/kernel/mixing.c``); if there is none, NumPy does. Knows
matches; neither texts nor indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .ngrams import LONGEST, Match

WINDOW, FILE, PROJECT = "window", "file", "project"
SOURCES = (PROJECT, FILE, WINDOW)
"""In the order in which they are mixed in: the nearest has the last word."""

MOST_CORRECTED = 12
"""Tokens that are corrected: those that followed the longest matches."""

MATCH_FACTS, TOKEN_FACTS = 11 + len(SOURCES), 4 + 4 * len(SOURCES)
LEAST = 1e-6
"""What counts as the probability of what is next to impossible."""

MOST_NATS = 6.0
"""A correction changes the odds by at most this much."""

MOST_HIDDEN = 64
_NUMBER = {name: number for number, name in enumerate(SOURCES)}

Found = Sequence[tuple[str, Sequence[Match]]]

Compiled = Callable[..., np.ndarray]
"""The kernel's ``mix``: the two networks' weights and hidden units, probabilities, evidence."""


@dataclass(frozen=True)
class Network:
    """A perceptron with one hidden layer of rectified units."""

    inward: np.ndarray  # (facts, hidden)
    bias: np.ndarray  # (hidden,)
    outward: np.ndarray  # (hidden,)
    offset: float

    def __call__(self, facts: np.ndarray) -> np.ndarray:
        """Facts (rows, facts) to values (rows,)."""
        hidden = np.maximum(facts @ self.inward + self.bias, 0)
        values: np.ndarray = hidden @ self.outward + np.float32(self.offset)
        return values

    @cached_property
    def packed(self) -> np.ndarray:
        """All weights in the order of ``mixing.c``."""
        parts = (self.inward.T.ravel(), self.bias, self.outward, [self.offset])
        return np.concatenate(parts).astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        rounded = {name: _rounded(getattr(self, name)) for name in ("inward", "bias", "outward")}
        return {**rounded, "offset": round(float(self.offset), 4)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], facts: int) -> Network:
        """The network of a ``to_dict``. Raises ValueError, KeyError or TypeError for others."""
        inward, bias, outward = (
            np.asarray(values[name], np.float32) for name in ("inward", "bias", "outward")
        )
        offset, hidden = float(values["offset"]), bias.size
        shapes = (inward.shape, bias.shape, outward.shape)
        if shapes != ((facts, hidden), (hidden,), (hidden,)) or not 0 < hidden <= MOST_HIDDEN:
            raise ValueError(f"expected a network of {facts} facts, found weights of {shapes}")
        if not all(np.isfinite(part).all() for part in (inward, bias, outward, offset)):
            raise ValueError("a network with weights that are not finite")
        return cls(inward, bias, outward, offset)


def _rounded(weights: np.ndarray) -> Any:
    return [_rounded(row) if row.ndim else round(float(row), 4) for row in weights]


@dataclass(frozen=True)
class Evidence:
    """The matches of one place, source after source, the shorter before the longer.

    ``ids`` and ``counts`` hold what followed, match after match: the token, and how often.
    """

    matches: np.ndarray  # (matches, 4) int32: source, order, total, distinct followers
    ids: np.ndarray  # (followers,) int32
    counts: np.ndarray  # (followers,) float32

    @classmethod
    def of(cls, found: Found) -> Evidence | None:
        """What was found, or None if that is nothing. Unknown sources do not count."""
        rows: list[tuple[int, ...]] = []
        ids, counts = [], []
        for source, matches in found:
            if source not in _NUMBER:
                continue
            for match in matches:
                rows.append((_NUMBER[source], match.order, match.total, len(match.ids)))
                ids.append(match.ids)
                counts.append(match.counts)
        if not rows:
            return None
        all_ids = np.concatenate(ids, dtype=np.int32, casting="same_kind")
        return cls(np.array(rows, np.int32), all_ids, np.concatenate(counts))

    @cached_property
    def match(self) -> np.ndarray:
        """After which match each follower stood (followers,)."""
        return np.repeat(np.arange(len(self.matches)), self.matches[:, 3])

    @cached_property
    def longest(self) -> np.ndarray:
        """The longest order in each source (sources,), 0 for none."""
        longest = np.zeros(len(SOURCES), np.int64)
        longest[self.matches[:, 0]] = self.matches[:, 1]  # the last one stays
        return longest

    @property
    def tops(self) -> tuple[np.ndarray, np.ndarray]:
        """The token that followed each match most often, and how often it did."""
        distinct = self.matches[:, 3]
        most = np.maximum.reduceat(self.counts, np.cumsum(distinct) - distinct)
        places = np.flatnonzero(self.counts == most[self.match])
        first = np.searchsorted(self.match[places], np.arange(len(most)))
        return self.ids[places[first]], most

    def proposed(self, vocabulary: int) -> tuple[np.ndarray, ...]:
        """The tokens to correct (tokens,) and, of the longest match that each followed in each
        source (tokens, sources): the order, the token's share of what followed it, and how often
        the token did. All are 0 where there is no such match."""
        source, order, total, _ = self.matches.T
        last = np.full((vocabulary, len(SOURCES)), -1, np.int32)
        last[self.ids, source[self.match]] = np.arange(len(self.ids))  # the last one stays
        tokens = np.unique(self.ids)
        follower = last[tokens]
        match, there = self.match[follower], follower >= 0
        orders, counts = order[match] * there, self.counts[follower] * there
        shares = counts / total[match].astype(np.float32)
        strongest = (orders + 0.999 * shares).max(1)
        chosen = np.argsort(-strongest, kind="stable")[:MOST_CORRECTED]
        return tokens[chosen], orders[chosen], shares[chosen], counts[chosen]


def match_facts(
    source: np.ndarray,
    order: np.ndarray,
    longest: np.ndarray,
    longest_of_all: np.ndarray,
    total: np.ndarray,
    distinct: np.ndarray,
    top_share: np.ndarray,
    top: np.ndarray,
    best: np.ndarray,
) -> np.ndarray:
    """What the share of matches (...) depends on, (..., MATCH_FACTS).

    ``longest`` is the longest order in the same source, ``top_share`` the share of what followed
    most often, ``top`` its probability by the model, ``best`` the model's highest probability.
    """
    return _columns(
        total.shape,
        order / LONGEST,
        order == 1,
        order == 2,
        longest / LONGEST,
        longest_of_all / LONGEST,
        np.log1p(total) / 5,
        np.log(distinct) / 5,
        top_share,
        np.log(np.maximum(top, LEAST)) / 10,
        np.log(np.maximum(best, LEAST)) / 2,
        top == best,
        *(source == number for number in range(len(SOURCES))),
    )


def token_facts(
    order: np.ndarray,
    share: np.ndarray,
    count: np.ndarray,
    longest: np.ndarray,
    model: np.ndarray,
    best: np.ndarray,
    pulled: np.ndarray,
    mass: np.ndarray,
) -> np.ndarray:
    """What the correction of tokens (...) depends on, (..., TOKEN_FACTS).

    The first four have the sources as their last axis: of the longest match that the token followed
    there, and the longest order found there at all. ``model`` and ``pulled`` are the token's
    probabilities before and after pulling, ``mass`` is the sum of the latter over all that are
    corrected.
    """
    of_sources = [order / LONGEST, share, np.log1p(count) / 3, longest / LONGEST]
    return _columns(
        model.shape,
        *(column[..., number] for column in of_sources for number in range(len(SOURCES))),
        np.log(np.maximum(model, LEAST)) / 5,
        best,
        np.log(np.maximum(pulled, LEAST)) / 5,
        mass,
    )


def _columns(shape: tuple[int, ...], *columns: np.ndarray) -> np.ndarray:
    facts = np.empty((*shape, len(columns)), np.float32)
    for number, column in enumerate(columns):
        facts[..., number] = column
    return facts


@dataclass(frozen=True)
class Mixer:
    """``pull`` says by what share a match pulls (a logit), ``correct`` by how many nats a token's
    odds change."""

    pull: Network
    correct: Network

    def mix(
        self, probabilities: np.ndarray, found: Found, compiled: Compiled | None = None
    ) -> np.ndarray:
        """The distribution (vocabulary,) of float32, bent by what was found in ``SOURCES``'
        order."""
        evidence = Evidence.of(found)
        if evidence is None:
            return probabilities
        if compiled is None:
            return self.in_numpy(probabilities, evidence)
        networks = [(network.packed, len(network.bias)) for network in (self.pull, self.correct)]
        return compiled(networks, probabilities, evidence.matches, evidence.ids, evidence.counts)

    def in_numpy(self, probabilities: np.ndarray, evidence: Evidence) -> np.ndarray:
        """The same without the kernel, up to rounding."""
        best = probabilities.max()
        pulled = self._pulled(probabilities, best, evidence)
        tokens, order, share, count = evidence.proposed(len(pulled))
        before = pulled[tokens]
        model, mass = probabilities[tokens], before.sum()
        facts = token_facts(order, share, count, evidence.longest, model, best, before, mass)
        after = before * np.exp(np.clip(self.correct(facts), -MOST_NATS, MOST_NATS))
        pulled[tokens] = after
        pulled /= 1 + (after - before).sum()
        return pulled

    def _pulled(
        self, probabilities: np.ndarray, best: np.ndarray, evidence: Evidence
    ) -> np.ndarray:
        source, order, total, distinct = evidence.matches.T
        top, most = evidence.tops
        longest = evidence.longest
        facts = match_facts(
            source,
            order,
            longest[source],
            longest.max(),
            total,
            distinct,
            most / total,
            probabilities[top],
            best,
        )
        shares = 1 / (1 + np.exp(-self.pull(facts)))
        # the share that the later, stronger pulls leave to the earlier ones, and to the model
        left = np.append(1 - shares, 1)[::-1].cumprod()[::-1]
        weights = (shares * left[1:] / total)[evidence.match] * evidence.counts
        pulls = np.bincount(evidence.ids, weights, len(probabilities))
        mixed: np.ndarray = (probabilities * left[0] + pulls).astype(np.float32)
        return mixed

    def to_dict(self) -> dict[str, Any]:
        return {"pull": self.pull.to_dict(), "correct": self.correct.to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Mixer:
        """The mixer of a ``to_dict``. Raises ValueError, KeyError or TypeError for others."""
        return cls(
            Network.from_dict(values["pull"], MATCH_FACTS),
            Network.from_dict(values["correct"], TOKEN_FACTS),
        )
