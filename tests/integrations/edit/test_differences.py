"""What two texts do not have in common, in bounded time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.integrations.edit.differences import changed_lines, difference
from tests.patience import work_below

LINES = st.lists(st.sampled_from(["a", "b", "", "c"]), min_size=1, max_size=12)


@settings(deadline=None)
@given(LINES, LINES)
def test_the_lines_between_the_same_ends_are_all_that_changes(old, new):
    top, old_end, new_end = changed_lines(old, new)
    assert top <= old_end and top <= new_end
    assert old[:top] + new[top:new_end] + old[old_end:] == new


@settings(deadline=None)
@given(LINES, LINES)
def test_a_difference_is_empty_exactly_for_the_same_text(old, new):
    assert (difference("\n".join(old), "\n".join(new)) == []) == (old == new)


def test_a_difference_reads_as_usual_with_lines_counted_from_the_whole_text():
    old = "\n".join(f"line {count}" for count in range(100))
    lines = difference(old, old.replace("line 50", "line fifty"))
    assert lines == ["@@ line 48 @@", " line 47", " line 48", " line 49", "-line 50",
                     "+line fifty", " line 51", " line 52", " line 53"]  # fmt: skip


@pytest.mark.parametrize("count", [5_000, 200_000])
def test_long_texts_that_differ_everywhere_take_no_time(count):
    with work_below(10):
        lines = difference("a\n" * count, "\n".join(map(str, range(count))))
    assert 0 < len(lines) < 1_100
    assert any("more lines" in line for line in lines)
