"""What comes next by the user's own text: the window, the rest of the file, the project.

A window of 256 tokens forgets the file; this remembers it, without any training. Nothing leaves the
process and nothing is written to disk. Memory is bounded by ``MOST_CHARACTERS`` per source.

Knows token ids and where they came from; ``mixing.py`` decides how much weight they get.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Sequence
from typing import Protocol

import numpy as np

from ..errors import Stopped
from ..patterns import pattern
from ..privacy.secrets import without
from ..state.stream import Stop, never
from ..tokenizer import Tokenizer
from .mixing import FILE, PROJECT, WINDOW
from .names import NameCache, Names
from .ngrams import Match, NgramIndex

MOST_CHARACTERS = 200_000
"""Of the file, nearest to the caret: some 60,000 tokens, 1 MB of index."""

BEFORE_SHARE = 0.75
CHUNK_LINES = 48
MOST_LINES_OF_A_KEY = 200
OPEN = ("=", ":", "(", "{", "[", ">", "\\")
_NOTHING = np.zeros(0, np.uint16)
_LINES = pattern(r"[^\n]*\n|[^\n]+")


class ChunkCache:
    """The tokens of texts without their secrets; only new chunks are tokenised."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, np.ndarray] = {}

    def ids(self, text: str, stop: Stop = never) -> np.ndarray:
        """The ids (uint16) of a text. Raises Stopped between chunks when ``stop()`` says so; the
        next call goes on from there.
        """
        parts = chunks(text)
        for chunk in parts:
            if chunk not in self._known:
                if stop():
                    raise Stopped
                encoded = self._tokenizer.encode(without(chunk))
                self._known[chunk] = np.array(encoded, dtype=np.uint16)
        return np.concatenate([_NOTHING, *(self._known[chunk] for chunk in parts)])

    def prune(self, *texts: str) -> None:
        """Forget all chunks but those of these texts."""
        self._known = {chunk: self._known[chunk] for text in texts for chunk in chunks(text)}


class Beside(Protocol):
    """The text of the files beside the open one; ``Project`` implements this."""

    def matches(self, context: Sequence[int], beside: Hashable = None) -> list[Match]: ...
    def holds(self, word: str, beside: Hashable = None) -> bool: ...
    def beginning(self, prefix: str, beside: Hashable = None) -> set[str]: ...


class LocalText:
    """The local text of one session, as indices of what follows what.

    ``name`` is the file's name in the project, whose copy of it does not count.
    """

    def __init__(
        self, tokenizer: Tokenizer, project: Beside | None = None, name: Hashable = None
    ) -> None:
        self._cache = ChunkCache(tokenizer)
        self._project, self._name = project, name
        self._learned = ("", "")
        self._names = NameCache(chunks)
        self.names = Names()  # those learned from the file around the window
        self._file: NgramIndex | None = None
        self._window: NgramIndex | None = None
        self._window_ids: list[int] = []

    def learn(self, before: str, after: str, stop: Stop = never) -> bool:
        """Index the file around the window; ``before`` ends where the window begins.

        Returns False if it is indexed already. Tokenises only what has changed. Raises Stopped
        between chunks when ``stop()`` says so; the next call goes on from there.
        """
        most_before = int(BEFORE_SHARE * MOST_CHARACTERS)
        above = whole_lines(before[-most_before:], begins=len(before) <= most_before)
        below = whole_lines(after[: MOST_CHARACTERS - most_before], begins=False)
        if (above, below) == self._learned:
            return False
        self._file = NgramIndex([self._cache.ids(below, stop), self._cache.ids(above, stop)])
        self.names = self._names.names(below, above, stop=stop)
        self._cache.prune(below, above)
        self._learned = (above, below)
        return True

    def in_project(self, name: str) -> bool:
        """Whether another file of the project contains a name."""
        return self._project is not None and self._project.holds(name, self._name)

    def beginning(self, prefix: str) -> set[str]:
        """The names in the file around the window and in the project that begin with ``prefix``."""
        found = set(self.names.beginning(prefix))
        if self._project is not None:
            found.update(self._project.beginning(prefix, self._name))
        return found

    def follow(self, window: list[int]) -> None:
        """Index the window's ids, if they have changed."""
        if self._window is None or self._window_ids != window:
            self._window_ids = window
            self._window = NgramIndex([np.array(window, dtype=np.uint16)])

    def found(self, context: Sequence[int]) -> list[tuple[str, list[Match]]]:
        """What followed the end of ``context`` (its last ids are enough), by source."""
        found = []
        if self._project is not None:
            found.append((PROJECT, self._project.matches(context, self._name)))
        for source, index in ((FILE, self._file), (WINDOW, self._window)):
            if index is not None:
                found.append((source, index.matches(context)))
        return found


def whole_lines(text: str, begins: bool) -> str:
    """``text`` without incomplete lines: the last and, unless ``text`` ``begins`` with a whole
    line, the first. Half of a secret cannot be recognised.
    """
    first = 0 if begins else text.find("\n") + 1
    return text[first : text.rfind("\n") + 1]


def chunks(text: str) -> list[str]:
    """Split at lines chosen by their content, so that an edit changes only one chunk; never inside
    a private key, nor after a line whose value may be on the next one.
    """
    found, current, block = [], [], 0
    for line in _LINES.findall(text):
        current.append(line)
        block = _lines_of_a_key_left(line, block)
        if block or line.rstrip().endswith(OPEN):
            continue
        if zlib.crc32(line.encode("utf-8", "replace")) % CHUNK_LINES == 0:
            found.append("".join(current))
            current = []
    return [*found, "".join(current)] if current else found


def _lines_of_a_key_left(line: str, left: int) -> int:
    if "-----BEGIN" in line and "PRIVATE KEY" in line:
        return MOST_LINES_OF_A_KEY
    return 0 if "-----END" in line else max(0, left - 1)
