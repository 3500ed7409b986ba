"""Places as servers count them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.edit.server.positions import inward, outward

LINES = st.lists(st.text("aä😀\ud800", max_size=6), min_size=1, max_size=3)


@given(LINES, st.data())
def test_there_and_back_is_the_same_place(lines, data):
    row = data.draw(st.integers(0, len(lines) - 1))
    place = row, data.draw(st.integers(0, len(lines[row])))
    assert inward(lines, outward(lines, place)) == place


@given(LINES, st.integers(0, 9), st.integers(0, 99))
def test_whatever_a_server_says_is_a_place_in_the_text(lines, row, unit):
    found, column = inward(lines, (row, unit))
    assert 0 <= found < len(lines) and 0 <= column <= len(lines[found])
