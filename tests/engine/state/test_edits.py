"""Finding known text in new text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.state.edits import common_prefix, locate

TEXT = st.text(alphabet="ab\n é", max_size=60)


@given(left=TEXT, right=TEXT)
def test_common_prefix_equals_the_plain_one(left, right):
    agree = [a == b for a, b in zip(left, right, strict=False)]
    assert common_prefix(left, right) == [*agree, False].index(False)


@given(known=st.text(alphabet="abc", min_size=1), above=st.text(alphabet="xyz"), more=TEXT)
def test_text_that_moved_down_is_found_again(known, above, more):
    new = above + known + more
    place = locate(known, new, expected=0, pinned=False)
    assert place.common == len(known)
    assert new[place.start :].startswith(known)


def test_the_start_of_a_file_cannot_move():
    assert locate("import os", "# x\nimport os", expected=0, pinned=True).common == 0


@given(known=TEXT, new=TEXT, expected=st.integers(0, 80))
def test_a_place_tells_the_truth(known, new, expected):
    place = locate(known, new, expected, pinned=False)
    assert new[place.start : place.start + place.common] == known[: place.common]
