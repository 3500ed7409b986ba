"""Files by their names and places by what stands there, with the bytes that a terminal sends."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.integrations.edit.test_losing_nothing import said, typed
from tests.integrations.edit.test_pseudo_terminal import started, unknown
from tests.integrations.terminal import ESCAPE

FIND_FILE, FIND_IN_FILES, FIND, ALT_UP, ALT_DOWN = (
    "\x1bo",
    "\x1bg",
    "\x06",
    "\x1b[1;3A",
    "\x1b[1;3B",
)
DOWN, TAB, UNDO, SAVE = "\x1b[B", "\t", "\x1a", "\x13"


@pytest.fixture
def project(tmp_path) -> Path:
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "main.py").write_text("import lib.tools\n\nlib.tools.sweep()\n")
    (folder / "lib/tools.py").write_text("# tools\ndef sweep():\n    return 'sweep'\n")
    (folder / "lib/made.log").write_text("sweep\n")
    (folder / "lib/e\x1b[2Jvil.txt").write_text("sweep \x1b]0;t\x07\n")
    (folder / ".gitignore").write_text("*.log\n")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def test_a_file_is_opened_by_some_letters_of_its_name(tmp_path, project):
    with started(tmp_path, project / "main.py") as terminal:
        typed(terminal, FIND_FILE)
        terminal.wait(lambda: "4 files" in terminal.text() or "3 files" in terminal.text())
        assert "made.log" not in terminal.text()
        typed(terminal, "ltoo")
        terminal.wait(lambda: "lib/tools.py" in terminal.text())
        typed(terminal, "\r")
        terminal.wait(lambda: "# tools" in terminal.text() and "def sweep" in terminal.text())
    assert unknown(terminal.raw) == ""


def test_escape_opens_nothing_and_what_is_not_there_cannot_be_chosen(tmp_path, project):
    with started(tmp_path, project / "main.py") as terminal:
        typed(terminal, FIND_FILE, "zzzz", "\r")
        terminal.wait(lambda: "zzzz" in terminal.text())
        assert "Open a file of" in terminal.text()
        typed(terminal, ESCAPE)
        terminal.wait(lambda: "Open a file of" not in terminal.text())
        typed(terminal, "x", SAVE)
        terminal.wait(lambda: (project / "main.py").read_text().startswith("ximport"))


def test_a_folder_as_an_argument_is_chosen_from(tmp_path, project):
    with started(tmp_path, project / "lib") as terminal:
        terminal.wait(lambda: "Open a file of" in terminal.text() and "tools.py" in terminal.text())
        assert "main.py" not in terminal.text()
        typed(terminal, "tools\r")
        terminal.wait(lambda: "def sweep" in terminal.text())


def test_the_open_prompt_takes_a_folder_too(tmp_path, project):
    with started(tmp_path, project / "main.py", folder=project) as terminal:
        typed(terminal, "\x0f", "li" + TAB)
        terminal.wait(lambda: "lib/" in terminal.text())
        typed(terminal, "\r")
        terminal.wait(lambda: "Open a file of" in terminal.text() and "tools.py" in terminal.text())


def test_a_place_is_found_in_the_files_and_the_list_is_still_there_the_next_time(tmp_path, project):
    with started(tmp_path, project / "main.py") as terminal:
        typed(terminal, FIND_IN_FILES, "sweep", "\r")
        terminal.wait(lambda: "4 in 3 files" in terminal.text())
        terminal.wait(lambda: "lib/tools.py:2" in terminal.text())
        terminal.settle()
        assert "made.log" not in terminal.text()
        rows = [row for row in terminal.lines() if "sweep" in row]
        at = next(i for i, row in enumerate(rows[1:]) if "tools.py:2" in row)
        typed(terminal, DOWN * at, "\r")
        terminal.wait(lambda: "Ln 2, Col 5" in terminal.text() and "def sweep" in terminal.text())
        typed(terminal, FIND_IN_FILES)
        terminal.wait(lambda: "4 in 3 files" in terminal.text())
        typed(terminal, DOWN, "\r")
        terminal.wait(lambda: "Find in the files" not in terminal.text())
        assert "Ln 2, Col 5" not in terminal.text()
    assert unknown(terminal.raw) == ""


def test_what_is_not_saved_is_found_as_it_is_typed(tmp_path, project):
    with started(tmp_path, project / "main.py") as terminal:
        typed(terminal, "broom ", FIND_IN_FILES, "broom", "\r")
        terminal.wait(lambda: "1 in 1 files" in terminal.text() and "main.py:1" in terminal.text())


def test_a_wrong_pattern_is_said_in_the_list(tmp_path, project):
    with started(tmp_path, project / "main.py") as terminal:
        typed(terminal, FIND_IN_FILES, "(", "\x1br", "\r")
        terminal.wait(lambda: said(terminal, "missing )"))
        typed(terminal, ESCAPE)
        terminal.wait(lambda: "import lib.tools" in terminal.text())


def test_what_was_looked_for_before_comes_back(tmp_path, project):
    with started(tmp_path, project / "main.py") as terminal:
        typed(terminal, FIND, "tools", "\r", ESCAPE)
        typed(terminal, FIND, "\x15sweep", "\r", ESCAPE)
        typed(terminal, FIND, "\x15", ALT_UP)
        terminal.wait(lambda: any("sweep" in row for row in terminal.lines()[-5:-2]))
        typed(terminal, ALT_UP)
        terminal.wait(lambda: any("tools" in row for row in terminal.lines()[-5:-2]))
        typed(terminal, ALT_DOWN)
        terminal.wait(lambda: any("sweep" in row for row in terminal.lines()[-5:-2]))
        assert "1 of 1" in terminal.text()


def test_matches_are_replaced_one_by_one_or_all_in_one_step(tmp_path, project):
    file = project / "main.py"
    file.write_text("a b a b a\n")
    with started(tmp_path, file) as terminal:
        typed(terminal, "\x12", "a", TAB, "xx", "\r")
        terminal.wait(lambda: "xx b a b a" in terminal.lines()[0])
        typed(terminal, "\r")
        terminal.wait(lambda: "xx b xx b a" in terminal.lines()[0])
        typed(terminal, ESCAPE, UNDO)
        terminal.wait(lambda: "xx b a b a" in terminal.lines()[0])
        typed(terminal, "\x12", "\x15a", TAB, "\x15zz", "\x1ba")
        terminal.wait(lambda: "xx b zz b zz" in terminal.lines()[0])
        typed(terminal, ESCAPE, UNDO)
        terminal.wait(lambda: "xx b a b a" in terminal.lines()[0])
