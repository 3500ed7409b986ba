"""Comment marks on and off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.edit.text.comments import MARKS, toggled


@pytest.mark.parametrize(
    ("lines", "language", "commented"),
    [
        (["a", "  b"], "python", ["# a", "#   b"]),
        (["  a", "", "    b"], "c", ["  // a", "", "  //   b"]),
        (["a"], "markdown", ["<!-- a -->"]),
        (["# a", "b"], "python", ["# # a", "# b"]),
        (["echo"], "shell", ["# echo"]),
        (["a { }"], "css", ["/* a { } */"]),
        (["SELECT 1;"], "sql", ["-- SELECT 1;"]),
        (["<p>"], "html", ["<!-- <p> -->"]),
        (["int a;"], "csharp", ["// int a;"]),
    ],
)
def test_marks_are_put_in_one_column_and_taken_away_again(lines, language, commented):
    assert toggled(lines, language) == commented
    assert toggled(commented, language) == lines


@pytest.mark.parametrize("language", ["json", None])
def test_a_language_without_comments_has_none(language):
    assert toggled(["a"], language) is None


LINE = st.text(" ab#/", max_size=8).map(str.rstrip)


@given(st.lists(LINE, min_size=1, max_size=4), st.sampled_from(sorted(MARKS)))
def test_twice_is_as_before_unless_all_were_comments(lines, language):
    once = toggled(lines, language)
    opens, closes = MARKS[language]
    written = [line.strip() for line in lines if line.strip()]
    if all(line.startswith(opens) and line.endswith(closes) for line in written):
        return
    assert toggled(once, language) == lines
