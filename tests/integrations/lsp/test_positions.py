"""Positions count the units that were agreed on, and no place in a line is out of reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.lsp.positions import Encoding, is_torn, joined, readable

LINES = st.text(st.sampled_from("aé漢😀"), max_size=12)
BYTES = {Encoding.UTF_8: ("utf-8", 1), Encoding.UTF_16: ("utf-16-le", 2)}


@pytest.mark.parametrize("encoding", list(Encoding))
@given(line=LINES, data=st.data())
def test_a_line_is_split_after_the_units_of_what_stands_before(encoding, line, data):
    at = data.draw(st.integers(0, len(line)))
    assert encoding.split(line, encoding.units(line[:at])) == (line[:at], line[at:])
    assert encoding.split(line, encoding.units(line) + 5) == (line, "")


@pytest.mark.parametrize("encoding", list(BYTES))
@given(line=LINES)
def test_units_are_those_of_the_encoding(encoding, line):
    name, size = BYTES[encoding]
    assert encoding.units(line) == len(line.encode(name)) // size
    assert Encoding.UTF_32.units(line) == len(line)


@pytest.mark.parametrize("units", [1, 2, 3])
def test_inside_a_character_of_utf_8_is_before_it(units):
    assert Encoding.UTF_8.split("😀x", units) == ("", "😀x")


def test_inside_a_surrogate_pair_both_halves_are_kept_and_join_again():
    before, after = Encoding.UTF_16.split("a😀b", 2)
    assert (before, after) == ("a\ud83d", "\ude00b")
    assert is_torn(before) and is_torn(after) and not is_torn("a😀b")
    assert joined(before + after) == "a😀b"
    assert readable(before) == "a\ufffd"
