"""Suggested lines are indented as the buffer is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.suggestions.indentation import in_unit, unit_of

TABS = "int f() {\n\tif (x) {\n\t\ty();\n\t}\n}\n"
TWO = "def f():\n  if x:\n    y\n  z\ndef g():\n  w\n"
FOUR = "def f():\n    if x:\n        y\n    z\n"


@pytest.mark.parametrize(
    ("text", "unit"),
    [(TABS, "\t"), (TWO, "  "), (FOUR, "    "), ("x = 1\ny = 2\n", None), ("", None),
     ("/*\n * a comment\n */\nint x;\n", None), (FOUR + "\n\n", "    ")],
)  # fmt: skip
def test_a_text_shows_its_unit(text, unit):
    assert unit_of(text) == unit


@pytest.mark.parametrize(
    ("text", "line", "unit", "expected"),
    [
        ("x:\n    y\n        z", "if ", "\t", "x:\n\ty\n\t\tz"),
        ("x:\n\ty", "if ", "    ", "x:\n    y"),
        ("x) {\n\t\ty();\n\t}", "\tif (", "  ", "x) {\n\t  y();\n\t}"),  # the line's own part stays
        ("x:\n        y", "    if ", "  ", "x:\n      y"),
        ("x:\n    y", "if ", "    ", "x:\n    y"),
        ("x:\n    y", "if ", None, "x:\n    y"),
        ("one line", "if ", "\t", "one line"),
        ("a,\n     b", "call(", "    ", "a,\n    b"),
        ("x\n\n    y", "if ", "\t", "x\n\n\ty"),
    ],
)
def test_further_lines_follow_the_unit(text, line, unit, expected):
    assert in_unit(text, line, unit) == expected


@given(text=st.text(alphabet=" \tab\n"), line=st.text(alphabet=" \ta"),
       unit=st.sampled_from(["\t", "  ", "    ", None]))  # fmt: skip
def test_only_white_space_at_the_beginning_of_lines_changes(text, line, unit):
    found = in_unit(text, line, unit).split("\n")
    assert [x.strip(" \t") for x in found] == [x.strip(" \t") for x in text.split("\n")]
    assert found[0] == text.split("\n")[0]
