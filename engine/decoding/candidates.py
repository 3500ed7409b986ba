"""Ranking texts that a host knows to be possible: usually names.

Best-first search over the candidates' tokens: a candidate is scored further only as long as it
might still be among the likeliest, so a long list costs hardly more than a short one. A candidate
that was not scored to its end is ordered by the part that was.

Knows tokens and probabilities; not where candidates come from.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence

from .decoder import Decoder

MOST_STEPS = 12
UNREAD = 1.5
"""Nats that a candidate loses for each token of it that was not read."""


def rank(
    decoder: Decoder,
    encode: Callable[[str], list[int]],
    held: str,
    texts: Sequence[str],
    room: int,
) -> list[tuple[int, float]]:
    """Indexes into ``texts``, likeliest first, with the log probability of each as a whole word.

    Each text follows the held one; what does not fit into ``room`` tokens is not read. The
    probability is that of the text and of its end there.
    """
    whole = [tuple(encode(held + text)) for text in texts]
    mass = _mass(decoder, held, room)
    heap = [(0.0, index, 0) for index, ids in enumerate(whole) if ids]
    done: list[tuple[int, float]] = []
    unread: list[tuple[float, int, int]] = []
    steps = 0
    while heap:
        cost, index, read = heapq.heappop(heap)
        ids = whole[index]
        if read > len(ids):
            done.append((index, -cost - mass))
            continue
        if read > room:
            unread.append((cost, index, read))
            continue
        if ids[:read] not in decoder.seen:
            steps += 1
            if steps > MOST_STEPS or (steps > 1 and decoder.stop()):
                heapq.heappush(heap, (cost, index, read))
                break
        heapq.heappush(
            heap, (cost + _cost(decoder, ids, read, held + texts[index]), index, read + 1)
        )
    guessed = [
        (index, -cost - mass - UNREAD * (1 + len(whole[index]) - read))
        for cost, index, read in [*heap, *unread]
    ]
    return sorted([*done, *guessed], key=lambda ranked: -ranked[1])


def _cost(decoder: Decoder, ids: tuple[int, ...], read: int, text: str) -> float:
    """Of the next token, or of the word's end after the last one."""
    probabilities = decoder.probabilities(ids[:read])
    if read < len(ids):
        return -math.log(max(float(probabilities[ids[read]]), 1e-30))
    return -decoder.log_end(probabilities, text)


def _mass(decoder: Decoder, held: str, room: int) -> float:
    """Log probability of the held text itself, however it goes on."""
    if not held:
        return 0.0
    found = decoder.beginnings(held.encode("utf-8", "replace"), room, 1)
    if not found:
        return 0.0
    ids, share = found[0]
    total = sum(
        math.log(max(float(decoder.probabilities(ids[:place])[id_]), 1e-30))
        for place, id_ in enumerate(ids)
    )
    return total - share
