"""Undo steps as bytes and back, and whether a secret was ever in a text that they went through.

The bytes are JSON. Knows Textual's edits, but no widget and no disk.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from textual.document._document import EditResult, Location, Selection
from textual.document._edit import Edit

from codecomplete.engine import before_secrets

FORMAT = 1
MOST_STEPS = 300
MOST_SECONDS = 0.5  # for searching them; if it takes longer, none are kept
AROUND = 2  # lines before and after what a step changed, searched too

Steps = Sequence[Sequence[Edit]]


class Unreadable(Exception):
    """The bytes are not undo steps; the message says why."""


def packed(text: str, steps: Steps) -> bytes:
    """The newest steps that led to ``text``; empty if a secret was in the text at any time.

    A key that was typed and deleted again is in no file, and must not get into one because of this.
    """
    newest = list(steps)[-MOST_STEPS:]
    if not newest or holds_secrets(text, newest):
        return b""
    return json.dumps([FORMAT, [[_packed(edit) for edit in step] for step in newest]]).encode()


def unpacked(data: bytes) -> list[list[Edit]]:
    """The steps that ``packed`` wrote. Raises Unreadable."""
    try:
        format, steps = json.loads(data)
        if format != FORMAT:
            raise Unreadable(f"format {format!r}, expected {FORMAT}")
        return [[_unpacked(*edit) for edit in step] for step in steps]
    except (ValueError, TypeError) as error:
        raise Unreadable(str(error)) from error


def holds_secrets(text: str, steps: Steps) -> bool:
    """Whether a secret is in the text, or was after any of the steps; also True if searching takes
    longer than MOST_SECONDS."""
    until = time.monotonic() + MOST_SECONDS
    for seen in _seen(text, steps):
        if before_secrets(seen, "") != seen or time.monotonic() > until:
            return True
    return False


def _seen(text: str, steps: Steps) -> Iterator[str]:
    """The text, and then, step by step back, the lines around each change as they were before."""
    yield text
    lines = text.split("\n")
    for step in reversed(steps):
        rows: list[int] = []
        for edit in reversed(step):
            rows += _undone(lines, edit)
        first, last = max(0, min(rows) - AROUND), max(rows) + AROUND + 1
        yield "\n".join(islice(lines, first, last))


def _undone(lines: list[str], edit: Edit) -> list[int]:
    """Undo one edit in ``lines``; returns the first and the last row that this changed."""
    result = edit._edit_result
    assert result is not None
    (top, left), (bottom, right) = edit.top, result.end_location
    new = result.replaced_text.split("\n")
    new[0] = lines[top][:left] + new[0]
    new[-1] += lines[bottom][right:]
    lines[top : bottom + 1] = new
    return [top, top + len(new) - 1]


def _packed(edit: Edit) -> list[Any]:
    result, before = edit._edit_result, edit._original_selection
    assert result is not None
    return [
        edit.text, edit.top, edit.bottom, edit.maintain_selection_offset, result.replaced_text,
        result.end_location, None if before is None else [before.start, before.end],
    ]  # fmt: skip


def _unpacked(
    text: str, top: Any, bottom: Any, offset: bool, replaced: str, end: Any, before: Any
) -> Edit:
    if not isinstance(text, str) or not isinstance(replaced, str):
        raise Unreadable("a text is none")
    edit = Edit(text, _location(top), _location(bottom), bool(offset))
    edit._edit_result = EditResult(_location(end), replaced)
    start, last = before or (top, top)
    edit._original_selection = Selection(_location(start), _location(last))
    return edit


def _location(said: Any) -> Location:
    row, column = said
    if type(row) is not int or type(column) is not int or min(row, column) < 0:
        raise Unreadable(f"{said!r} is no place")
    return row, column
