"""What the model is given."""

from __future__ import annotations

from codecomplete.integrations.edit.text.surroundings import (
    LINES_AFTER,
    LINES_BEFORE,
    STRIDE,
    around,
)

LINES = [f"line {i}" for i in range(20_000)]


def test_the_text_around_the_caret():
    assert around(["ab", "cd", "ef"], 1, 1) == ("ab\nc", "d\nef")
    assert around([""], 0, 0) == ("", "")


def test_far_lines_are_left_out():
    before, after = around(LINES, 10_500, 3)
    assert LINES_BEFORE - STRIDE <= before.count("\n") <= LINES_BEFORE
    assert before.endswith("\nlin") and after.count("\n") == LINES_AFTER


def test_the_beginning_changes_in_strides():
    starts = {around(LINES, row, 0)[0].partition("\n")[0] for row in range(10_000, 11_000)}
    assert len(starts) <= 2


def test_long_lines_are_bounded():
    before, after = around(["x" * 1_000_000], 0, 500_000)
    assert len(before) < 500_000 and len(after) < 500_000
