"""The command line: what is opened where, and what is said when nothing is."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from codecomplete.integrations.edit import command, files
from codecomplete.integrations.edit.command import Opening, openings
from tests.integrations.terminal import ROOT
from tests.patience import PATIENCE


@pytest.mark.parametrize(
    ("words", "opened"),
    [
        (["a.c"], [Opening("a.c")]),
        (["+12", "a.c", "b.c"], [Opening("a.c", (12, 1)), Opening("b.c")]),
        (["a.c:3"], [Opening("a.c", (3, 1))]),
        (["a.c:3:7"], [Opening("a.c", (3, 7))]),
        (["a.c:3:7:"], [Opening("a.c", (3, 7))]),
        (["+2:5", "a.c"], [Opening("a.c", (2, 5))]),
        (["+/int b", "a.c"], [Opening("a.c", wanted="int b")]),
        (["+²", "+" + "9" * 5000], [Opening("+²"), Opening("+" + "9" * 5000)]),
        (["+1", "+2"], [Opening("+2", (1, 1))]),
        (["a.c", "+12"], [Opening("a.c", (12, 1))]),
        (["a.c", "+2", "b.c", "+/x"], [Opening("a.c"), Opening("b.c", wanted="x")]),
        (["+1"], []),
        (["-"], [Opening("-")]),
        (["a:b"], [Opening("a:b")]),
        ([], []),
    ],
)
def test_what_words_open(words, opened):
    assert openings(words) == opened


def test_a_file_that_is_called_so_is_opened_under_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.c:3").write_text("")
    assert openings(["a.c:3"]) == [Opening("a.c:3")]


def test_a_file_is_opened_once_however_it_is_spelled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = openings(["a.c", "./a.c", "b.c", str(tmp_path / "a.c") + ":3"])
    assert [one.place for one in command._once(wanted)] == [(3, 1), None]


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_it_says_what_it_is(word, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main([word])
    assert ended.value.code == 0 and "cc-edit" in capsys.readouterr().out


def test_settings_are_written_once_and_never_over_others(capsys):
    assert command.main(["--settings"]) == 0
    place = capsys.readouterr().out.strip()
    assert place.endswith("edit.toml")
    assert command.main(["--write-settings"]) == 0
    assert tomllib.loads(Path(place).read_text(encoding="utf-8")) == {}
    capsys.readouterr()
    assert command.main(["--write-settings"]) == 1
    assert "already exists" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["file", "folder without rights"])
def test_settings_that_cannot_be_written_are_one_line(tmp_path, monkeypatch, capsys, kind):
    place = tmp_path / "taken"
    place.write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place if kind == "file" else "/proc/nowhere"))
    assert command.main(["--write-settings"]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_circle_of_links_is_one_line(tmp_path, monkeypatch, capsys):
    from codecomplete.integrations.edit import terminal

    monkeypatch.setattr(terminal, "check", lambda: None)
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert command.main([str(tmp_path / "a")]) == 1
    said = capsys.readouterr().err
    assert "cannot be read" in said and said.count("\n") == 1


def test_one_name_that_cannot_be_opened_keeps_no_other_closed(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("text")
    read, problems = command._read(openings([str(tmp_path), str(file)]), b"")
    assert [one.text for _, one in read] == ["text"] and "a directory" in problems[0]


def test_words_to_go_to_are_a_place():
    wanted = Opening("a.c", wanted="int b")
    assert command._place(wanted, "int a;\n  int b;\n") == (2, 3)
    assert command._place(wanted, "nothing") is None


def test_what_is_put_aside_is_listed_without_a_terminal(tmp_path, capsys):
    assert command.main(["--unsaved"]) == 0
    assert "No unsaved work" in capsys.readouterr().out
    files.Recovery.keep(files.read_bytes(b"a\x1bb\nmore"), "a thought\nmore", "reloaded")
    assert command.main(["--unsaved"]) == 0
    assert "an unnamed text  (before a reload)  a thought" in capsys.readouterr().out


def test_without_a_terminal_it_says_so_in_one_line():
    ran = subprocess.run(
        [sys.executable, "-m", "codecomplete.integrations.edit", "a.py"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE,
    )  # fmt: skip
    assert ran.returncode == 1 and ran.stderr == "cc-edit: standard input is not a terminal\n"


def test_what_cannot_be_opened_is_said_without_control_characters(tmp_path, monkeypatch, capsys):
    from codecomplete.integrations.edit import terminal

    monkeypatch.setattr(terminal, "check", lambda: None)
    pipe = tmp_path / "a\x1b]0;t\x07"
    os.mkfifo(pipe)
    assert command.main([str(pipe)]) == 1
    said = capsys.readouterr().err
    assert "a pipe" in said and "\x1b" not in said and said.count("\n") == 1


def test_arguments_are_understood_before_anything_heavy_is_imported():
    code = (
        "import sys; from codecomplete.integrations.edit.command import openings;"
        "openings(['a.c:3']);"
        "print([m for m in ('textual', 'tokenizers', 'numpy', 'regex', 'tree_sitter')"
        " if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE,
        check=True,
    )
    assert ran.stdout == "[]\n"


def test_nothing_looks_for_garbage_in_what_a_start_makes():
    started = [one["collections"] for one in gc.get_stats()]
    with command.uncollected():
        made = [[] for _ in range(100 * gc.get_threshold()[0])]
        assert [one["collections"] for one in gc.get_stats()] == started
    assert gc.isenabled() and gc.get_freeze_count() >= len(made)
    gc.unfreeze()  # these tests go on for a while


def test_the_app_imports_no_runtime_no_search_library_and_no_torch():
    code = (
        "import sys; from codecomplete.integrations.edit import app;"
        "print([m for m in 'tokenizers numpy onnxruntime regex torch prompt_toolkit'.split()"
        " if m in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE,
        check=True,
    )
    assert ran.stdout == "[]\n"
