"""The text of the files beside the open one, as local text that several sessions share.

The host passes the files one by one, the nearest first; the engine never reads from disk.
Memory is bounded, secrets are left out, and work is done in slices that can be stopped. Not for
use by several threads at once.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from ..privacy.secrets import without
from ..state.stream import Stop, never
from ..tokenizer import Tokenizer
from .names import Names, counted
from .ngrams import Match, NgramIndex
from .text import ChunkCache

MOST_TOKENS = 200_000
"""About 600 KB of code, and 5 MB of index."""


class Project:
    """Texts of the files beside the open ones. Create with ``Model.project``; pass it to
    ``Model.session``."""

    def __init__(self, tokenizer: Tokenizer, most_tokens: int = MOST_TOKENS) -> None:
        self._most = most_tokens
        self._chunks = ChunkCache(tokenizer)
        self._index = NgramIndex()
        self._origins: dict[Hashable, int] = {}
        self._names: dict[Hashable, Names] = {}

    @property
    def tokens(self) -> int:
        """How many tokens it holds, over all files."""
        return len(self._index)

    @property
    def full(self) -> bool:
        """Whether there is no room for another file."""
        return self.tokens >= self._most

    def learn(self, name: Hashable, text: str, *, newest: bool = False, stop: Stop = never) -> None:
        """Index a file's text, replacing its earlier text; if room runs out, only its beginning.

        If too many places match, files learned first take precedence, unless a text is the
        ``newest``.
        Raises Stopped between slices when ``stop()`` returns true; repeating the call continues.
        """
        ids = self._chunks.ids(text, stop)
        self.forget(name)
        origin = self._origins[name] = 1 + max(self._origins.values(), default=0)
        learned = NgramIndex([ids[: max(0, self._most - len(self._index))]], origin)
        older, newer = (self._index, learned) if newest else (learned, self._index)
        self._index = older.followed_by(newer)
        self._names[name] = Names([counted(without(text))])
        self._chunks.prune()

    def forget(self, name: Hashable) -> None:
        """Drop a file's text."""
        self._names.pop(name, None)
        origin = self._origins.pop(name, None)
        if origin is not None:
            self._index = self._index.without(origin)

    def holds(self, word: str, beside: Hashable = None) -> bool:
        """Whether a file other than ``beside`` contains a name."""
        return any(word in names for file, names in self._names.items() if file != beside)

    def beginning(self, prefix: str, beside: Hashable = None) -> set[str]:
        """The names in files other than ``beside`` that begin with ``prefix``."""
        others = (names for file, names in self._names.items() if file != beside)
        return {word for names in others for word in names.beginning(prefix)}

    def matches(self, context: Sequence[int], beside: Hashable = None) -> list[Match]:
        """What followed the end of ``context`` in the files other than ``beside``."""
        return self._index.matches(context, self._origins.get(beside))
