"""Names of files by some of their letters, the likeliest first. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from heapq import nsmallest

MOST = 200  # names that are shown


def best(names: Iterable[str], wanted: str, most: int = MOST) -> list[str]:
    """The names that hold the letters of ``wanted`` in this order; blanks part words that may
    stand in any order. In the last part of a name, close together and in a short name is best.

    >>> best(["lib/parse.py", "tests/test_parse.py", "setup.py"], "parse")
    ['lib/parse.py', 'tests/test_parse.py']
    """
    patterns = _patterns(wanted)
    ranked = ((rank, name) for name in names if (rank := _rank(name, patterns)) is not None)
    return [name for _, name in nsmallest(most, ranked)]


def rank(name: str, wanted: str) -> tuple[int, int] | None:
    """How well one name fits, less being better; None if it does not."""
    return _rank(name, _patterns(wanted))


def _patterns(wanted: str) -> list[re.Pattern[str]]:
    return [_pattern(word) for word in wanted.split()]


def _pattern(word: str) -> re.Pattern[str]:
    """The shortest stretch that begins at the first of the letters and holds all of them."""
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
