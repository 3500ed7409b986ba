"""What is offered is safe to insert and does not repeat what is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.suggestions.clean import before_closed, clean, trim_overlap, visible


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("name)", ")", "name"),
        ("name):", "):", "name"),
        ("x, y)", "", "x, y)"),
        ("a + b;", ";\nint c;", "a + b"),
        ("value", "e", "value"),
        ("one two", "two", "one "),
        ('"text"', '")', '"text'),
        ("f(x)", "  )", "f(x"),
    ],
)
def test_text_after_the_caret_is_not_repeated(text, after, expected):
    assert trim_overlap(text, after.partition("\n")[0]) == expected


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("return 1;\n}", "\n}\n", "return 1;"),
        ("a,\n)", "\n)\n", "a,"),
        ("return 1;\n}\n\nint g(void)", "\n}\n", "return 1;"),
        ("if (a) {\n    x;\n}\nreturn;\n}", "\n}\n", "if (a) {\n    x;\n}\nreturn;"),
        ("x;\n    }", "\n}\n", "x;\n    }"),
        ('s = "{";\n}', "\n\n}", 's = "{";'),
        ("} else {", "\n}", "} else {"),
        ("x\n}", " y\n}", "x\n}"),
        ("x\n}", "\n]", "x\n}"),
        ("x\n}", "", "x\n}"),
    ],
)
def test_what_the_next_line_closes_is_not_closed_again(text, after, expected):
    assert before_closed(text, after) == expected
    assert clean(text, after) == expected


@pytest.mark.parametrize("bad", ["\x1b[31m", "\x07", "\u202e", "\u200b", "\ufffd", "\x9b", "\r"])
def test_unsafe_characters_end_the_text(bad):
    assert visible(f"good{bad}more") == "good"


@given(text=st.text(), after=st.text())
def test_cleaning_only_ever_shortens(text, after):
    assert text.startswith(clean(text, after))


@given(text=st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"])))
def test_ordinary_text_stays(text):
    assert visible(text) == text
