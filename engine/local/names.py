"""The names in a text: which occur where, and which begin with what was typed.

A name here is a run of letters, digits and underscores that does not begin with a digit; keywords
and the words of comments count as names too. Secrets are left out. Results are cached by chunk, so
that an edit costs only one chunk.

Knows no tokens and no model.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property

from ..errors import Stopped
from ..patterns import pattern
from ..privacy.secrets import without
from ..state.stream import Stop, never

NAME = pattern(r"[^\W\d]\w*")
LONGEST_NAME = 60


class Names:
    """An immutable count of names."""

    def __init__(self, parts: Iterable[Counter[str]] = ()) -> None:
        self._counts: Counter[str] = Counter()
        for part in parts:
            self._counts.update(part)

    def __contains__(self, name: str) -> bool:
        return name in self._counts

    def __len__(self) -> int:
        return len(self._counts)

    def beginning(self, prefix: str) -> list[str]:
        """Names longer than ``prefix`` that begin with it, in alphabetical order."""
        names = self._sorted
        found = []
        for place in range(bisect_left(names, prefix), len(names)):
            if not names[place].startswith(prefix):
                break
            if names[place] != prefix:
                found.append(names[place])
        return found

    def count(self, name: str) -> int:
        return self._counts[name]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._counts)


class NameCache:
    """Counts the names of texts chunk by chunk; only new chunks are read."""

    def __init__(self, chunks: Callable[[str], list[str]]) -> None:
        self._chunks = chunks
        self._known: dict[str, Counter[str]] = {}

    def names(self, *texts: str, stop: Stop = never) -> Names:
        """The names of some texts together; forgets other texts.

        Raises Stopped between chunks when ``stop()`` says so; the next call goes on from there.
        """
        parts = [chunk for text in texts for chunk in self._chunks(text)]
        for chunk in parts:
            if chunk not in self._known:
                if stop():
                    raise Stopped
                self._known[chunk] = counted(without(chunk))
        self._known = {chunk: self._known[chunk] for chunk in parts}
        return Names(self._known[chunk] for chunk in parts)


def counted(text: str) -> Counter[str]:
    """How often each name occurs in a text."""
    return Counter(name for name in NAME.findall(text) if len(name) <= LONGEST_NAME)
