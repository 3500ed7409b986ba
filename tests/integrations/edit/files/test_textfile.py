"""What is not edited keeps its bytes.

Said precisely: let E(text) be the bytes of a text without the byte-order mark. Then for every cut
of an edited text into before + new + after, E(before + new + after) is E(before) + E(new) +
E(after), in every encoding. The one exception is a file whose lines end differently: a mark in the
text says how its line ends, so there the same holds line by line.
"""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from textual.widgets.text_area import Document

from codecomplete.integrations.edit.files import (
    NotEncodable,
    read_bytes,
    with_encoding,
    with_line_end,
)
from codecomplete.integrations.edit.files.encodings import ENCODINGS
from codecomplete.integrations.edit.files.private import BLOCKS, UNSAFE
from codecomplete.integrations.edit.files.textfile import from_bytes

from .material import files, typed


def bare(file, text: str) -> bytes:
    """E of the module's docstring."""
    return file.encode(text)[len(file.bom) :]


@settings(max_examples=300)
@given(files)
def test_opening_and_saving_changes_no_byte(data):
    file = read_bytes(data)
    assert file.encode(file.text) == data


@settings(max_examples=150)
@given(files)
def test_the_editor_gets_neither_unsafe_characters_nor_other_line_ends(data):
    text = read_bytes(data).text
    assert not set(text) & set(UNSAFE)
    assert text.splitlines(keepends=True) == [line + "\n" for line in text.split("\n")[:-1]] + [
        last for last in text.split("\n")[-1:] if last
    ]
    text.encode("utf-8")


@settings(max_examples=100)
@given(files)
def test_the_document_of_the_editor_keeps_the_text(data):
    text = read_bytes(data).text
    document = Document(text)
    assert document.text == text and document.lines == text.split("\n")


@st.composite
def edits(draw, kinds=files):
    """A file, where its text is cut, and what is put there."""
    file = read_bytes(draw(kinds))
    start = draw(st.integers(0, len(file.text)))
    end = draw(st.integers(start, min(len(file.text), start + 6)))
    return file, start, end, file.inward(draw(typed))


@settings(max_examples=300)
@given(edits())
def test_an_edit_changes_its_own_bytes_only(edit):
    file, start, end, new = edit
    before, after = file.text[:start], file.text[end:]
    assume(not file.mixed)
    try:
        whole = bare(file, before + new + after)
    except NotEncodable:
        assert file.encoding in ("latin-1", "windows-1252")
        return
    assert whole == bare(file, before) + bare(file, new) + bare(file, after)


@settings(max_examples=300)
@given(edits(st.text("ab\r\n\x0cé", max_size=40).map(str.encode)))
def test_in_a_file_of_mixed_line_ends_other_lines_keep_every_byte(edit):
    file, start, end, new = edit
    line_start = file.text.rfind("\n", 0, start) + 1
    line_end = file.text.find("\n", end) + 1 or len(file.text)
    first, last = file.text[line_start:start], file.text[end:line_end]
    whole = bare(file, file.text[:start] + new + file.text[end:])
    head, tail = bare(file, file.text[:line_start]), bare(file, file.text[line_end:])
    touched = bare(file, first + new + last)
    assert whole == head + touched + tail
    # And of the touched lines every character that was not replaced.
    content = [bare(file, part.strip("\n")) for part in (first, new, last)]
    assert touched.replace(b"\r", b"").replace(b"\n", b"") == b"".join(content).replace(
        b"\r", b""
    ).replace(b"\n", b"")


@pytest.mark.parametrize(
    ("data", "line", "typed", "expected"),
    [
        (b"a\r\nb\nc\r\n", 1, ";", b"a\r\nb;\nc\r\n"),
        (b"a\nb\r\nc\n", 1, ";", b"a\nb;\r\nc\n"),
        (b"a\r\nb\nc\r\n", 0, "\nx", b"a\r\nx\r\nb\nc\r\n"),
        (b"a\rb\rc\n", 0, "\nx", b"a\rx\rb\rc\n"),
        (b"a\nb", 1, "\n", b"a\nb\n"),
    ],
)
@pytest.mark.parametrize("after_the_mark", [True, False])
def test_typing_at_the_end_of_a_line(data, line, typed, expected, after_the_mark):
    file = read_bytes(data)
    lines = file.text.split("\n")
    at = len(lines[line]) if after_the_mark else len(file.outward(lines[line]))
    lines[line] = lines[line][:at] + typed + lines[line][at:]
    assert file.encode("\n".join(lines)) == expected


def test_a_file_that_uses_every_private_block_is_kept_byte_by_byte():
    data = "".join(map(chr, BLOCKS)).encode() + b"\x1b\r\n"
    file = read_bytes(data)
    assert file.encode(file.text) == data and file.encoding == "latin-1"


def test_a_file_with_private_characters_of_its_own_keeps_them():
    data = (chr(BLOCKS[0]) + "\x1b\n").encode()
    file = read_bytes(data)
    assert file.block == BLOCKS[1] and file.text[0] == chr(BLOCKS[0])
    assert file.encode(file.text) == data


# Typed, pasted, copied, drawn


@settings(max_examples=300)
@given(files, typed)
def test_what_is_pasted_is_saved_as_it_is_but_for_its_line_ends(data, pasted):
    file = with_encoding(read_bytes(data), "utf-8")
    plain = pasted.replace("\r\n", "\n").replace("\r", "\n")
    assume(not any("\ud800" <= one <= "\udfff" for one in pasted))
    expected = plain.replace("\n", file.line_end).encode()
    assert bare(file, file.inward(pasted)) == expected
    assert file.outward(file.inward(pasted)) == plain


