"""Exact match and edit similarity, on cases that can be checked by hand."""

from __future__ import annotations

import pytest

from codecomplete.trainer.evaluation.carets import Caret
from codecomplete.trainer.evaluation.lines import (
    Answer,
    edit_similarity,
    levenshtein,
    line_measures,
)


@pytest.mark.parametrize(
    "a, b, distance", [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)]
)
def test_levenshtein(a, b, distance):
    assert levenshtein(a, b) == levenshtein(b, a) == distance


def test_similarity_is_over_the_longer_text():
    assert edit_similarity("", "") == 1.0
    assert edit_similarity("abcd", "ab") == 0.5


def test_only_the_carets_line_counts():
    caret = Caret("python", "x = ", "1", "\n")
    measures = line_measures([Answer(caret, "1\ny = 2"), Answer(caret, "2"), Answer(caret, "")])
    assert measures["carets"] == 3 and measures["shown"] == pytest.approx(2 / 3, abs=1e-3)
    assert measures["exact_match"] == measures["edit_similarity"] == pytest.approx(1 / 3, abs=1e-3)
