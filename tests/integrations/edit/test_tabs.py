"""Views side by side, with the bytes that a terminal sends."""

from __future__ import annotations

import pytest

from tests.integrations.edit.test_losing_nothing import QUIT, SAVE, UNDO, answered, typed
from tests.integrations.edit.test_pseudo_terminal import started

SPLIT, OTHER, NEXT_TAB, CLOSE, CTRL_END = "\x1bv", "\x1b[17~", "\x1b[6;5~", "\x1bw", "\x1b[1;5F"
HALF = 50  # cells, of 100


def left(terminal) -> str:
    return "\n".join(row[:HALF].rstrip() for row in terminal.screen.display)


def right(terminal) -> str:
    return "\n".join(row[HALF:].rstrip() for row in terminal.screen.display)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("".join(f"line {number}\n" for number in range(1, 101)))
    return path


def test_a_text_is_shown_twice_and_changed_in_both(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, SPLIT)
        terminal.wait(lambda: "line 1" in left(terminal) and "line 1" in right(terminal))
        typed(terminal, OTHER, CTRL_END)
        terminal.wait(lambda: "line 100" in right(terminal) and "line 1\n" in left(terminal))
        typed(terminal, OTHER, "new\r")
        terminal.wait(lambda: "Ln 2" in terminal.text() and "new" in left(terminal))
        assert "line 100" in right(terminal)
        typed(terminal, OTHER, "end", SAVE)
        terminal.wait(lambda: file.read_text().endswith("0\nend"))
        assert file.read_text().startswith("new\nline 1\n")
        typed(terminal, UNDO * 4)
        terminal.wait(lambda: "new" not in left(terminal))
        typed(terminal, SPLIT)
        terminal.wait(lambda: "line" not in right(terminal))


def test_each_side_can_show_another_file_and_closing_leaves_one(tmp_path, file):
    other = tmp_path / "b.txt"
    other.write_text("other text\n")
    with started(tmp_path, file, other) as terminal:
        typed(terminal, SPLIT, OTHER, NEXT_TAB)
        terminal.wait(lambda: "other text" in terminal.text() and "line 1" in terminal.text())
        typed(terminal, "x", SAVE)
        terminal.wait(lambda: other.read_text() == "xother text\n")
        typed(terminal, CLOSE)
        terminal.wait(lambda: "other text" not in terminal.text() and "line 1" in terminal.text())
        typed(terminal, "y", QUIT)
        answered(terminal, "unsaved changes", "s")
        terminal.ended()
    assert file.read_text().startswith("yline 1")


def test_a_click_goes_to_the_other_side(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, SPLIT)
        terminal.wait(lambda: "line 1" in right(terminal))
        typed(terminal, "\x1b[<0;70;6M", "\x1b[<0;70;6m", "here")
        terminal.wait(lambda: "here" in left(terminal) and "here" in right(terminal))
        terminal.wait(lambda: "Ln 6" in terminal.text())
