"""Our text of a document against the plainest one: all of it, encoded, and cut at an offset."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.integrations.lsp.positions import Encoding, Position
from codecomplete.integrations.lsp.text import Text
from codecomplete.integrations.shared.excerpt import (
    CHARACTERS_AFTER,
    CHARACTERS_BEFORE,
    LINES_BEFORE,
    STRIDE,
)

CODECS = {Encoding.UTF_8: "utf-8", Encoding.UTF_16: "utf-16-le", Encoding.UTF_32: "utf-32-le"}
WIDTH = {Encoding.UTF_8: 1, Encoding.UTF_16: 2, Encoding.UTF_32: 4}
PIECES = ["\n", "\r", "\r\n", "\x0c", "\x0b", "\x85", "\u2028", "\ufeff", "\t", "a", "b", "ñ", "中",
          "😀", "e\u0301", "👨\u200d👩"]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
PLACES = st.tuples(st.integers(0, 6), st.integers(0, 12))
EDITS = st.lists(st.tuples(PLACES, PLACES, TEXTS), max_size=6)


class Plain:
    """What LSP says a text is, as slowly as one likes."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.text, self.codec, self.width = text, CODECS[encoding], WIDTH[encoding]

    def encoded(self, text: str) -> bytes:
        return text.encode(self.codec, "surrogatepass")

    def offset(self, line: int, character: int) -> int:
        """In bytes of the encoded text."""
        ends = [match.span() for match in re.finditer("\r\n|\r|\n", self.text)]
        if line > len(ends):
            return len(self.encoded(self.text))
        begin = ends[line - 1][1] if line else 0
        content = self.text[begin : ends[line][0] if line < len(ends) else None]
        place = min(character * self.width, len(self.encoded(content)))
        while self.codec == "utf-8" and place < len(content.encode()) and (
            content.encode()[place] & 0xC0 == 0x80
        ):  # fmt: skip
            place -= 1
        return len(self.encoded(self.text[:begin])) + place

    def replace(self, start: tuple[int, int], end: tuple[int, int], new: str) -> None:
        first, last = sorted((self.offset(*start), self.offset(*end)))
        data = self.encoded(self.text)
        whole = data[:first] + self.encoded(new) + data[last:]
        self.text = whole.decode(self.codec, "surrogatepass")

    def around(self, place: tuple[int, int]) -> tuple[str, str]:
        data, offset = self.encoded(self.text), self.offset(*place)
        halves = (data[:offset], data[offset:])
        return tuple(
            re.sub("[\ud800-\udfff]", "\ufffd", re.sub("\r\n?", "\n", half.decode(
                self.codec, "surrogatepass"))) for half in halves
        )  # fmt: skip


@pytest.mark.parametrize("encoding", Encoding)
@given(TEXTS, EDITS, PLACES)
@settings(max_examples=150, deadline=None)
def test_random_edits_leave_the_same_text_and_the_same_places(encoding, text, edits, place):
    ours, plain = Text(text, encoding), Plain(text, encoding)
    for start, end, new in edits:
        ours.replace(Position(*start), Position(*end), new)
        plain.replace(start, end, new)
        assert str(ours) == plain.text
        assert ours.size == len(plain.text)
    at = Position(*place)
    assert (ours.before(at), ours.after(at)) == plain.around(place)


@pytest.mark.parametrize(
    ("encoding", "units"), [(Encoding.UTF_8, 4), (Encoding.UTF_16, 2), (Encoding.UTF_32, 1)]
)
def test_a_position_counts_the_units_that_were_agreed_on(encoding, units):
    text = Text("😀x = 1\n", encoding)
    text.replace(Position(0, units), Position(0, units + 1), "y")
    assert str(text) == "😀y = 1\n"


def test_only_three_characters_end_a_line():
    text = Text("a\x0cb\u2028c\nd")
    text.replace(Position(1, 0), Position(1, 0), "#")
    assert str(text) == "a\x0cb\u2028c\n#d"


def test_a_line_end_may_come_in_two_edits():
    text = Text("a\rb")
    text.replace(Position(1, 0), Position(1, 0), "\n")
    text.replace(Position(1, 0), Position(1, 0), "#")
    assert str(text) == "a\r\n#b"


def test_half_a_surrogate_pair_waits_for_the_other():
    text = Text("x")
    text.replace(Position(0, 1), Position(0, 1), "\ud83d")
    assert text.before(Position(0, 2)) == "x\ufffd"
    text.replace(Position(0, 2), Position(0, 2), "\ude00")
    assert text.before(Position(0, 3)) == "x😀"


def test_the_line_end_is_the_first_lines():
    assert [Text(text).line_end for text in ("", "a", "a\r\nb\n", "a\rb", "a\nb\r\n")] == [
        "\n", "\n", "\r\n", "\r", "\n",
    ]  # fmt: skip


def test_a_caret_sees_line_ends_as_the_engine_wants_them():
    text = Text("a\r\nb\rc\nd")
    assert text.before(Position(3, 1)) + text.after(Position(3, 1)) == "a\nb\nc\nd"


def test_in_a_long_file_the_beginning_moves_in_strides():
    text = Text("".join(f"line {number}\n" for number in range(20_000)))
    rows = range(9_000, 12_000, 10)
    starts = [text.before(Position(row, 0)).partition("\n")[0] for row in rows]
    assert len(set(starts)) <= 3_000 // STRIDE + 1
    assert LINES_BEFORE - STRIDE <= text.before(Position(15_000, 0)).count("\n") <= LINES_BEFORE
    assert text.after(Position(15_000, 0)).startswith("line 15000\nline 15001\n")


def test_long_lines_do_not_make_the_text_longer():
    text = Text("".join("x" * 1000 + f"{number}\n" for number in range(3000)))
    for row in range(1000, 2000, 7):
        before = text.before(Position(row, 0))
        assert CHARACTERS_BEFORE // 2 < len(before) <= CHARACTERS_BEFORE
        assert before.startswith("x") and before.endswith(f"{row - 1}\n")
        assert len(text.after(Position(row, 0))) <= CHARACTERS_AFTER


class Counted(list):
    """Lines that count how many of them are looked at."""

    seen = 0

    def __getitem__(self, index):
        found = super().__getitem__(index)
        self.seen += len(found) if isinstance(index, slice) else 1
        return found


def test_an_edit_looks_at_no_lines_but_its_own():
    text = Text("x = 1\n" * 20_000)
    text._lines = Counted(text._lines)
    text.replace(Position(10_000, 5), Position(10_001, 0), "23\ny")
    assert text._lines.seen < 12
    assert text.before(Position(10_001, 3)).endswith("x = 123\nyx ")


def test_a_caret_inside_a_surrogate_pair_sees_text_on_both_sides():
    text = Text("a😀b")
    assert text.before(Position(0, 2)) == "a\ufffd"
    assert text.after(Position(0, 2)) == "\ufffdb"
