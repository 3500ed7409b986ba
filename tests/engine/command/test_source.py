"""Files from the command line: read when they are text, refused with a reason when not."""

from __future__ import annotations

import pytest

from codecomplete.engine import SourceFileError
from codecomplete.engine.command.source import open_at, parse_place


@pytest.fixture
def write(tmp_path):
    def write(data: bytes, name: str = "file.py"):
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"caf\xe9 = 1\n", "", r"file.py:1: not UTF-8 \(byte 0xe9 at offset 3\).*iconv"),
        (b"", "", "is empty"),
        (b" \n\n", "", "is empty"),
        (b"\x7fELF\0\0", "", "binary file"),
        (b"a = 1\n", ":2", "no line 2: the file has lines 1 to 1"),
        (b"a = 1\n", ":0", "no line 0"),
        (b"a = 1\n", ":1:9", "no column 9: the line has columns 1 to 6"),
    ],
)
def test_what_cannot_be_completed_is_refused_with_a_reason(write, data, place, message):
    with pytest.raises(SourceFileError, match=message):
        open_at(write(data) + place)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceFileError, match=r"nothing\.py: cannot be read"):
        open_at(str(tmp_path / "nothing.py"))


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(SourceFileError, match="cannot be read"):
        open_at(str(tmp_path))


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [("", "a = 1\nbcd", "\n"), (":1", "a = 1", "\nbcd\n"), (":2:2", "a = 1\nb", "cd\n")],
)
def test_places_are_found(write, place, before, after):
    caret = open_at(write(b"a = 1\r\nbcd\n") + place)
    assert (caret.before, caret.after, caret.language) == (before, after, "python")


def test_byte_order_marks_are_not_text(write):
    assert open_at(write(b"\xef\xbb\xbfa = 1")).before == "a = 1"


def test_a_colon_in_a_name_is_part_of_the_name(write):
    path = write(b"x", "odd:3")
    assert parse_place(path)[0].name == "odd:3"
    assert parse_place(path + ":1:1")[1:] == (1, 1)
