"""Tokens guessed from local text, which are run in one step and then verified.

A step over four tokens costs about as much as two steps over one. If the user's own text has only
ever continued in one way, the next few tokens are guessed and run together. Decoding then reads
their logits one by one as usual, and drops what it would not have chosen. So drafts change the
work, not the result. Drafting from existing text instead of from a smaller model is known as
"prompt lookup", after speculative decoding (Leviathan et al. 2023, arXiv 2211.17192).

Knows matches, not models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..local.ngrams import Match

LEAST_ORDER = 3
MOST_DRAFTED = 6

Found = Callable[[tuple[int, ...]], Sequence[tuple[str, Sequence[Match]]]]


def draft(found: Found, texts: Sequence[bytes], ids: tuple[int, ...], most: int) -> list[int]:
    """At most ``most`` ids that probably follow ``ids``, by what ``found`` says of each place.

    ``texts`` are the bytes of each id: a draft goes no further than the end of a line, where most
    suggestions end.
    """
    drafted: list[int] = []
    while len(drafted) < min(most, MOST_DRAFTED):
        following = _only_follower(found((*ids, *drafted)))
        if following is None:
            break
        drafted.append(following)
        if b"\n" in texts[following]:
            break
    return drafted


def _only_follower(found: Sequence[tuple[str, Sequence[Match]]]) -> int | None:
    """What the longest match was followed by, if it is long and was followed by one thing only."""
    longest = [matches[-1] for _, matches in found if matches]
    best = max(longest, key=lambda match: match.order, default=None)
    if best is None or best.order < LEAST_ORDER or len(best.ids) > 1:
        return None
    return int(best.ids[0])
