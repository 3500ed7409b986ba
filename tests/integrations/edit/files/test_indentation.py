"""The indentation unit of real shapes of code."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.integrations.edit.files import indent_unit, indentation

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", "    "),
        ("a = 1\nb = 2\n", "    "),
        ("if a:\n  b\n  if c:\n    d\n", "  "),
        ("if a:\n        b\n        if c:\n                d\n", " " * 8),
        ("{\n   a\n   {\n      b\n   }\n}\n", "   "),
        ("f() {\n\tg();\n\tif (x) {\n\t\ty();\n\t}\n}\n", "\t"),
        # A function's arguments aligned under each other are no step.
        ("def f(a,\n      b):\n    x\n    if y:\n        z\n    w = (1,\n         2)\n", "    "),
        # Nor are the lines of a block comment.
        ("/**\n * one\n * two\n */\nint f() {\n    a;\n}\n/*\n * x\n */\n", "    "),
        # Tabs for indentation with some spaces for alignment.
        ("f(\n\ta,\n\tb)\n  c\n\td\n", "\t"),
        # One line with a tab among many without.
        ("if a:\n    b\n    if c:\n        d\n\te\n", "    "),
        ("a\n\n\n    b\n\n        c\n", "    "),
        ("a\n b\n c\n", "    "),  # one space is no unit
    ],
)
def test_the_unit_is_found(text, unit):
    assert indent_unit(text) == unit


def test_where_nothing_tells_it_is_the_default():
    assert indent_unit("a\nb\n", "\t") == "\t"


@pytest.mark.parametrize("path", sorted((ROOT / "integrations").rglob("*.py"))[:20], ids=str)
def test_our_own_code_has_four_spaces(path):
    assert indent_unit(path.read_text(encoding="utf-8")) == "    "


def test_only_the_beginning_of_a_long_file_is_looked_at(monkeypatch):
    monkeypatch.setattr(indentation, "MOST_LINES", 3)
    assert indent_unit("a\n  b\n    c\n" + "x\n        y\n" * 50) == "  "
