"""Suggested lines are indented as the buffer is, whoever says how that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codecomplete.engine.suggestions import indentation
from codecomplete.engine.suggestions.indentation import Indentation, fitted, indentation_of

ROOT = Path(__file__).parents[3]
SPACES_4, SPACES_2 = Indentation(width=4), Indentation(width=2)
TABS_4, TABS_8 = Indentation(True, 4, 4), Indentation(True, 8, 8)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", None),
        ("a = 1\nb = 2\n", None),
        ("if a:\n  b\n  if c:\n    d\n", "  "),
        ("if a:\n        b\n        if c:\n                d\n", " " * 8),
        ("{\n   a\n   {\n      b\n   }\n}\n", "   "),
        ("f() {\n\tg();\n\tif (x) {\n\t\ty();\n\t}\n}\n", "\t"),
        # A function's arguments aligned under each other are no step.
        ("def f(a,\n      b):\n    x\n    if y:\n        z\n    w = (1,\n         2)\n", "    "),
        # Nor are the lines of a block comment.
        ("/**\n * one\n * two\n */\nint f() {\n    a;\n}\n/*\n * x\n */\n", "    "),
        ("/*\n * a header\n */\nint f() {\n\ta;\n}\n", "\t"),
        ("/*\n * a comment\n */\nint x;\n", None),
        # Tabs for indentation with some spaces for alignment.
        ("f(\n\ta,\n\tb)\n  c\n\td\n", "\t"),
        # One line with a tab among many without.
        ("if a:\n    b\n    if c:\n        d\n\te\n", "    "),
        ("a\n\n\n    b\n\n        c\n", "    "),
        ("a\n b\n c\n", None),  # one space is no unit
    ],
)
def test_a_text_shows_its_unit(text, unit):
    found = indentation_of(text)
    assert (found.unit if found else None) == unit


@pytest.mark.parametrize("path", sorted((ROOT / "integrations").rglob("*.py"))[:20], ids=str)
def test_our_own_code_has_four_spaces(path):
    found = indentation_of(path.read_text(encoding="utf-8"))
    assert found in (None, SPACES_4)


def test_only_the_end_of_a_long_text_is_looked_at(monkeypatch):
    monkeypatch.setattr(indentation, "LINES_LOOKED_AT", 4)
    assert indentation_of("x\n        y\n" * 50 + "a\n  b\n    c\n") == SPACES_2


@pytest.mark.parametrize(
    ("text", "line", "buffer", "expected"),
    [
        ("range(3):", "for i in ", SPACES_4, "range(3):"),
        (":\n    pass", "if x", SPACES_4, ":\n    pass"),
        (":\n    pass", "if x", SPACES_2, ":\n  pass"),
        (":\n    pass", "if x", TABS_8, ":\n\tpass"),
        (":\n    pass", "if x", TABS_4, ":\n\tpass"),
        (" {\n\treturn;\n}", "if (x)", SPACES_2, " {\n  return;\n}"),
        (" {\n\treturn;\n\t}", "\tif (x)", TABS_8, " {\n\treturn;\n\t}"),
        (":\n        if y:\n            z", "    if x", SPACES_4,
         ":\n        if y:\n            z"),
        (":\n    if y:\n        z", "if x", SPACES_2, ":\n  if y:\n    z"),
        ("x:\n    y\n        z", "if ", TABS_8, "x:\n\ty\n\t\tz"),
        ("x:\n        y", "    if ", SPACES_2, "x:\n      y"),
        ("a,\n      b)", "call(", SPACES_4, "a,\n      b)"),  # aligned, not indented
        ("a,\n     b)", "call(", TABS_4, "a,\n\t b)"),
        ("a,\n        b)", "call(", SPACES_4, "a,\n        b)"),  # two levels: a continuation
        ("    pass", "    ", SPACES_4, "    pass"),
        ("    pass", "\t", TABS_4, "\tpass"),
        ("  pass", "  ", TABS_8, "  pass"),  # what is typed is in other units
        ("\n\n    x", "if y:", SPACES_4, "\n\n    x"),
        # The line's own white space is of another kind than the buffer's: it stays.
        ("return x\n    y", "    ", TABS_4, "return x\n    y"),
        ("x) {\n\t\ty();\n\t}", "\tif (", SPACES_2, "x) {\n\t  y();\n\t}"),
    ],
)  # fmt: skip
def test_white_space_is_the_buffers(text, line, buffer, expected):
    assert fitted(text, line, buffer) == expected


LINES = st.lists(
    st.tuples(st.text(alphabet=" \t", max_size=9), st.sampled_from(["x", "", "y z"])), min_size=1
)


@given(
    LINES,
    st.sampled_from(["", "if x:", "    a", "\ta", "  ", "\t"]),
    st.sampled_from([SPACES_4, SPACES_2, TABS_4, TABS_8, Indentation(True, 4, 8)]),
)
def test_only_leading_white_space_is_changed(lines, line, buffer):
    text = "\n".join(white + word for white, word in lines)
    found = fitted(text, line, buffer)
    assert [part.strip() for part in found.split("\n")] == [
        part.strip() for part in text.split("\n")
    ]


@given(LINES, st.sampled_from([SPACES_4, SPACES_2, TABS_4, TABS_8]))
def test_what_fits_already_is_left_alone(lines, buffer):
    assume(any(len(white) == 1 and word for white, word in lines))  # or the unit does not show
    levels = "\n".join(buffer.white(buffer.width * len(white)) + word for white, word in lines)
    text = "x:\n" + levels
    assert fitted(text, "if ", buffer) == text
