"""Unsaved work outlives its editor, is found once, and belongs to nobody else."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codecomplete.integrations.edit.files import (
    FileChanged,
    Recovery,
    RecoveryFailed,
    read,
    read_bytes,
    recovery,
    save,
)
from tests.patience import PATIENCE

from .material import descriptors, files, typed

LEAVE = """
import os, signal, sys
from codecomplete.integrations.edit.files import Recovery, read, read_bytes
file = read(sys.argv[1]) if sys.argv[1] else read_bytes(b"")
recovery = Recovery.for_file(file)
recovery.write(file.text + file.inward(sys.argv[2]))
print("written", flush=True)
sys.stdin.read()
"""


def editor(path: Path | str, typed: str) -> subprocess.Popen:
    """Another process that has put its unsaved work aside and still lives."""
    started = subprocess.Popen(
        [sys.executable, "-c", LEAVE, str(path), typed],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[4],
    )  # fmt: skip
    assert started.stdout.readline() == "written\n"
    return started


def kill(started: subprocess.Popen) -> None:
    started.send_signal(signal.SIGKILL)
    started.communicate(timeout=PATIENCE)


def abandon(recovery: Recovery) -> None:
    """What the system does when the process ends."""
    recovery._let_go()


@pytest.fixture
def path(work) -> Path:
    made = work / "file.c"
    made.write_bytes(b"int a;\r\n\x0c\xff \xc3\xa9\xc3\xa9\r\n")
    return made


def test_work_of_a_killed_editor_is_found_and_can_be_saved(path):
    kill(editor(path, "int b;\x1b\n"))
    (found,) = Recovery.find(path)
    assert found.file.path == path and not found.interrupted_save
    assert found.file.text.startswith(read(path).text) and len(found.file.text) > 10
    assert str(path) in found.sentence and f"{found.written:%Y-%m-%d}" in found.sentence
    before = path.read_bytes()
    save(found.file, found.file.text)
    assert path.read_bytes() == before + b"int b;\x1b\r\n"


def test_work_of_a_living_editor_is_its_own(path):
    started = editor(path, "x")
    try:
        assert Recovery.find(path) == []
    finally:
        kill(started)
    assert len(Recovery.find(path)) == 1


def test_two_editors_of_one_file_keep_their_work_apart(path):
    first, second = editor(path, "first"), editor(path, "second")
    kill(first)
    kill(second)
    found = Recovery.find(path)
    assert sorted(one.file.text[-6:] for one in found) == ["\nfirst", "second"]
    assert found[0].written >= found[1].written


def test_texts_without_a_name_are_found_as_such(path):
    kill(editor("", "no name"))
    assert [one.file.text for one in Recovery.find(None)] == ["no name"]
    assert "an unnamed text" in Recovery.find(None)[0].sentence
    assert Recovery.find(path) == []


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "/dev/null/x"])
def test_nothing_is_found_for_an_impossible_path(path):
    assert Recovery.find(path) == []


def test_it_is_found_under_any_spelling_of_the_path(path, monkeypatch):
    kill(editor(path, "x"))
    monkeypatch.chdir(path.parent)
    path.with_name("link").symlink_to(path)
    assert len(Recovery.find("file.c")) == len(Recovery.find("link")) == 1


def test_what_was_restored_or_refused_is_not_found_again(path):
    kill(editor(path, "x"))
    Recovery.find(path)[0].discard()
    assert Recovery.find(path) == []


def test_what_was_saved_is_discarded(path, state):
    unsaved = Recovery.for_file(read(path))
    unsaved.write("text")
    unsaved.discard()
    unsaved.discard()
    assert not [one for one in state.rglob("*") if one.is_file()]


def test_writing_goes_on_after_a_discard(path):
    unsaved = Recovery.for_file(read(path))
    assert unsaved.write("text")
    unsaved.discard()
    assert unsaved.write("text")
    abandon(unsaved)
    assert len(Recovery.find(path)) == 1


def test_what_is_on_disk_by_now_is_not_offered(path, state):
    file = read(path)
    unsaved = Recovery.for_file(file)
    unsaved.write("saved after all\n")
    abandon(unsaved)
    save(file, "saved after all\n")
    assert Recovery.find(path) == []
    assert not [one for one in state.rglob("*") if one.is_file()]


def test_the_same_text_is_written_once(path):
    unsaved = Recovery.for_file(read(path))
    assert [unsaved.write(text) for text in ("a", "a", "b", "a")] == [True, False, True, True]


def test_restoring_over_a_file_that_changed_since_is_a_question(path):
    kill(editor(path, "x"))
    path.write_bytes(b"changed since")
    (found,) = Recovery.find(path)
    assert found.sentence.endswith("The file has changed since.")
    with pytest.raises(FileChanged):
        save(found.file, found.file.text)


def test_a_file_that_was_never_saved_is_found_by_its_name(work):
    kill(editor(work / "new.py", "print()"))
    (found,) = Recovery.find(work / "new.py")
    assert found.file.text == "print()" and found.file.stamp is None
    save(found.file, found.file.text)
    assert (work / "new.py").read_bytes() == b"print()"


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files, typed)
def test_whatever_is_found_saves_as_it_would_have_been_saved(work, data, more):
    path = work / "any"
    path.write_bytes(data)
    file = read(path)
    text = file.text + file.inward("x" + more)
    unsaved = Recovery.for_file(file)
    unsaved.write(text)
    abandon(unsaved)
    (found,) = Recovery.find(path)
    assert (found.file.text, found.file.stamp) == (text, file.stamp)
    assert (found.file.bom, found.file.encoding, found.file.block, found.file.mixed) == (
        file.bom, file.encoding, file.block, file.mixed,
    )  # fmt: skip
    found.discard()


# Private, bounded, whole


def test_nobody_else_can_read_it_and_it_is_not_in_the_project(path, state):
    before = os.umask(0)
    try:
        unsaved = Recovery.for_file(read(path))
        unsaved.write("secret")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(one.stat().st_mode) for one in state.rglob("*")}
    kinds = {stat.S_IMODE(one.stat().st_mode) for one in state.rglob("*") if one.is_dir()}
    assert modes == {0o700, 0o600} and kinds == {0o700}
    assert [one.name for one in path.parent.iterdir()] == ["file.c"]
    unsaved.discard()


def test_a_folder_that_others_can_read_is_made_private(path, state):
    (state / "codecomplete").mkdir(parents=True, mode=0o755)
    unsaved = Recovery.for_file(read(path))
    unsaved.write("secret")
    assert stat.S_IMODE((state / "codecomplete").stat().st_mode) == 0o700
    unsaved.discard()


def test_a_text_over_the_limit_is_refused_with_a_sentence(path, monkeypatch):
    monkeypatch.setattr(recovery, "MOST_BYTES", 10)
    with pytest.raises(RecoveryFailed, match="put aside only up to"):
        Recovery.for_file(read(path)).write("x" * 11)


def test_where_it_cannot_be_put_aside_a_sentence_says_so(path, state):
    state.write_text("not a folder")
    with pytest.raises(RecoveryFailed, match="cannot be put aside: "):
        Recovery.for_file(read(path)).write("x")
    assert Recovery.find(path) == []


def test_of_very_many_the_oldest_are_dropped(path, state, monkeypatch):
    monkeypatch.setattr(recovery, "MOST_FILES", 3)
    for number in range(6):
        unsaved = Recovery.for_file(read_bytes(b""))
        unsaved.write(f"{number}")
        abandon(unsaved)
        os.utime(unsaved._place, (number, number))
    assert {one.file.text for one in Recovery.find(None)} == {"3", "4", "5"}


def test_of_very_many_those_in_use_stay(state, monkeypatch):
    monkeypatch.setattr(recovery, "MOST_FILES", 1)
    used = [Recovery.for_file(read_bytes(b"")) for _ in range(3)]
    for one in used:
        one.write("in use")
    Recovery.find(None)
    assert all(one._place.exists() for one in used)
    for one in used:
        one.discard()


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_damaged_file_is_ignored_and_kept(path, cut):
    unsaved = Recovery.for_file(read(path))
    unsaved.write("text " * 10)
    abandon(unsaved)
    whole = unsaved._place.read_bytes()
    unsaved._place.write_bytes(whole[: min(cut, len(whole) - 1)])
    assert Recovery.find(path) == [] and unsaved._place.exists()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_altered_file_is_ignored(path, data):
    unsaved = Recovery.for_file(read(path))
    unsaved.write("text")
    abandon(unsaved)
    try:  # also for an example that is given up while it is drawn
        _alter(unsaved._place, data)
        assert Recovery.find(path) == []
    finally:
        unsaved._place.unlink()


def _alter(place, data):
    header, _, body = place.read_bytes().partition(b"\n")
    said = json.loads(header)
    holder, name = data.draw(
        st.sampled_from([(said, "format"), (said, "sizes"), (said, "digest"), (said, "facts")])
        | st.sampled_from(sorted(said["facts"])).map(lambda name: (said["facts"], name))
    )
    values = st.none() | st.integers() | st.text(max_size=4) | st.just([]) | st.just({"a": [1]})
    holder[name] = data.draw(values.filter(lambda value: value != holder[name]))
    place.write_bytes(json.dumps(said).encode() + b"\n" + body)


def test_several_threads_may_write_and_discard(path, state):
    unsaved = Recovery.for_file(read(path))
    before = descriptors()

    def work(name: str) -> None:
        for number in range(20):
            unsaved.write(f"{name}{number}")
            if number % 5 == 0:
                unsaved.discard()

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    unsaved.discard()
    assert not [one for one in state.rglob("*") if one.is_file()]
    assert descriptors() == before
