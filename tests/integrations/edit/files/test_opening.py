"""Only regular files of bounded size are opened; whatever else is refused with a reason."""

from __future__ import annotations

import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from codecomplete.integrations.edit.files import (
    FileProblem,
    FileRefused,
    FileUnreadable,
    changed_on_disk,
    opening,
    read,
    read_bytes,
)

from .material import descriptors


def test_a_file_is_read_with_all_that_is_needed_to_write_it(work):
    path = work / "a.c"
    path.write_bytes(b"\xef\xbb\xbfint a;\r\n\x0c\r\n")
    file = read(path)
    assert (file.path, file.encoding, file.line_end, file.mixed) == (path, "utf-8", "\r\n", False)
    assert file.encode(file.text) == path.read_bytes() and not file.read_only
    assert not changed_on_disk(file)


def test_a_path_that_does_not_exist_is_an_empty_file_to_be(work):
    file = read(str(work / "new.py"))
    assert (file.text, file.stamp, file.line_end, file.read_only) == ("", None, "\n", False)
    assert not (work / "new.py").exists() and not changed_on_disk(file)


def test_a_link_to_nowhere_is_a_file_to_be(work):
    (work / "link").symlink_to("target")
    assert read(work / "link").stamp is None


def make_directory(path: Path) -> None:
    path.mkdir()


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize(
    ("make", "named"),
    [(make_directory, "a directory"), (make_pipe, "a pipe"), (make_socket, "a socket")],
)
def test_what_is_no_file_is_refused_by_its_name_and_never_waited_for(
    work, make, named, monkeypatch
):
    monkeypatch.chdir(work)  # the path of a socket is short
    make(Path("it"))
    with pytest.raises(FileRefused, match=f"^it: this is {named}, not a text file.$"):
        read("it")


def test_a_device_is_refused():
    with pytest.raises(FileRefused, match="a device"):
        read("/dev/zero")


def test_a_file_that_becomes_a_pipe_while_it_is_opened_is_refused(work, monkeypatch):
    path = work / "it"
    path.write_text("text")
    regular = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda self, **named: regular)
    with pytest.raises(FileRefused, match="a pipe"):
        read(path)


def test_what_may_not_be_read_is_said(work, monkeypatch):
    path = work / "it"
    path.write_text("text")

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(FileUnreadable, match="cannot be read: Permission denied"):
        read(path)


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "/etc/hostname/x"])
def test_an_impossible_path_is_a_problem_and_no_crash(path):
    with pytest.raises(FileProblem):
        read(path)


def test_a_loop_of_links_is_a_problem_and_no_crash(work):
    (work / "a").symlink_to("b")
    (work / "b").symlink_to("a")
    with pytest.raises(FileUnreadable, match="symbolic links"):
        read(work / "a")


# Limits


def test_a_file_over_the_limit_is_refused_without_being_read(work):
    path = work / "big"
    with path.open("wb") as file:
        file.truncate(opening.MOST_BYTES + 1)
    tracemalloc.start()
    try:
        with pytest.raises(FileRefused, match=r"100\.0 MB, at most 100\.0 MB are opened"):
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [9, 10, 11])
def test_the_limit_is_exact(work, size):
    path = work / "it"
    path.write_bytes(b"x" * size)
    if size > 10:
        with pytest.raises(FileRefused):
            read(path, most_bytes=10)
    else:
        assert len(read(path, most_bytes=10).text) == size


def test_files_that_do_not_tell_their_size_are_bounded_too():
    with pytest.raises(FileRefused, match=r"at most 0\.0 MB"):
        read("/proc/self/maps", most_bytes=10)
    assert "Name:" in read("/proc/self/status").text


def test_too_many_lines_are_refused(work):
    path = work / "it"
    path.write_bytes(b"\n" * 100)
    with pytest.raises(FileRefused, match="100 lines, at most 99 are opened"):
        read(path, most_lines=99)
    assert read(path, most_lines=100).text.count("\n") == 100
    path.write_bytes(b"\n" * 99 + b"x")  # a line need not have an end
    assert read(path, most_lines=100).text.count("\n") == 99


def test_a_large_binary_file_is_refused_a_small_one_flagged(work):
    path = work / "it"
    path.write_bytes(b"\0" * 1000)
    assert read(path).looks_binary
    path.write_bytes(b"\0" * (opening.MOST_BINARY_BYTES + 1))
    with pytest.raises(FileRefused, match="looks binary"):
        read(path)


def test_standard_input_has_the_same_limits():
    assert read_bytes(b"a\r\n").text == "a\n"
    with pytest.raises(FileRefused, match="standard input: "):
        read_bytes(b"aaa", most_bytes=2)


# Facts


def test_a_file_without_any_right_to_write_is_read_only_even_for_root(work):
    path = work / "it"
    path.write_text("text")
    path.chmod(0o444)
    assert read(path).read_only
    path.chmod(0o644)
    assert not read(path).read_only


@pytest.mark.parametrize(("encoding", "text"), [("latin-1", "Ã©"), ("utf-8", "é")])
def test_it_is_read_in_the_encoding_that_is_asked_for(work, encoding, text):
    path = work / "it"
    path.write_bytes("é".encode())
    assert read(path, encoding=encoding).text == text


def test_it_is_said_where_it_is_not_in_that_encoding(work):
    path = work / "it"
    path.write_bytes(b"abc\x81")
    with pytest.raises(FileUnreadable, match="not windows-1252: byte 0x81 at offset 3"):
        read(path, encoding="cp1252")


def test_the_stamp_is_of_the_content_that_was_read(work, monkeypatch):
    path = work / "it"
    path.write_bytes(b"first\n")
    whole, reads = opening._whole, []

    def meddled(file, *rest):
        data = whole(file, *rest)
        if not reads:
            path.write_bytes(b"second, longer\n")
        reads.append(data)
        return data

    monkeypatch.setattr(opening, "_whole", meddled)
    file = read(path)
    assert file.text == "second, longer\n" and len(reads) == 2
    assert not changed_on_disk(file)


def test_reading_keeps_no_descriptor_open(work):
    path = work / "it"
    path.write_bytes(b"x")
    before = descriptors()
    for _ in range(3):
        read(path)
        with pytest.raises(FileRefused):
            read(path, most_bytes=0)
    assert descriptors() == before
