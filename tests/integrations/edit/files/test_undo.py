"""Where histories are kept, for how long, and for which content."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from codecomplete.integrations.edit import files
from codecomplete.integrations.edit.files import undo


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "passing"))
    (tmp_path / "a.txt").write_text("one\n")
    return files.read(tmp_path / "a.txt")


def test_a_history_is_that_of_one_content(file):
    assert undo.recall(file) is None
    assert undo.keep(file, b"steps") and undo.recall(file) == b"steps"
    file.path.write_text("two\n")
    assert undo.recall(files.read(file.path)) is None


def test_a_damaged_record_is_none(file):
    undo.keep(file, b"steps")
    place = undo._place(file)
    place.write_bytes(place.read_bytes()[:-1] + b"!")
    assert undo.recall(file) is None


def test_nothing_to_keep_removes_what_was_kept(file):
    undo.keep(file, b"steps")
    assert not undo.keep(file, b"") and undo.recall(file) is None
    assert not undo.keep(file, b"x" * (undo.MOST_BYTES + 1)) and undo.recall(file) is None


def test_files_that_hold_secrets_pass_away_or_lie_elsewhere_have_no_history(file, monkeypatch):
    assert undo.may_keep(file)
    assert not undo.may_keep(replace(file, path=file.path.with_name(".env")))
    assert not undo.may_keep(replace(file, path=None))
    assert not undo.may_keep(replace(file, stamp=None))
    monkeypatch.setenv("TMPDIR", str(file.path.parent))
    assert not undo.may_keep(file)


def test_files_of_another_file_system_have_no_history(file):
    if not os.path.ismount("/dev/shm"):
        pytest.skip("no memory disk here")
    undo_passing, undo.PASSING = undo.PASSING, ()
    place = Path(f"/dev/shm/cc-edit-test-{os.getpid()}")
    try:
        place.write_text("x")
        assert not undo.may_keep(files.read(place))
    finally:
        undo.PASSING = undo_passing
        place.unlink()


def test_the_oldest_are_dropped(file, monkeypatch):
    monkeypatch.setattr(undo, "MOST_FILES", 2)
    for name in ("b.txt", "c.txt", "d.txt"):
        other = file.path.with_name(name)
        other.write_text(name)
        undo.keep(files.read(other), b"steps")
        time.sleep(0.02)
    kept = [name for name in ("b.txt", "c.txt", "d.txt")
            if undo.recall(files.read(file.path.with_name(name)))]  # fmt: skip
    assert kept == ["c.txt", "d.txt"]
