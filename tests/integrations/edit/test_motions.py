"""The keys and clicks of the first minute, as terminals send them."""

from __future__ import annotations

import pytest

from tests.integrations.edit.test_losing_nothing import PATIENT, SAVE, UNDO, typed
from tests.integrations.edit.test_pseudo_terminal import started

LINES = [f"line {count} of text" for count in range(1, 41)]
HOME, END, CTRL_A = "\x1b[H", "\x1b[F", "\x01"
CTRL_HOME, CTRL_END = "\x1b[1;5H", "\x1b[1;5F"
CTRL_SHIFT_HOME, CTRL_SHIFT_END = "\x1b[1;6H", "\x1b[1;6F"
SHIFT_PAGE_UP, SHIFT_PAGE_DOWN, SHIFT_END = "\x1b[5;2~", "\x1b[6;2~", "\x1b[1;2F"
ALT_UP, ALT_DOWN, CTRL_D, ALT_K, ALT_J = "\x1b[1;3A", "\x1b[1;3B", "\x04", "\x1bk", "\x1bj"
DOWN, PASTE, COPY, CUT, PALETTE = "\x1b[B", "\x16", "\x03", "\x18", "\x10"


def mouse(button: int, column: int, row: int, end: str = "M") -> str:
    """A press, or a release with "m", on a character of the text counted from 0."""
    return f"\x1b[<{button};{column + 5};{row + 1}{end}"


def click(column: int, row: int, button: int = 0) -> str:
    return mouse(button, column, row) + mouse(button, column, row, "m")


@pytest.fixture
def opened(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("\n".join(LINES))
    with started(tmp_path, file) as terminal:
        yield terminal, file


def saved(terminal, file) -> list[str]:
    """What the file holds now; a text without changes is saved already."""
    terminal.settle(PATIENT)
    terminal.send(SAVE)
    terminal.settle(PATIENT)
    terminal.wait(lambda: "modified" not in terminal.text())
    return file.read_text().split("\n")


def test_to_both_ends_of_the_text_and_selecting_on_the_way(opened):
    terminal, file = opened
    typed(terminal, CTRL_END, "!", CTRL_HOME, "?")
    assert saved(terminal, file) == ["?" + LINES[0], *LINES[1:-1], LINES[-1] + "!"]
    typed(terminal, CTRL_SHIFT_END, "x", UNDO, CTRL_SHIFT_END, CTRL_SHIFT_HOME)
    terminal.wait(
        lambda: "(1 selected)" in terminal.text()
    )  # what is before the caret, up to the beginning
    typed(terminal, CTRL_A, "all of it")
    assert saved(terminal, file) == ["all of it"]


def test_a_page_with_shift_selects_it(opened):
    terminal, _ = opened
    typed(terminal, SHIFT_PAGE_DOWN)
    terminal.wait(lambda: "selected)" in terminal.text() and "Ln 19" in terminal.text())
    typed(terminal, SHIFT_PAGE_UP)
    terminal.wait(lambda: "selected)" not in terminal.text() and "Ln 1," in terminal.text())


def test_home_is_the_line_and_ctrl_a_is_everything(opened):
    terminal, file = opened
    typed(terminal, DOWN, END, HOME, "x")
    assert saved(terminal, file)[1] == "x" + LINES[1]
    typed(terminal, CTRL_A)
    terminal.wait(lambda: f"({len(file.read_text())} selected)" in terminal.text())


def test_lines_are_moved_duplicated_deleted_and_joined_each_in_one_step_of_undo(opened):
    terminal, file = opened
    one, two, three, *rest = LINES
    typed(terminal, ALT_DOWN)
    assert saved(terminal, file) == [two, one, three, *rest]
    typed(terminal, ALT_UP)
    assert saved(terminal, file) == LINES
    typed(terminal, ALT_UP)  # there is nothing above
    assert saved(terminal, file) == LINES
    typed(terminal, CTRL_D)
    assert saved(terminal, file) == [one, *LINES]
    terminal.wait(lambda: "Ln 2" in terminal.text())
    typed(terminal, UNDO, ALT_K)
    assert saved(terminal, file) == [two, three, *rest]
    typed(terminal, UNDO, ALT_J)
    assert saved(terminal, file) == [f"{one} {two}", three, *rest]
    typed(terminal, UNDO)
    assert saved(terminal, file) == LINES
    typed(terminal, CTRL_END, ALT_K)
    assert saved(terminal, file) == LINES[:-1]
    typed(terminal, ALT_DOWN, ALT_J)  # there is nothing below
    assert saved(terminal, file) == LINES[:-1]


def test_two_clicks_select_a_word_three_a_line_and_shift_as_far_as_the_mouse(opened):
    terminal, file = opened
    typed(terminal, click(6, 1) * 2)
    terminal.wait(lambda: "(1 selected)" in terminal.text())  # "2"
    typed(terminal, click(11, 2) * 2, "word")
    assert saved(terminal, file)[2] == "line 3 of word"
    typed(terminal, click(3, 4) * 3, "gone")
    assert saved(terminal, file)[4] == "gone" + LINES[5]
    typed(terminal, click(0, 0), click(4, 0, button=4))
    terminal.wait(lambda: "(4 selected)" in terminal.text())


def test_the_text_comes_along_while_the_mouse_is_dragged_beyond_it(opened):
    terminal, _ = opened
    typed(terminal, mouse(0, 0, 5), mouse(32, 0, 8))
    terminal.wait(lambda: "selected)" in terminal.text())
    terminal.send(mouse(32, 3, 19))
    terminal.wait(lambda: "line 35" in terminal.text())
    terminal.send(mouse(0, 3, 19, "m"))
    terminal.settle()
    assert "selected)" in terminal.text()
    where = terminal.text()
    terminal.settle(0.5)
    assert terminal.text() == where  # and stops with the button


@pytest.mark.parametrize(("words", "expected"), [
    ("clone line", [LINES[0], LINES[0], LINES[1]]),
    ("kill line", LINES[1:4]),
])  # fmt: skip
def test_the_palette_knows_other_words(opened, words, expected):
    terminal, file = opened
    typed(terminal, PALETTE, words)
    terminal.settle(0.5)
    typed(terminal, "\r")
    terminal.wait(lambda: "modified" in terminal.text())
    assert saved(terminal, file)[: len(expected)] == expected


def test_copy_cut_and_paste_by_keys(opened):
    terminal, file = opened
    typed(terminal, SHIFT_END, COPY, END, PASTE)
    assert saved(terminal, file)[0] == LINES[0] * 2
    typed(terminal, CUT)
    assert saved(terminal, file) == LINES[1:]
