"""The Python half's copy of a buffer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.nvim.mirror import Mirror
from codecomplete.integrations.shared.excerpt import (
    CHARACTERS_AFTER,
    CHARACTERS_BEFORE,
    LINES_BEFORE,
    STRIDE,
)

LINES = st.lists(
    st.text(st.characters(exclude_characters="\n", exclude_categories=("Cs",)), max_size=5),
    max_size=6,
)


def mirror(*lines: str) -> Mirror:
    made = Mirror()
    made.replace(0, 0, list(lines))
    return made


@given(LINES.filter(bool), st.data())
def test_edits_leave_the_lines_and_sizes_of_the_buffer(lines, data):
    made = mirror(*lines)
    for _ in range(4):
        first = data.draw(st.integers(0, len(lines)))
        last = data.draw(st.integers(first, len(lines)))
        new = data.draw(LINES)
        lines[first:last] = new
        made.replace(first, last, list(new))
    assert made.lines == lines, "none has a NUL"
    assert made.size == sum(len(line.encode("utf-8", "surrogateescape")) + 1 for line in lines)


@pytest.mark.parametrize(("first", "last"), [(-1, 0), (1, 3), (2, 1), (3, 3)])
def test_an_edit_of_lines_that_are_not_there_is_refused(first, last):
    with pytest.raises(ValueError, match="of 2"):
        mirror("a", "b").replace(first, last, [])


def test_it_notices_that_it_differs():
    made = mirror("one", "twö", "three")
    assert made.agrees(3, 9)
    assert not made.agrees(2, 9) and not made.agrees(3, 8)


@pytest.mark.parametrize(
    ("row", "column", "before", "after"),
    [
        (0, 0, "", "añb\nc"),
        (0, 1, "a", "ñb\nc"),
        (0, 3, "añ", "b\nc"),
        (1, 1, "añb\nc", ""),
    ],
)
def test_columns_are_bytes(row, column, before, after):
    assert mirror("añb", "c").around(row, column) == (before, after)


def test_what_is_no_text_is_replaced_before_the_engine_sees_it():
    before, after = mirror("a\udcff", "b\udcfe", "c\nd\udcfd").around(1, 2)
    assert before == "a\ufffd\nb\ufffd" and after == "\nc\0d\ufffd"


def test_in_a_long_file_the_beginning_moves_in_strides():
    made = mirror(*(f"line {number}" for number in range(20_000)))
    starts = [made.around(row, 0)[0].partition("\n")[0] for row in range(9_000, 12_000, 10)]
    assert len(set(starts)) <= 3_000 // STRIDE + 1
    before, after = made.around(15_000, 0)
    assert LINES_BEFORE - STRIDE <= before.count("\n") <= LINES_BEFORE
    assert after.startswith("line 15000\nline 15001\n")


def test_long_lines_do_not_make_the_text_longer():
    made = mirror(*("x" * 1000 + str(number) for number in range(3000)))
    sizes = []
    for row in range(1000, 2000, 7):
        before, after = made.around(row, 0)
        assert len(after) <= CHARACTERS_AFTER and before.endswith(f"{row - 1}\n")
        assert before.startswith("x"), "it begins at a line"
        sizes.append(len(before))
    assert CHARACTERS_BEFORE // 2 < min(sizes) <= max(sizes) <= CHARACTERS_BEFORE
