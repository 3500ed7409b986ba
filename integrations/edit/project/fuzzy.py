"""Fuzzy search: names of files by some of their letters, the best match first. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from heapq import nsmallest

MOST = 200  # names that are shown


def best(names: Iterable[str], wanted: str, most: int = MOST) -> list[str]:
    """The names that hold the letters of ``wanted`` in order, at most ``most``. Blanks separate
    words, which may occur in any order. A match is better in the last part of a name, with its
    letters close together, and in a short name.

    >>> best(["lib/parse.py", "tests/test_parse.py", "setup.py"], "parse")
    ['lib/parse.py', 'tests/test_parse.py']
    """
    patterns = _patterns(wanted)
    ranked = ((rank, name) for name in names if (rank := _rank(name, patterns)) is not None)
    return [name for _, name in nsmallest(most, ranked)]


def rank(name: str, wanted: str) -> tuple[int, int] | None:
    """How well a name matches, less being better; None if it does not match."""
    return _rank(name, _patterns(wanted))


def _patterns(wanted: str) -> list[re.Pattern[str]]:
    return [_pattern(word) for word in wanted.split()]


def _pattern(word: str) -> re.Pattern[str]:
    """The shortest stretch from the first fitting letter that holds all of them in order."""
    flags = re.NOFLAG if word != word.lower() else re.IGNORECASE
    return re.compile(".*?".join(map(re.escape, word)), flags)


def _rank(name: str, patterns: list[re.Pattern[str]]) -> tuple[int, int] | None:
    """Less is better; None if a word is not there."""
    total, at = 0, name.rfind("/") + 1
    for pattern in patterns:
        found = pattern.search(name, at)
        far = found is None
        found = found or pattern.search(name)
        if found is None:
            return None
        begins = found.start() == 0 or not name[found.start() - 1].isalnum()
        total += len(found.group()) + 20 * far + 2 * (not begins)
    return total, len(name)
