"""Rows of the screen with ghost text in them: cells in, cells out.

The text after the caret is pushed to where it will be: right, or to the end of the last line of
the ghost text. Knows no model and no widget.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


@dataclass(frozen=True, slots=True)
class Room:
    """Where the rows go, in cells."""

    width: int  # of a row, with the gutter
    gutter: int
    scroll: int = 0  # cells that are scrolled out on the left
    wrap: bool = False  # rows that are too long go on below, instead of out of sight


@dataclass(frozen=True, slots=True)
class Styles:
    """``ghost`` is drawn on top of ``line`` in the row of the caret, else of ``base``."""

    ghost: Style
    line: Style
    base: Style
    caret: Style | None = None  # None while it blinks


def ghost_rows(
    row: Strip, caret: int, text: str, place: str, swallowed: int, room: Room, styles: Styles
) -> list[Strip]:
    """The rows that take the place of ``row``, which has the caret at cell ``caret``.

    ``text`` holds no tabs; ``place`` stands after it; ``swallowed`` cells after the caret are
    left out because ``text`` has them.
    """
    first, *rest = text.split("\n")
    left, right = _before(row, caret), _without_blanks(_behind(row, caret + swallowed))
    head = Strip(_head(first, styles))
    lines = [Strip.join([left, head]), *(_line(line, room, styles) for line in rest)]
    lines[-1] = Strip.join([lines[-1], _mark(place, styles), right])
    return _fitted(lines, room, styles)


def _head(text: str, styles: Styles) -> list[Segment]:
    """The ghost text in the caret's row, its first cell under the caret."""
    style = styles.line + styles.ghost
    if styles.caret is None:
        return [Segment(text, style)]
    under, rest = (text[0], text[1:]) if text else (" ", "")
    return [Segment(under, style + styles.caret), Segment(rest, style)]


def _mark(place: str, styles: Styles) -> Strip:
    """Which alternative it is, if there are several."""
    style = styles.base + styles.ghost + Style(italic=True)
    return Strip([Segment(f"  {place}", style)] if place else [])


def _line(text: str, room: Room, styles: Styles) -> Strip:
    gutter = Segment(" " * room.gutter, styles.base)
    line = Strip([Segment(text, styles.base + styles.ghost)])
    return Strip.join([Strip([gutter]), line if room.wrap else _behind(line, room.scroll)])


def _fitted(lines: list[Strip], room: Room, styles: Styles) -> list[Strip]:
    """Cut at the right edge, or wrapped there; filled up to it."""
    rows: list[Strip] = []
    for index, line in enumerate(lines):
        fill = styles.base if index else styles.line
        rows.append(line.crop(0, room.width).extend_cell_length(room.width, fill))
        at, step = room.width, max(1, room.width - room.gutter)
        while room.wrap and at < line.cell_length:
            part = Strip([Segment(" " * room.gutter, styles.base), *line.crop(at, at + step)])
            rows.append(part.extend_cell_length(room.width, fill))
            at += step
    return rows


def _before(strip: Strip, cell: int) -> Strip:
    return strip.crop(0, max(0, cell))


def _behind(strip: Strip, cell: int) -> Strip:
    return strip.crop(cell, max(cell, strip.cell_length))


def _without_blanks(strip: Strip) -> Strip:
    """Without the cells that only fill the row."""
    text = strip.text
    return strip.crop(0, strip.cell_length - (len(text) - len(text.rstrip())))