def test_a_pasted_escape_never_reaches_the_terminal_and_is_saved():
    file = read_bytes(b"")
    text = file.inward("\x1b]0;title\x07")
    assert file.visible(text) == "␛]0;title␇"
    assert file.encode(text) == b"\x1b]0;title\x07"


@pytest.mark.parametrize("pasted", ["a\rb", "a\r\nb", "a\nb"])
def test_any_pasted_line_end_becomes_the_files_own(pasted):
    file = read_bytes(b"x\r\n")
    assert file.encode(file.inward(pasted)) == b"a\r\nb"


@settings(max_examples=150)
@given(files)
def test_what_is_drawn_is_as_long_and_safe(data):
    file = read_bytes(data)
    drawn = file.visible(file.text)
    assert len(drawn) == len(file.text) and not set(drawn) & set(UNSAFE)
    kept = [index for index, one in enumerate(file.text) if one in "\n\t"]
    assert kept == [index for index, one in enumerate(drawn) if one in "\n\t"]


def test_what_leaves_the_editor_is_text():
    file = read_bytes("a\x0cb\r\nc\r\n é é\n".encode() + b"\xff")
    assert file.outward(file.text) == "a\x0cb\nc\n é é\n�"


def test_real_unsafe_characters_are_not_drawn_either():
    assert read_bytes(b"").visible("a\x1b\u202e\n") == "a␛◌\n"


# Converting on purpose


@settings(max_examples=150)
@given(files, st.sampled_from(ENCODINGS))
def test_in_another_encoding_the_text_is_the_same_or_nothing_is_written(data, encoding):
    file = read_bytes(data)
    other = with_encoding(file, encoding)
    try:
        saved = other.encode(other.text)
    except NotEncodable as problem:
        assert problem.line >= 1
        return
    again = from_bytes(saved, encoding=encoding)
    assert file.outward(file.text) == again.outward(again.text)


@settings(max_examples=100)
@given(files)
def test_everything_can_be_saved_as_utf8(data):
    file = with_encoding(read_bytes(data), "utf-8")
    file.encode(file.text + "😀")


@pytest.mark.parametrize(("encoding", "bom"), [("utf-16-le", b"\xff\xfe"), ("latin-1", b"")])
def test_marks_go_with_the_encoding(encoding, bom):
    file = with_encoding(read_bytes("\ufeffé".encode()), encoding)
    assert file.encode(file.text) == bom + "é".encode(encoding)


def test_utf8_is_saved_without_a_mark_unless_the_file_has_one():
    file = with_encoding(read_bytes("é".encode("latin-1")), "utf-8")
    assert file.encode(file.text) == "é".encode()
    marked = with_encoding(read_bytes("\ufeffé".encode()), "utf-8")
    assert marked.encode(marked.text) == "\ufeffé".encode()


def test_an_encoding_that_the_file_is_in_changes_nothing():
    file = read_bytes("é\n".encode("utf-16-le") * 4)
    assert with_encoding(file, "UTF-16LE") is file


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_all_lines_can_be_given_one_line_end(line_end):
    file = read_bytes(b"a\r\nb\nc\r\n")
    converted = with_line_end(file, line_end)
    expected = "a\nb\nc\n".replace("\n", line_end).encode()
    assert converted.encode(converted.text) == expected
    assert converted.encode(file.text) == expected  # marks that are still there say nothing
    assert not converted.mixed


@pytest.mark.parametrize("convert", [with_line_end, with_encoding])
def test_what_does_not_exist_is_the_callers_mistake(convert):
    with pytest.raises(ValueError, match="is none of"):
        convert(read_bytes(b""), "ebcdic")


@pytest.mark.parametrize(
    ("data", "text", "line", "named"),
    [
        ("é\n".encode("latin-1"), "é\nfine\n😀", 3, "'😀' (U+1F600)"),
        ("é\r\n".encode("latin-1"), "é\n\u202e", 2, "(U+202E)"),
        ("é\r\r".encode("latin-1"), "é\n\n€", 3, "'€' (U+20AC)"),
    ],
)
def test_a_character_that_cannot_be_saved_is_named_with_its_line(data, text, line, named):
    file = read_bytes(data)
    with pytest.raises(NotEncodable, match="UTF-8") as raised:
        file.encode(file.inward(text))
    assert raised.value.line == line and str(raised.value).startswith(f"line {line}: {named}")


def test_an_undecodable_byte_has_no_other_encoding():
    file = read_bytes("éé".encode() + b"\n\xff")
    with pytest.raises(NotEncodable, match="line 2: the byte 0xFF, which is not a character"):
        with_encoding(file, "utf-16-le").encode(file.text)


# What is said of a file


@pytest.mark.parametrize(
    ("data", "binary"),
    [
        (b"", False), (b"\x7fELF\x02\x01\0\0", True), (b"text\x0c\nmore\r\n", False),
        ("hi\n".encode("utf-16-le") * 9, False), (b"\x01\x02\x03abc", True),
        (b"\x1b[31mred\x1b[0m", False), ("naïve café".encode("latin-1"), False),
    ],
)  # fmt: skip
def test_binary_files_are_flagged(data, binary):
    assert read_bytes(data).looks_binary == binary


@pytest.mark.parametrize(
    ("data", "mixed"), [(b"a\n", False), (b"a\r\n\n", True), (b"a\n\r", True), (b"\r\r", False)]
)
def test_mixed_line_ends_are_flagged(data, mixed):
    assert read_bytes(data).mixed == mixed


def test_its_text_is_not_part_of_how_it_is_shown():
    assert "secret" not in repr(read_bytes(b"secret"))
