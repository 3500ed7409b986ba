"""What git's index holds of a file, and in which lines a text differs from that.

Runs git itself, and nothing that a project could make it run: no filter, hook or file system
monitor. Comparing is pure and bounded.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import Enum
from pathlib import Path

from ..differences import changed_lines
from ..files import FileProblem, read_bytes
from .listing import GIT

MOST_BYTES = 2_000_000
MOST_LINES = 600  # in the part that differs; in a longer one, all count as changed
SECONDS = 5.0


class Change(Enum):
    """How a line differs from git's index."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"  # lines above this one


def staged(path: Path) -> list[str] | None:
    """The file's lines in git's index; None if it is not there, or cannot be read as text."""
    command = [*GIT, "cat-file", "blob", f":./{path.name}"]
    try:
        done = subprocess.run(
            command, cwd=path.parent, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
        if done.returncode or len(done.stdout) > MOST_BYTES:
            return None
        file = read_bytes(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError, FileProblem):
        return None
    return file.outward(file.text).split("\n")


def changes(old: Sequence[str], new: Sequence[str]) -> dict[int, Change]:
    """How the rows of ``new``, from 0, differ from ``old``.

    >>> changes(["a", "b", "c"], ["a", "x", "c", "d"])
    {1: <Change.CHANGED: 'changed'>, 3: <Change.ADDED: 'added'>}
    """
    top, old_end, new_end = changed_lines(old, new)
    if max(old_end, new_end) - top > MOST_LINES:
        return dict.fromkeys(range(top, max(new_end, top + 1)), Change.CHANGED)
    found: dict[int, Change] = {}
    matcher = SequenceMatcher(None, old[top:old_end], new[top:new_end], autojunk=False)
    for kind, _, _, first, last in matcher.get_opcodes():
        rows = range(top + first, top + last)
        if kind == "insert":
            found.update(dict.fromkeys(rows, Change.ADDED))
        elif kind == "replace":
            found.update(dict.fromkeys(rows, Change.CHANGED))
        elif kind == "delete":
            found.setdefault(min(top + first, len(new) - 1), Change.REMOVED)
    return found
