"""Saving as users see it: what is kept, what is refused, and in which words."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from codecomplete.integrations.edit.files import (
    FileChanged,
    FileExists,
    NotEncodable,
    SaveFailed,
    changed_on_disk,
    read,
    read_bytes,
    replacing,
    save,
    saving,
    with_encoding,
)
from codecomplete.integrations.edit.files.replacing import temporary_of
from tests.patience import PATIENCE

from .material import descriptors, files


@pytest.fixture
def path(work) -> Path:
    made = work / "file.txt"
    made.write_bytes(b"old\r\n")
    return made


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files)
def test_any_file_can_be_opened_and_saved_without_losing_a_byte(work, data):
    path = work / "any"
    path.write_bytes(data)
    saved = save(read(path), read(path).text)
    assert path.read_bytes() == data and not changed_on_disk(saved)


def test_saving_writes_the_text_and_gives_the_new_state(path):
    file = save(read(path), "new\n")
    assert path.read_bytes() == b"new\r\n"
    assert (file.text, file.path, file.line_end) == ("new\n", path, "\r\n")
    assert not changed_on_disk(file)
    again = save(file, "again\n")
    assert path.read_bytes() == b"again\r\n" and not changed_on_disk(again)
    assert names(path.parent) == {"file.txt"}


def test_a_new_file_gets_what_the_umask_leaves(work):
    before = os.umask(0o027)
    try:
        save(read(work / "new"), "text\n")
    finally:
        os.umask(before)
    assert stat.S_IMODE((work / "new").stat().st_mode) == 0o640


@pytest.mark.parametrize("mode", [0o600, 0o755, 0o664, 0o4755])
def test_the_mode_is_kept(path, mode):
    path.chmod(mode)
    save(read(path), "new\n")
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_is_kept(path):
    os.chown(path, 65534, 65534)
    save(read(path), "new\n")
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


def test_where_the_owner_cannot_be_kept_the_file_stays_in_place(path, monkeypatch):
    def refuse(*arguments):
        raise PermissionError(1, "Operation not permitted")

    inode = path.stat().st_ino
    monkeypatch.setattr(saving.metadata, "_own", refuse)
    file = save(read(path), "new\n")
    assert path.stat().st_ino == inode and path.read_bytes() == b"new\r\n"
    assert not changed_on_disk(file) and names(path.parent) == {"file.txt"}


def test_a_symbolic_link_stays_one(path):
    link = path.with_name("link")
    link.symlink_to("file.txt")
    save(read(link), "new\n")
    assert link.is_symlink() and path.read_bytes() == b"new\r\n"


def test_a_link_to_nowhere_makes_what_it_points_to(work):
    (work / "link").symlink_to("target")
    save(read(work / "link"), "new\n")
    assert (work / "link").is_symlink() and (work / "target").read_bytes() == b"new\n"


def test_hard_links_stay_together(path):
    other = path.with_name("other")
    os.link(path, other)
    save(read(path), "new\n")
    assert other.read_bytes() == b"new\r\n" and path.samefile(other)


@pytest.mark.parametrize("text", ["", "x\n", "much longer than before\n" * 1000])
def test_in_place_the_file_gets_exactly_its_new_length(path, text):
    os.link(path, path.with_name("other"))
    file = save(read(path), text)
    assert path.read_bytes() == file.encode(text) and not changed_on_disk(file)


def test_names_as_long_as_the_system_allows(work):
    path = work / ("é" * 127)
    save(read(path), "text\n")
    assert path.read_bytes() == b"text\n" and len(names(work)) == 1


# Refusals


def test_a_file_that_somebody_else_changed_is_not_overwritten_unasked(path):
    file = read(path)
    path.write_bytes(b"theirs, and longer\r\n")
    with pytest.raises(FileChanged, match="was changed by another program"):
        save(file, "mine\n")
    assert path.read_bytes() == b"theirs, and longer\r\n"
    assert not changed_on_disk(save(file, "mine\n", overwrite_changed=True))
    assert path.read_bytes() == b"mine\r\n"


def test_a_change_at_the_last_moment_is_noticed(path, monkeypatch):
    keep = saving.metadata.keep

    def meddled(*arguments):
        path.write_bytes(b"theirs\r\n")
        keep(*arguments)

    monkeypatch.setattr(saving.metadata, "keep", meddled)
    with pytest.raises(FileChanged, match="just now"):
        save(read(path), "mine\n")
    assert path.read_bytes() == b"theirs\r\n" and names(path.parent) == {"file.txt"}


def test_a_change_at_the_last_moment_is_noticed_in_place_as_well(path, monkeypatch):
    os.link(path, path.with_name("other"))
    changed = saving.refuse_changed

    def meddled(*arguments):
        changed(*arguments)
        path.write_bytes(b"theirs\r\n")

    monkeypatch.setattr(saving, "refuse_changed", meddled)
    with pytest.raises(FileChanged, match="just now"):
        save(read(path), "mine\n")
    assert path.read_bytes() == b"theirs\r\n"


@pytest.mark.parametrize("existed", [True, False])
def test_a_file_that_comes_or_goes_at_the_last_moment_is_noticed(path, monkeypatch, existed):
    changed = saving.refuse_changed
    if not existed:
        path.unlink()

    def meddled(*arguments):
        changed(*arguments)
        path.unlink() if existed else path.write_bytes(b"theirs\r\n")

    monkeypatch.setattr(saving, "refuse_changed", meddled)
    with pytest.raises(FileChanged, match="just now"):
        save(read(path), "mine\n")
    assert existed != path.exists()
    assert existed or path.read_bytes() == b"theirs\r\n"


def test_somebody_elses_change_to_the_very_same_text_is_none(path):
    file = read(path)
    path.write_bytes(b"same\r\n")
    save(file, "same\n")


def test_a_removed_file_is_not_brought_back_unasked(path):
    file = read(path)
    path.unlink()
    with pytest.raises(FileChanged, match="was removed"):
        save(file, "mine\n")
    save(file, "mine\n", overwrite_changed=True)
    assert path.read_bytes() == b"mine\r\n"


def test_a_file_made_meanwhile_is_not_overwritten_unasked(work):
    file = read(work / "new")
    (work / "new").write_bytes(b"theirs")
    with pytest.raises(FileChanged, match="was created by another program"):
        save(file, "mine")


def test_another_name_that_exists_is_not_overwritten_unasked(path):
    file = read_bytes(b"mine\n")
    with pytest.raises(FileExists, match=r"file\.txt exists already"):
        save(file, file.text, path)
    assert path.read_bytes() == b"old\r\n"
    saved = save(file, file.text, path, overwrite_changed=True)
    assert saved.path == path and path.read_bytes() == b"mine\n"


def test_another_spelling_of_its_own_name_is_no_other_file(path, monkeypatch):
    file = read(path)
    monkeypatch.chdir(path.parent)
    assert save(file, "new\n", "../work/file.txt").text == "new\n"


def test_a_text_without_a_name_needs_one():
    with pytest.raises(SaveFailed, match="no name yet"):
        save(read_bytes(b"x"), "x")


def test_what_cannot_be_encoded_is_not_written(path):
    path.write_bytes("é\n".encode("latin-1"))
    file = read(path)
    with pytest.raises(NotEncodable, match="line 2"):
        save(file, "é\n😀\n")
    assert path.read_bytes() == "é\n".encode("latin-1")
    save(with_encoding(file, "utf-8"), "é\n😀\n")
    assert path.read_bytes() == "é\n😀\n".encode()


def test_a_read_only_file_is_left_alone(path):
    path.chmod(0o444)
    with pytest.raises(SaveFailed, match="read-only"):
        save(read(path), "new\n")
    assert path.read_bytes() == b"old\r\n"


def test_a_file_that_became_a_directory_is_left_alone(path):
    file = read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(SaveFailed, match="this is a directory"):
        save(file, "new\n", overwrite_changed=True)
    assert names(path.parent) == {"file.txt"}


def test_a_folder_that_vanished_is_named(path):
    file = read(path)
    path.unlink()
    path.parent.rmdir()
    with pytest.raises(SaveFailed, match=f"there is no folder {path.parent}"):
        save(file, "new\n", overwrite_changed=True)


def test_a_loop_of_links_is_a_failed_save(work):
    (work / "a").symlink_to("b")
    (work / "b").symlink_to("a")
    with pytest.raises(SaveFailed, match="symbolic links"):
        save(read_bytes(b""), "x", work / "a")
    assert (work / "a").is_symlink() and (work / "b").is_symlink()


def test_a_pipe_is_neither_written_nor_replaced(work):
    os.mkfifo(work / "pipe")
    with pytest.raises(SaveFailed, match="this is a pipe"):
        save(read_bytes(b""), "x", work / "pipe", overwrite_changed=True)
    assert stat.S_ISFIFO((work / "pipe").stat().st_mode)


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_an_impossible_name_is_a_failed_save(work, name):
    with pytest.raises(SaveFailed):
        save(read_bytes(b""), "x", work / name)
    assert not names(work)


SAVE = """
import resource, signal, sys
from pathlib import Path
from codecomplete.integrations.edit.files import SaveFailed, read, save
path = Path(sys.argv[1])
file = read(path)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    save(file, "x" * 500_000)
except SaveFailed as problem:
    print(problem)
