"""What the user's own text says comes next: the window, the rest of the file, the project.

A window of 256 tokens forgets the file; this remembers it, without any training. Nothing leaves the
process and nothing is written to disk. Memory is bounded by ``MOST_CHARACTERS`` per source.

Knows token ids and where they came from; how far they are believed is ``mixing.py``'s business.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from .ngrams import Match, NgramIndex
from .stream import Stop, Stopped, never
from .tokenizer import Tokenizer

WINDOW, FILE, PROJECT = "window", "file", "project"
SOURCES = (PROJECT, FILE, WINDOW)
"""In the order in which they are mixed in: the nearest has the last word."""

MOST_CHARACTERS = 200_000
"""Of the file, nearest to the caret: some 60,000 tokens, 1 MB of index."""

BEFORE_SHARE = 0.75
CHUNK_LINES = 48
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


class LocalText:
    """The local text of one session, indexed by what follows what."""

    def __init__(self, tokenizer: Tokenizer, project: NgramIndex | None = None) -> None:
        self._tokenizer = tokenizer
        self._chunks: dict[str, np.ndarray] = {}
        self._project = project
        self._learned = ("", "")
        self._file: NgramIndex | None = None
        self._window: NgramIndex | None = None
        self._window_ids: list[int] = []

    def learn(self, before: str, after: str, stop: Stop = never) -> None:
        """Index the file around the window; ``before`` ends where the window begins.

        Tokenises only what changed since the last time. Raises Stopped between chunks, when
        ``stop()`` says so; the next call goes on from there.
        """
        most_before = int(BEFORE_SHARE * MOST_CHARACTERS)
        texts = (before[-most_before:], after[: MOST_CHARACTERS - most_before])
        if texts == self._learned:
            return
        above, below = map(chunks, texts)
        known = self._chunks
        for chunk in (*above, *below):
            if chunk not in known:
                if stop():
                    raise Stopped
                known[chunk] = np.array(self._tokenizer.encode(chunk), dtype=np.uint16)
        self._chunks = {chunk: known[chunk] for chunk in (*below, *above)}
        parts = [[known[chunk] for chunk in side] for side in (below, above)]
        self._file = NgramIndex([np.concatenate(side) for side in parts if side])
        self._learned = texts

    def follow(self, window: list[int]) -> None:
        """Index the window's ids, if they are not those of the last time."""
        if self._window is None or self._window_ids != window:
            self._window_ids = window
            self._window = NgramIndex([np.array(window, dtype=np.uint16)])

    def found(self, context: Sequence[int]) -> list[tuple[str, list[Match]]]:
        """What followed the end of ``context`` (its last ids are enough), by source."""
        indexes = {PROJECT: self._project, FILE: self._file, WINDOW: self._window}
        return [
            (source, index.matches(context))
            for source in SOURCES
            if (index := indexes[source]) is not None and len(index)
        ]


def chunks(text: str) -> list[str]:
    """Split at lines chosen by their content, so that an edit changes one chunk only."""
    found, current = [], []
    for line in _LINES.findall(text):
        current.append(line)
        if zlib.crc32(line.encode("utf-8", "replace")) % CHUNK_LINES == 0:
            found.append("".join(current))
            current = []
    return [*found, "".join(current)] if current else found
