"""What a new line begins with; lines in and out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.edit.text.indenting import (
    indented,
    new_line,
    outdented,
    to_next_stop,
)


@pytest.mark.parametrize(
    ("before", "after", "unit", "language", "inserted"),
    [
        ("if x:", "", "    ", "python", ("\n    ", "")),
        ("if x:", "", "    ", "c", ("\n", "")),
        ("  f(", ")", "  ", "c", ("\n    ", "\n  ")),
        ("  f(", "x)", "  ", "c", ("\n    ", "")),
        ("\tif {", "", "\t", "go", ("\n\t\t", "")),
        ("    return x", "", "    ", "python", ("\n", "")),
        ("    return x", " + y", "    ", "python", ("\n    ", "")),
        ("    returned", "", "    ", "python", ("\n    ", "")),
        ("  a", "", "  ", None, ("\n  ", "")),
        ("", "", "    ", "python", ("\n", "")),
    ],
)
def test_a_new_line(before, after, unit, language, inserted):
    assert new_line(before, after, unit, language) == inserted


@given(st.text(" \tab", max_size=12), st.sampled_from(["\t", "  ", "    "]))
def test_out_undoes_in(line, unit):
    moved = indented(line, unit)
    assert moved == line if not line.strip() else outdented(moved, unit) == line


@pytest.mark.parametrize(
    ("line", "out"), [("  a", "a"), ("a", "a"), ("\t\ta", "\ta"), ("     a", " a")]
)
def test_out_takes_what_there_is(line, out):
    assert outdented(line, "    ") == out


@pytest.mark.parametrize(
    ("before", "unit", "stop"),
    [("", "    ", 4), ("ab", "    ", 2), ("\t", "    ", 4), ("ab", "  ", 2)],
)
def test_tab_goes_to_the_next_stop(before, unit, stop):
    assert to_next_stop(before, unit, 4) == " " * stop


def test_tab_is_a_tab_where_the_file_uses_tabs():
    assert to_next_stop("abc", "\t", 4) == "\t"
