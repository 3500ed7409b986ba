"""The likeliest tokens whose bytes begin with held text.

What the user has typed of a word rarely is a token. So the word's letters are not put into the
model's state; the search here finds the token sequence that covers them, and the same word comes
out after every letter. Best first: since probabilities only shrink along a path, the first
complete path taken from the heap is the likeliest one.

Backing up one token only ("token healing") fails where the letters span several tokens; see
Vieira et al. 2024, arXiv 2412.03719, for why coverings are the exact formulation.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .vocabulary import Vocabulary

COMPLETIONS_PER_PATH = 4
MOST_EXPANSIONS = 12
LEAST_SHARE = 0.02  # of the best covering's probability: an open path below it is not followed

LogProbabilities = Callable[[tuple[int, ...]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Covering:
    """Tokens that cover the held bytes, with the share of all coverings found that is theirs."""

    ids: tuple[int, ...]
    share: float


@dataclass(order=True)
class _Path:
    cost: float  # negative log probability
    ids: tuple[int, ...] = field(compare=False)
    left: bytes = field(compare=False)  # held bytes not covered yet


def cover(
    held: bytes, vocabulary: Vocabulary, log_probabilities: LogProbabilities, longest: int
) -> list[Covering]:
    """Coverings of ``held`` by at most ``longest`` tokens, likeliest first; empty if none fits.

    ``log_probabilities(ids)`` gives the model's (vocabulary,) log probabilities behind some tokens.
    """
    heap, complete = [_Path(0.0, (), held)], []
    for _ in range(MOST_EXPANSIONS):
        while heap and not heap[0].left:
            complete.append(heapq.heappop(heap))
        if not heap or _settled(complete, heap[0]):
            break
        path = heapq.heappop(heap)
        if len(path.ids) == longest:
            continue
        for extended in _extensions(path, vocabulary, log_probabilities(path.ids)):
            heapq.heappush(heap, extended)
    mass = np.logaddexp.reduce([-path.cost for path in [*complete, *heap]] or [0.0])
    complete += [path for path in heap if not path.left]
    return [Covering(p.ids, float(np.exp(-p.cost - mass))) for p in sorted(complete)]


def _settled(complete: list[_Path], best_open: _Path) -> bool:
    """Whether what is still open hardly matters beside the best complete path."""
    return bool(complete) and np.exp(complete[0].cost - best_open.cost) < LEAST_SHARE


def _extensions(path: _Path, vocabulary: Vocabulary, log_probabilities: np.ndarray) -> list[_Path]:
    ends = vocabulary.starting_with(path.left)
    if len(ends) > COMPLETIONS_PER_PATH:
        best = np.argpartition(-log_probabilities[ends], COMPLETIONS_PER_PATH)[
            :COMPLETIONS_PER_PATH
        ]
        ends = ends[best]
    found = [
        _Path(path.cost - float(log_probabilities[id_]), (*path.ids, int(id_)), b"") for id_ in ends
    ]
    for id_ in vocabulary.beginning(path.left):
        cost = path.cost - float(log_probabilities[id_])
        found.append(_Path(cost, (*path.ids, id_), path.left[len(vocabulary.bytes[id_]) :]))
    return found
