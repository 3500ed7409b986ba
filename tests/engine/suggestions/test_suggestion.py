"""The parts of a suggestion that can be taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine import Suggestion
from codecomplete.engine.suggestions.suggestion import first_part


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ("foo(bar)", "foo", "foo(bar)"),
        (" foo bar", " foo", " foo bar"),
        ("(self, x):\n    pass", "(", "(self, x):"),
        ("\n    return x\n", "\n    return", "\n    return x"),
        (").x", ").", ").x"),
        ("", "", ""),
    ],
)
def test_words_and_lines(text, word, line):
    suggestion = Suggestion(text, 0.5)
    assert (suggestion.first_word(), suggestion.first_line()) == (word, line)


@given(text=st.text(min_size=1), cut=st.integers(1, 20))
def test_typing_along_leaves_the_rest(text, cut):
    rest = Suggestion(text, 0.5).typed(text[:cut])
    assert (rest.text if rest else "") == text[cut:]


@given(text=st.text(), typed=st.text(min_size=1))
def test_typing_something_else_ends_it(text, typed):
    if not text.startswith(typed):
        assert Suggestion(text, 0.5).typed(typed) is None


@given(text=st.text(min_size=1))
def test_accepting_word_by_word_gives_the_whole(text):
    taken, rest = "", Suggestion(text, 0.5)
    while rest is not None:
        word = rest.first_word()
        assert word
        taken, rest = taken + word, rest.typed(word)
    assert taken == text


@pytest.mark.parametrize(
    ("text", "hump"),
    [
        ("get_value(key)", "get_"),
        ("maxValue2", "max"),
        ("HTTPServer", "HTTP"),
        ("__init__(self)", "__init__"),
        ("value2 = 1", "value"),
        ("XML_PARSER", "XML_"),
        ("  nonEmpty", "  non"),
        ("foo.bar", "foo"),
        ("größeNeu", "größe"),
        ("(a", "("),
    ],
)
def test_a_hump_is_one_part_of_a_name(text, hump):
    assert Suggestion(text).first_hump() == hump
    assert Suggestion(text).first_word().startswith(hump)


@pytest.mark.parametrize("text", ["get_value2Of(x)", "__x__", "aB", "_", "A_b_", "x y\nz"])
def test_humps_use_a_text_up(text):
    left, taken = text, ""
    while left:
        hump = Suggestion(left).first_hump()
        assert hump
        taken, left = taken + hump, left[len(hump) :]
    assert taken == text


@pytest.mark.parametrize(
    ("text", "part"), [("(self, x)", "(self"), ("foo(", "foo"), (")", ")"), (" = f(x)", " = f")]
)
def test_a_first_part_spares_a_key(text, part):
    assert first_part(text) == part


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("cafe\u0301 au lait", "cafe\u0301"), ("e\u0301tude(x)", "e\u0301tude"),
        ("\u0928\u092e\u0938\u094d\u0924\u0947(x)", "\u0928\u092e\u0938\u094d\u0924\u0947"),
        ("=\u0338 x", "=\u0338"), ("x\u0301", "x\u0301"),
    ],
)  # fmt: skip
def test_a_letter_is_not_parted_from_its_marks(text, word):
    assert Suggestion(text).first_word() == word
