"""Decoding that follows a few likely texts side by side and keeps the best of them.

Texts of different lengths are compared by their log probability over a power of their length, as
in Wu et al. 2016 (arXiv 1609.08144, section 7), and those that came to their own end come first.
Greedy decoding (``decoder.py``) is what typing uses unless a model's tuning asks for this;
``docs/performance.md`` says what a beam costs and gains.
"""

from __future__ import annotations

import math
from dataclasses import replace

from .decoder import LEAST_PROBABILITY, Decoded, Decoder
from .ends import EndRule

LENGTH_POWER = 0.7


def search(decoder: Decoder, held: bytes, most: int, rule: EndRule, width: int) -> Decoded:
    """The best of the texts that a beam of ``width`` finds; at most ``most`` tokens."""
    beginnings = decoder.beginnings(held, most, width)
    live = [Decoded(list(ids), total=total) for ids, total in beginnings[:width]]
    done: list[Decoded] = []
    while live and not _is_decided(done, live[0], most):
        grown = []
        for decoded in live:
            complete = decoder.read(decoded, held, rule)
            if complete or len(decoded.ids) >= most or decoder.stop():
                done.append(decoded)
            else:
                grown += _grown(decoder, decoded, width, done)
        live = sorted(grown, key=lambda decoded: -decoded.total)[:width]
    return max(done, key=score, default=Decoded())


def _is_decided(done: list[Decoded], likeliest: Decoded, most: int) -> bool:
    """Whether no text that still grows can overtake, however long it gets."""
    best = max((score(decoded) for decoded in done), default=(False, -math.inf))
    return best[0] and best[1] >= likeliest.total / most**LENGTH_POWER


def _grown(decoder: Decoder, decoded: Decoded, width: int, done: list[Decoded]) -> list[Decoded]:
    """A text with each of its likeliest continuations; where it ends, it is done."""
    following = decoder.likeliest(tuple(decoded.ids), width)
    best_id, best_log = following[0]
    if best_id == decoder.end_id or decoded.total + best_log < math.log(LEAST_PROBABILITY):
        decoded.finished = best_id == decoder.end_id
        done.append(decoded)
        return []
    return [
        replace(decoded, ids=[*decoded.ids, id_], total=decoded.total + log, marks=[*decoded.marks])
        for id_, log in following
        if id_ != decoder.end_id
    ]


def score(decoded: Decoded) -> tuple[bool, float]:
    """What the best text has most of: an end of its own, then normalised log probability."""
    return decoded.finished, decoded.total / max(1, len(decoded.ids)) ** LENGTH_POWER
