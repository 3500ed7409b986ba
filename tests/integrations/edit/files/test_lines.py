"""Line ends: found, marked and put back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.integrations.edit.files.lines import (
    CR,
    CRLF,
    LF,
    LINE_ENDS,
    count,
    diversify,
    dominant,
    unify,
)
from codecomplete.integrations.edit.files.private import BLOCKS, block

BLOCK = block(BLOCKS[0])
M_LF, M_CRLF = BLOCK.mark_lf, BLOCK.mark_crlf
ends = st.sampled_from(LINE_ENDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", LF), ("a", LF), ("a\nb\r\n", LF), ("a\r\nb\r\nc\n", CRLF), ("a\r\rb\n", CR),
        ("a\rb\n", LF), ("a\r\nb\r", CRLF),
    ],
)  # fmt: skip
def test_the_line_end_that_occurs_most_is_the_files_own(text, expected):
    assert dominant(count(text)) == expected


def test_each_line_end_is_counted_once():
    assert count("a\r\r\n\n\r\nb\r") == {LF: 1, CRLF: 2, CR: 2}


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        ("a\r\nb\r\n", CRLF, "a\nb\n"),
        ("a\r\nb\nc\r\n", CRLF, f"a\nb{M_LF}\nc\n"),
        ("a\nb\r\nc\n", LF, f"a\nb{M_CRLF}\nc\n"),
        ("a\rb\r\nc\n", CR, f"a\nb{M_CRLF}\nc{M_LF}\n"),
        ("a\rb\n", LF, "a\rb\n"),  # a lone CR ends no line
        ("a\r\r\n", CRLF, "a\r\n"),
    ],
)
def test_lines_that_end_otherwise_are_marked(text, own, expected):
    assert unify(text, own, BLOCK) == expected


@settings(max_examples=150)
@given(st.text("ab\r\n"), ends)
def test_putting_line_ends_back_undoes_it(text, own):
    assert diversify(unify(text, own, BLOCK), own, BLOCK) == text


@settings(max_examples=150)
@given(st.text("ab\r\n"), st.sampled_from([LF, CRLF]))
def test_lines_are_those_that_compilers_count(text, own):
    assert unify(text, own, BLOCK).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"b{M_LF};\n", "b;\n"),  # typed after the mark: the line still ends as it did
        (f"b{M_LF}", "b"),  # the line end was deleted, and so was all of it
        ("b\n", "b\r\n"),  # the mark was deleted
        (f"a{M_LF}b{M_CRLF}\n", "ab\r\n"),  # two lines were joined
        (f"a\n{M_LF}\n", "a\r\n\n"),  # Enter before the mark
        (f"a{M_LF}\n\n", "a\n\r\n"),  # Enter after it
    ],
)
def test_a_mark_belongs_to_its_line(text, expected):
    assert diversify(text, CRLF, BLOCK) == expected


@settings(max_examples=150)
@given(st.lists(st.tuples(st.text("ab"), ends), min_size=1), ends, st.data())
def test_typing_in_a_line_keeps_its_line_end_and_all_others(content, own, data):
    text = "".join(line + end for line, end in content)
    hidden = unify(text, own, BLOCK)
    at = data.draw(st.integers(0, len(hidden)))
    changed = diversify(hidden[:at] + "X" + hidden[at:], own, BLOCK)
    # A mark is no character of the file, so on both sides of it is the same place in the file.
    before, _, after = changed.partition("X")
    assert before + after == text


@settings(max_examples=150)
@given(st.text("ab\r\n"), st.data())
def test_new_lines_end_as_the_file_does(text, data):
    own = dominant(count(text))
    hidden = unify(text, own, BLOCK)
    at = data.draw(st.integers(0, len(hidden)))
    changed = diversify(hidden[:at] + "X\nY" + hidden[at:], own, BLOCK)
    added = re.search("X.*?(\r\n|\n|\r)Y", changed, re.DOTALL)
    behind_mark = hidden[:at].endswith((M_LF, M_CRLF))
    assert behind_mark or added.group(1) == own
