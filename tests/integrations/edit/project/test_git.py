"""What git does not have of a text, beside its lines."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.edit.project import git
from codecomplete.integrations.edit.project.git import Change, changes, staged
from tests.integrations.edit.test_losing_nothing import SAVE, UNDO, typed
from tests.integrations.edit.test_pseudo_terminal import started
from tests.patience import work_below


@pytest.fixture
def file(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    path = folder / "a.txt"
    path.write_bytes(b"one\r\ntwo\r\nthree\r\nfour\r\n")
    run = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", folder]
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run([*run, "add", "."], check=True)
    return path


LINES = st.lists(st.sampled_from("abc"), min_size=1, max_size=8)


@given(LINES, LINES)
def test_lines_that_are_not_marked_are_git_s_in_their_order(old, new):
    marked = changes(old, new)
    kept = [line for row, line in enumerate(new)
            if marked.get(row) not in (Change.ADDED, Change.CHANGED)]  # fmt: skip
    rest = iter(old)
    assert all(line in rest for line in kept)
    assert (old == new) == (not marked) and all(0 <= row < len(new) for row in marked)


def test_many_changes_cost_no_time():
    old, new = [str(n) for n in range(200_000)], [str(n) for n in range(100_000, 300_000)]
    with work_below(30):
        assert set(changes(old, new).values()) == {Change.CHANGED}


def test_what_git_has_is_what_was_added_and_other_files_have_nothing(file):
    assert staged(file) == ["one", "two", "three", "four", ""]
    assert staged(file.with_name("none.txt")) is None
    assert staged(file.parent.parent / "outside.txt") is None


def test_asking_runs_no_program_that_the_project_names(file):
    made = file.with_name("ran")
    (file.parent / ".gitattributes").write_text("*.txt filter=x diff=x\n")
    for name in ("core.fsmonitor", "filter.x.smudge", "diff.x.textconv"):
        subprocess.run(["git", "-C", file.parent, "config", name, f"touch {made}; cat"], check=True)
    assert staged(file) is not None and not made.exists()


def test_a_file_too_large_to_compare_has_no_marks(file, monkeypatch):
    monkeypatch.setattr(git, "MOST_BYTES", 3)
    assert staged(file) is None


def signs(terminal) -> list[str]:
    return [row[2] for row in terminal.screen.display[:5]]


def test_lines_are_marked_while_they_are_edited_and_no_more_once_git_has_them(tmp_path, file):
    with started(tmp_path, "+2", file) as terminal:
        typed(terminal, "x", "\x1b[B\x1b[F\r", "new")
        terminal.wait(lambda: signs(terminal) == [" ", "▎", " ", "▎", " "])
        cells = [terminal.screen.buffer[row][2].fg for row in (1, 3)]
        assert cells[0] != cells[1]
        typed(terminal, UNDO * 3)
        terminal.wait(lambda: signs(terminal)[3] == " ")
        typed(terminal, "\x1b[1;5H\x1bk")
        terminal.wait(lambda: signs(terminal)[0] in "▔▎")
        typed(terminal, SAVE)
        subprocess.run(["git", "-C", file.parent, "add", "."], check=True)
        typed(terminal, "\x1b[I")  # the terminal has the focus again
        terminal.wait(lambda: signs(terminal) == [" "] * 5)


def test_outside_of_git_and_where_it_is_switched_off_nothing_is_marked(tmp_path, file):
    (tmp_path / "codecomplete").mkdir()
    (tmp_path / "codecomplete/edit.toml").write_text("git_marks = false\n")
    with started(tmp_path, file) as terminal:
        typed(terminal, "x")
        terminal.settle(0.8)
        assert signs(terminal) == [" "] * 5
