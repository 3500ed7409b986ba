"""The host's rules for parts of a text are the engine's."""

from __future__ import annotations

import pytest

from codecomplete.engine import Suggestion
from codecomplete.integrations.shared.parts import Text, first_line, first_token, first_word

TEXTS = [" foo(bar)", "x", "\n    y = 1\n    z", "a\nb", "()", "  ", "\n", "...a", "é_1 = 2"]


@pytest.mark.parametrize("text", TEXTS)
def test_as_the_engine_has_it(text):
    assert first_token(text) == Suggestion(text, 1.0).first_word()
    assert first_line(text) == Suggestion(text, 1.0).first_line()
    for length in range(len(text) + 1):
        theirs = Suggestion(text, 1.0).typed(text[:length])
        ours = Text(text).typed(text[:length])
        assert (ours and ours.text) == (theirs and theirs.text)
    assert Text(text).typed("§") is None


@pytest.mark.parametrize(
    ("text", "word"), [(" foo(bar) x", " foo(bar)"), ("a\n    b", "a"), ("\n    b c", "\n    b")]
)
def test_a_word_ends_at_white_space(text, word):
    assert first_word(text) == word
