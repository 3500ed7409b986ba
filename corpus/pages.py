"""Writes figures into a page that people edit, and only between its two marks.

Knows no figures. The marks are comments, ``<!-- NAME: begin -->`` and ``<!-- NAME: end -->``.
"""

from __future__ import annotations

from pathlib import Path

from .errors import OutputError


def write_between(page: Path, name: str, body: str) -> None:
    """Replace the text between the marks of this name by ``body``, which ends with a line end.

    Raises OutputError, and does not change the page, if it cannot be read or lacks a mark.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{page}: cannot be read: {error}; expected a page with marks") from error
    before, opened, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (opened and closed):
        raise OutputError(f"{page}: expected {begin} and {end}, between which figures are written")
    page.write_text(f"{before}{begin}\n{body}{end}{after}", encoding="utf-8")
