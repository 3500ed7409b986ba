"""Splits the user's files: some are learned, some say when to stop, and some judge the result.

Whole files are split, and similar files are on the same side, so that nothing is measured on text
that was learned almost literally. The side of a file depends on its path alone. Knows texts and
paths, no models.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import ConfigError, MissingExtraError
from .reading import OwnFile

JUDGING, STOPPING = 0.12, 0.06  # shares of the bytes
MOST_JUDGING, MOST_STOPPING = 250_000, 120_000  # bytes; more would take longer and show little
FEWEST_FILES, FEWEST_BYTES = 12, 120_000
"""With less than some 40,000 tokens, there is nothing to learn beyond what local text already
tells."""


@dataclass(frozen=True)
class Sides:
    """The files of a split; ``copies`` are files that are similar to another on their side."""

    learned: tuple[OwnFile, ...]
    stopping: tuple[OwnFile, ...]
    judging: tuple[OwnFile, ...]
    copies: int


def split(files: Sequence[OwnFile]) -> Sides:
    """Divide files. Raises ConfigError if there are too few."""
    total = sum(file.bytes for file in files)
    if len(files) < FEWEST_FILES or total < FEWEST_BYTES:
        raise ConfigError(
            f"{len(files)} files with {total / 1e3:,.0f} kB of code are too little to learn from; "
            f"expected at least {FEWEST_FILES} files and {FEWEST_BYTES // 1000} kB. Such a project "
            "is remembered while you type without any training"
        )
    groups = alike(files)
    order = sorted(groups, key=lambda group: _digest(files[group[0]]))
    judging, order = _taken(files, order, min(JUDGING * total, MOST_JUDGING))
    stopping, order = _taken(files, order, min(STOPPING * total, MOST_STOPPING))
    learned = [files[at] for group in order for at in group]
    if not learned or not judging or not stopping:
        raise ConfigError(
            f"{len(files)} files resemble each other so much that none can be held out; give more "
            "code, or other folders"
        )
    learned.sort(key=lambda file: (file.project, file.path))
    copies = sum(len(group) - 1 for group in groups)
    return Sides(tuple(learned), tuple(stopping), tuple(judging), copies)


def alike(files: Sequence[OwnFile]) -> list[list[int]]:
    """The indices of files that are near duplicates of each other, group by group."""
    from codecomplete.corpus.duplicates import near_repeats, signatures

    try:
        rows = signatures([file.text for file in files])
    except ImportError as error:
        raise MissingExtraError(
            "finding files that resemble each other needs rensa: pip install 'codecomplete[corpus]'"
        ) from error
    groups: dict[int, list[int]] = {}
    for at, kept in enumerate(near_repeats(rows)):
        groups.setdefault(at if kept < 0 else kept, []).append(at)
    return list(groups.values())


def _taken(
    files: Sequence[OwnFile], order: list[list[int]], wanted: float
) -> tuple[list[OwnFile], list[list[int]]]:
    """Whole groups of up to so many bytes together, without large ones; and the groups left."""
    taken: list[OwnFile] = []
    left: list[list[int]] = []
    room = wanted
    for group in order:
        size = sum(files[at].bytes for at in group)
        if room > 0 and size <= max(room * 1.5, wanted / 4):
            taken += [files[at] for at in group]
            room -= size
        else:
            left.append(group)
    return taken, left


def _digest(file: OwnFile) -> bytes:
    return hashlib.sha256(f"{file.project}/{file.path}".encode()).digest()
