"""The likeliest tokens whose bytes begin with held text.

The part of a word that is typed so far is rarely a token. So its letters are not put into the
model's state. Instead, the search here finds the token sequence that covers them, and the same
word comes out after every letter. Best-first search: since probabilities only shrink along a path,
the first complete path taken from the heap is the likeliest one.

Backing up by only one token ("token healing") fails if the letters span several tokens; see
Vieira et al. 2024, arXiv 2412.03719, for why coverings are the exact formulation.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of the search is done; without any limit the shares it finds are exact."""

    completions: int | None = 4  # tokens that end a path, the likeliest ones
    expansions: int | None = 12  # steps of the model
    least_share: float = 0.1  # of the best covering: an open path below it is not followed


TYPING = Limits()
EXACT = Limits(None, None, 0.0)

MayFollow = Callable[[int, int], bool]

Probabilities = Callable[[tuple[int, ...]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Covering:
    """Tokens that cover the held bytes, with the share of all coverings' probability."""

    ids: tuple[int, ...]
    share: float


@dataclass(order=True)
class _Path:
    cost: float  # negative log probability
    ids: tuple[int, ...] = field(compare=False)
    left: bytes = field(compare=False)  # held bytes not covered yet


def cover(
    held: bytes,
    vocabulary: Vocabulary,
    probabilities: Probabilities,
    longest: int,
    limits: Limits = TYPING,
    may_follow: MayFollow = lambda first, second: True,
    stop: Callable[[], bool] = lambda: False,
) -> list[Covering]:
    """Coverings of ``held`` by at most ``longest`` tokens, likeliest first; empty if none fits.

    ``probabilities(ids)`` gives the model's (vocabulary,) probabilities after some tokens. What
    the limits leave open counts towards the whole, so a share is never too large by them.

    ``may_follow`` tells pairs that the tokenizer writes from those it would have merged or split
    otherwise. A model has never seen the latter, and leaving them out turns exponentially many
    paths into one for each place at which the last token may begin (the cover encodings of Phan
    et al. 2024, arXiv 2410.09303).

    When ``stop()`` says so, what was found by then is all; one step is always taken.
    """
    heap, complete, expanded = [_Path(0.0, (), held)], [], 0
    while heap:
        if not heap[0].left:
            complete.append(heapq.heappop(heap))
            continue
        if expanded == limits.expansions or _settled(complete, heap[0], limits):
            break
        if expanded and stop():
            break
        path = heapq.heappop(heap)
        if len(path.ids) < longest:
            expanded += 1
            for extended in _extensions(path, vocabulary, probabilities(path.ids), limits):
                if extended.left == b"" or _is_written(extended.ids, may_follow):
                    heapq.heappush(heap, extended)
    mass = sum(math.exp(-path.cost) for path in [*complete, *heap])
    complete += [path for path in heap if not path.left]
    return [Covering(p.ids, math.exp(-p.cost) / mass) for p in sorted(complete)]


def _is_written(ids: tuple[int, ...], may_follow: MayFollow) -> bool:
    return len(ids) < 2 or may_follow(ids[-2], ids[-1])


def _settled(complete: list[_Path], best_open: _Path, limits: Limits) -> bool:
    """Whether what is still open hardly matters beside the best complete path."""
    return bool(complete) and math.exp(complete[0].cost - best_open.cost) < limits.least_share


def _extensions(
    path: _Path, vocabulary: Vocabulary, probabilities: np.ndarray, limits: Limits
) -> list[_Path]:
    ends = vocabulary.starting_with(path.left)
    if limits.completions is not None and len(ends) > limits.completions:
        ends = ends[largest(probabilities[ends], limits.completions)]
    found = [(int(id_), b"") for id_ in ends]
    found += [
        (id_, path.left[len(vocabulary.bytes[id_]) :]) for id_ in vocabulary.beginning(path.left)
    ]
    return [
        _Path(path.cost - math.log(probability), (*path.ids, id_), left)
        for id_, left in found
        if (probability := float(probabilities[id_])) > 0
    ]


def largest(values: np.ndarray, count: int) -> np.ndarray:
    """The indices of the ``count`` largest of some values (n,), best first.

    Of equal ones, the first: local text often makes several tokens exactly as likely, and what is
    chosen must not depend on how a library partitions.
    """
    least = np.partition(values, -count)[-count]
    enough = np.flatnonzero(values >= least)
    best: np.ndarray = enough[np.argsort(-values[enough], kind="stable")][:count]
    return best
