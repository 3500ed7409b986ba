"""The document agrees with a plain string, and does only the work an edit needs."""

from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset

from codecomplete.integrations.edit.view import document as module
from codecomplete.integrations.edit.view.document import CodeDocument, Rows

TEXT = st.text("ab\n\t\r\x0cé漢", max_size=30)


@given(TEXT, st.lists(st.tuples(TEXT, st.integers(0, 40), st.integers(0, 4)), max_size=5))
def test_edits_are_those_of_a_string(text, edits):
    document = CodeDocument(text)
    document.get_size(4)
    for inserted, at, length in edits:
        first = min(at, len(text))
        last = min(first + length, len(text))
        start, end = _location(text, first), _location(text, last)
        assert document.get_text_range(start, end) == text[first:last]
        result = document.replace_range(end, start, inserted)
        assert result.replaced_text == text[first:last]
        text = text[:first] + inserted + text[last:]
        assert result.end_location == _location(text, first + len(inserted))
        assert document.text == text and document.lines == text.split("\n")
        assert document.get_size(4) == CodeDocument(text).get_size(4)


def _location(text: str, at: int) -> tuple[int, int]:
    return text[:at].count("\n"), len(text[:at].rpartition("\n")[2])


def test_the_text_is_joined_once_after_an_edit():
    document = CodeDocument("a\n" * 1000)
    document.replace_range((5, 0), (5, 1), "b")
    assert document.text is document.text


def test_an_edit_measures_only_its_own_lines():
    document = CodeDocument("short\n" * 1000 + "the longest of all")
    document.get_size(4)
    with mock.patch.object(module, "_width", wraps=module._width) as width:
        document.replace_range((5, 0), (6, 0), "b\n")
        document.get_size(4)
    assert width.call_count == 2


def test_when_the_widest_line_goes_the_next_one_counts():
    document = CodeDocument("aaa\naaaaa\naaaa")
    assert document.get_size(4).width == 5
    document.replace_range((1, 0), (1, 5), "")
    assert document.get_size(4).width == 4


def test_a_million_lines_need_no_table_of_rows():
    document = CodeDocument("x\n" * 1_000_000)
    rows = Rows(document)
    assert rows.height == 1_000_001
    assert rows.location_to_offset((700_000, 1)) == Offset(1, 700_000)
    assert rows.offset_to_location(Offset(0, 5)) == (5, 0)
    document.replace_range((0, 0), (10, 0), "")
    rows.wrap_range((0, 0), (10, 0), (0, 0))
    assert rows.height == 999_991


def test_wrapping_works_as_ever():
    rows = Rows(CodeDocument("word " * 10))
    rows.wrap(12)
    assert rows.height > 3
    rows.wrap(0)
    assert rows.height == 1
