"""Rows with ghost text: where each piece goes, in cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from codecomplete.integrations.edit.view.drawing import Room, Styles, ghost_rows
from codecomplete.integrations.edit.view.ghost_area import without_tabs

GHOST, LINE, BASE = Style(color="red"), Style(bgcolor="blue"), Style(bgcolor="black")
STYLES = Styles(GHOST, LINE, BASE)
ROOM = Room(20, 3)


def rows(row: str, caret: int, text: str, *, place="", swallowed=0, room=ROOM, styles=STYLES):
    strip = Strip([Segment(row.ljust(room.width), LINE)])
    return [strip.text for strip in ghost_rows(strip, caret, text, place, swallowed, room, styles)]


@pytest.mark.parametrize(
    ("row", "caret", "text", "drawn"),
    [
        ("1  ab", 5, "cd", ["1  abcd"]),
        ("1  ab", 4, "cd", ["1  acdb"]),
        ("1  ab", 5, "c\n  d\ne", ["1  abc", "     d", "   e"]),
        ("1  ab", 4, "c\nd", ["1  ac", "   db"]),
        ("1  ab", 5, "\nd", ["1  ab", "   d"]),
        ("1  ab", 5, "x" * 30, ["1  ab" + "x" * 15]),
    ],
)
def test_what_goes_where(row, caret, text, drawn):
    found = rows(row, caret, text)
    assert [line.rstrip() for line in found] == drawn
    assert {len(line) for line in found} == {20}


def test_closers_that_the_text_brings_are_left_out():
    assert rows("1  f()x", 5, "a)", swallowed=1)[0].rstrip() == "1  f(a)x"


def test_the_place_among_alternatives_stands_after_the_text():
    assert rows("1  ab", 4, "c", place="2/3")[0].rstrip() == "1  ac  2/3b"


def test_lines_below_are_scrolled_like_the_text():
    assert rows("1  ab", 5, "c\nabcd", room=Room(20, 3, scroll=2))[1].rstrip() == "   cd"


def test_wrapped_rows_go_on_below():
    found = rows("1  ab", 5, "x" * 20, room=Room(20, 3, wrap=True))
    assert [line.rstrip() for line in found] == ["1  ab" + "x" * 15, "   " + "x" * 5]


def test_the_caret_is_on_the_first_cell_of_the_text():
    styles = Styles(GHOST, LINE, BASE, caret=Style(reverse=True))
    strip = Strip([Segment("1  ab", LINE)])
    (row,) = ghost_rows(strip, 5, "cd", "", 0, ROOM, styles)
    under = [segment.text for segment in row if segment.style and segment.style.reverse]
    assert under == ["c"]
    first, _ = ghost_rows(strip, 5, "\nd", "", 0, ROOM, styles)
    under = [segment.text for segment in first if segment.style and segment.style.reverse]
    assert under == [" "]


@given(st.text("ab漢\n", max_size=30), st.integers(3, 8), st.booleans(), st.integers(0, 3))
def test_every_row_fills_the_room(text, caret, wrap, scroll):
    for row in rows("1  abcde", caret, text, room=Room(20, 3, 0 if wrap else scroll, wrap)):
        assert Strip([Segment(row)]).cell_length == 20


def test_tabs_are_spaces_up_to_the_next_stop():
    assert without_tabs("\ta\n\tb", 2, 4) == "  a\n    b"
