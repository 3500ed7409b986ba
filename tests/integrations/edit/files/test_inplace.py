"""Overwriting in place: never without a copy elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codecomplete.integrations.edit.files import Recovery, SaveFailed, inplace, read, save


@pytest.fixture
def path(work) -> Path:
    """A file with two names."""
    made = work / "file"
    made.write_bytes(b"old\n")
    os.link(made, work / "other")
    return made


def cut_off(path: Path, monkeypatch) -> None:
    """A save that writes half of the new text and then can do nothing any more."""
    real = os.pwrite

    def half(descriptor, data, offset):
        if offset:
            raise OSError(5, "Input/output error")
        return real(descriptor, bytes(data)[: len(data) // 2], offset)

    def stuck(*arguments):
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched, pytest.raises(SaveFailed, match="may be damaged"):
        patched.setattr(os, "pwrite", half)
        patched.setattr(os, "ftruncate", stuck)
        save(read(path), "the new text\n")


@pytest.mark.parametrize("name", ["file", "other"])
def test_a_write_that_was_cut_off_is_found_under_each_name(path, monkeypatch, name):
    cut_off(path, monkeypatch)
    assert path.read_bytes() not in (b"old\n", b"the new text\n")
    (found,) = Recovery.find(path.with_name(name))
    assert found.interrupted_save and found.file.text == "the new text\n"
    assert found.before.text == "old\n" and "was interrupted" in found.sentence
    save(found.file, found.file.text)
    assert path.read_bytes() == b"the new text\n"
    found.discard()
    assert Recovery.find(path) == []


def test_it_is_not_offered_for_other_files(path, monkeypatch):
    cut_off(path, monkeypatch)
    stranger = path.with_name("stranger")
    stranger.write_bytes(b"x")
    assert Recovery.find(stranger) == [] and len(Recovery.find(path)) == 1


def test_once_the_file_is_whole_again_there_is_nothing_to_offer(path, monkeypatch, state):
    cut_off(path, monkeypatch)
    path.write_bytes(b"the new text\n")
    assert Recovery.find(path) == []
    assert not [one for one in state.rglob("*") if one.is_file()]


def test_where_no_copy_can_be_made_nothing_is_written(path, state):
    state.write_text("not a folder")
    with pytest.raises(SaveFailed, match="no safety copy could be made: "):
        save(read(path), "new\n")
    assert path.read_bytes() == b"old\n"


def test_what_is_too_large_to_be_kept_meanwhile_is_not_overwritten(path, monkeypatch):
    monkeypatch.setattr(inplace, "MOST_KEPT", 3)
    with pytest.raises(SaveFailed, match="too large to be overwritten safely"):
        save(read(path), "new\n")
    assert path.read_bytes() == b"old\n"


def test_a_full_disk_is_found_out_before_anything_is_overwritten(path, monkeypatch, state):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    def never(*arguments):
        raise AssertionError("overwritten")

    monkeypatch.setattr(os, "posix_fallocate", full)
    written = os.pwrite
    monkeypatch.setattr(
        os, "pwrite", lambda descriptor, data, at: never() if b"new" in bytes(data)
        else written(descriptor, data, at),
    )  # fmt: skip
    with pytest.raises(SaveFailed, match="No space left on device"):
        save(read(path), "new and longer\n")
    assert path.read_bytes() == b"old\n"
    assert not [one for one in state.rglob("*") if one.is_file()]


def test_a_file_system_that_cannot_reserve_room_is_written_all_the_same(path, monkeypatch):
    def cannot(*arguments):
        raise OSError(inplace.errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", cannot)
    save(read(path), "new and longer\n")
    assert path.read_bytes() == b"new and longer\n"
