"""The one step in which a file is replaced, and what is left of one that was not finished."""

from __future__ import annotations

import fcntl
import os

import pytest

from codecomplete.integrations.edit.files import replacing
from codecomplete.integrations.edit.files.replacing import (
    NotFlushed,
    clear_up,
    clear_up_folder,
    remove_if_dead,
    replace_file,
    temporary_of,
    write_all,
)


def test_the_result_stays_locked_until_it_is_closed(work):
    descriptor = replace_file(work / "file", [b"a", b"b"])
    remove_if_dead(work / "file")
    assert (work / "file").read_bytes() == b"ab"
    os.close(descriptor)
    remove_if_dead(work / "file")
    assert not (work / "file").exists()


def test_a_writer_that_lives_is_not_disturbed(work):
    target = work / "file"

    def meanwhile(descriptor):
        clear_up(target)
        clear_up_folder(work)

    os.close(replace_file(target, [b"text"], prepare=meanwhile))
    assert target.read_bytes() == b"text"


def test_a_second_writer_waits_and_gives_up(work, monkeypatch):
    pauses = []
    monkeypatch.setattr(replacing.time, "sleep", pauses.append)
    with temporary_of(work / "file").open("wb") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        with pytest.raises(FileExistsError):
            replace_file(work / "file", [b"text"])
    assert len(pauses) == replacing.ATTEMPTS - 1
    os.close(replace_file(work / "file", [b"text"]))


def test_a_temporary_file_that_was_cleared_up_before_it_was_locked_is_made_again(work, monkeypatch):
    lock, raced = fcntl.flock, []

    def late(descriptor, how):
        if not raced:
            raced.append(True)
            temporary_of(work / "file").unlink()
        return lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    os.close(replace_file(work / "file", [b"text"]))
    assert (work / "file").read_bytes() == b"text" and raced


def test_writing_goes_on_where_the_system_stopped(work, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    with (work / "file").open("wb") as file:
        write_all(file.fileno(), b"0123456789")
    assert (work / "file").read_bytes() == b"0123456789"


def test_a_link_in_place_of_the_temporary_file_is_not_followed(work, monkeypatch):
    (work / "victim").write_bytes(b"kept")
    temporary_of(work / "file").symlink_to("victim")
    monkeypatch.setattr(replacing, "PAUSE", 0)
    with pytest.raises(FileExistsError):
        replace_file(work / "file", [b"text"])
    clear_up_folder(work)
    assert (work / "victim").read_bytes() == b"kept"


def test_an_interrupt_leaves_nothing_behind(work):
    def interrupted(descriptor):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace_file(work / "file", [b"text"], prepare=interrupted)
    assert not list(work.iterdir())


@pytest.mark.parametrize("number", replacing._NOT_FOR_DIRECTORIES)
def test_folders_that_cannot_be_flushed_are_no_obstacle(work, monkeypatch, number):
    failing_for_folders(monkeypatch, number)
    os.close(replace_file(work / "file", [b"text"]))


def test_a_disk_that_does_not_confirm_is_reported(work, monkeypatch):
    failing_for_folders(monkeypatch, 5)
    with pytest.raises(NotFlushed):
        replace_file(work / "file", [b"text"])
    assert (work / "file").read_bytes() == b"text"


def failing_for_folders(monkeypatch, number: int) -> None:
    flush = os.fsync

    def fail(descriptor):
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112
            raise OSError(number, os.strerror(number))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", fail)


@pytest.mark.parametrize("name", ["a", "x" * 255, "é" * 127, "\udcff"])
def test_each_name_has_one_temporary_name_that_is_short(work, name):
    temporary = temporary_of(work / name)
    assert temporary == temporary_of(work / name) != temporary_of(work / (name[:-1] + "b"))
    assert len(temporary.name) < 30 and temporary.parent == work
