"""Composes the rows of the screen that have ghost text: cells in, cells out.

The text after the caret moves to where it will be: to the right, or to the end of the last line of
the ghost text. Knows no model and no widget.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


@dataclass(frozen=True, slots=True)
class Room:
    """The room for the rows, in cells."""

    width: int  # of a row, with the gutter
    gutter: int
    scroll: int = 0  # cells scrolled out on the left
    wrap: bool = False  # whether long rows are wrapped, or cut


@dataclass(frozen=True, slots=True)
class Styles:
    """``ghost`` is drawn on top of ``line`` in the row of the caret, else of ``base``."""

    ghost: Style
    line: Style
    base: Style
    caret: Style | None = None  # None while it is not visible


def ghost_rows(
    row: Strip, caret: int, text: str, place: str, swallowed: int, room: Room, styles: Styles
) -> list[Strip]:
    """The rows that replace ``row``, which has the caret at cell ``caret``.

    ``text`` has no tabs; ``place`` is drawn after it; ``swallowed`` cells after the caret are left
    out because ``text`` contains them.
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
    """Which of several alternatives it is."""
    style = styles.base + styles.ghost + Style(italic=True)
    return Strip([Segment(f"  {place}", style)] if place else [])


def _line(text: str, room: Room, styles: Styles) -> Strip:
    gutter = Segment(" " * room.gutter, styles.base)
    line = Strip([Segment(text, styles.base + styles.ghost)])
    return Strip.join([Strip([gutter]), line if room.wrap else _behind(line, room.scroll)])


def _fitted(lines: list[Strip], room: Room, styles: Styles) -> list[Strip]:
    """The lines, cut or wrapped at the right edge, and filled up to it."""
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