"""


@pytest.mark.parametrize("linked", [False, True])
def test_a_disk_that_takes_no_more_leaves_the_old_file(path, state, linked):
    if linked:
        os.link(path, path.parent.parent / "other")
    run = subprocess.run(
        [sys.executable, "-c", SAVE, str(path)], capture_output=True, text=True, timeout=PATIENCE,
        check=True, cwd=Path(__file__).parents[4], env=os.environ | {"XDG_STATE_HOME": str(state)},
    )  # fmt: skip
    assert "not saved: " in run.stdout and "File too large" in run.stdout
    assert path.read_bytes() == b"old\r\n" and names(path.parent) == {"file.txt"}
    assert not [one for one in state.rglob("*") if one.is_file()]


AGAIN = """
import sys
from codecomplete.integrations.edit.files import read, save
for _ in range(30):
    save(read(sys.argv[1]), sys.argv[2] * 50_000, overwrite_changed=True)
"""


def test_two_editors_that_save_at_once_leave_the_text_of_one(path):
    path.write_bytes(b"0" * 50_000)
    editors = [
        subprocess.Popen(
            [sys.executable, "-c", AGAIN, str(path), text], cwd=Path(__file__).parents[4]
        )
        for text in "12"
    ]
    seen = set()
    while any(editor.poll() is None for editor in editors):
        seen.add(path.read_bytes())
    assert [editor.returncode for editor in editors] == [0, 0]
    assert all(len(one) == 50_000 and len(set(one)) == 1 for one in seen)
    assert names(path.parent) == {"file.txt"}


# What others left


def test_what_a_crash_left_is_cleared_up_by_the_next_save_and_by_the_next_opening(path):
    file, litter = read(path), temporary_of(path)
    litter.write_bytes(b"half")
    save(file, "new\n")
    assert names(path.parent) == {"file.txt"}
    litter.write_bytes(b"half")
    read(path)
    assert names(path.parent) == {"file.txt"}


def test_something_that_cannot_be_cleared_up_does_not_prevent_saving(path, monkeypatch):
    monkeypatch.setattr(replacing, "PAUSE", 0)
    temporary_of(path).mkdir()
    file = save(read(path), "new\n")
    temporary_of(path).rmdir()
    assert names(path.parent) == {"file.txt"}
    assert path.read_bytes() == b"new\r\n" and not changed_on_disk(file)


def test_saving_keeps_no_descriptor_open(path):
    os.link(path, path.with_name("other"))
    file = read(path)
    before = descriptors()
    for number in range(3):
        file = save(file, f"{number}\n")
        other = save(read_bytes(b""), "x", path.with_name(f"{number}"))
        with pytest.raises(FileExists):
            save(read_bytes(b""), "y", other.path)
    assert descriptors() == before
