"""Several carets, with the bytes that a terminal sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.document._edit import Edit

from codecomplete.integrations.edit.commands.carets import moved
from codecomplete.integrations.edit.view.document import CodeDocument
from tests.integrations.edit.editing import editing
from tests.integrations.edit.test_losing_nothing import SAVE, UNDO, typed
from tests.integrations.edit.test_pseudo_terminal import started
from tests.integrations.terminal import ESCAPE

NEXT, ABOVE, BELOW, COLUMN = "\x1bn", "\x1b[1;4A", "\x1b[1;4B", "\x1bm"
END, RIGHT, SHIFT_DOWN, BACKSPACE, REDO = "\x1b[F", "\x1b[C", "\x1b[1;2B", "\x7f", "\x19"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one two\nthree two\nfour\n")
    return path


def saved(terminal, file) -> str:
    typed(terminal, SAVE)
    terminal.wait(lambda: "modified" not in terminal.lines()[-2])
    return file.read_text()


def test_what_is_typed_at_two_occurrences_is_one_step_of_undo(tmp_path, file):
    with started(tmp_path, "+1:5", file) as terminal:
        typed(terminal, NEXT, NEXT)
        terminal.wait(lambda: "(2 carets)" in terminal.text())
        typed(terminal, "new")
        assert saved(terminal, file) == "one new\nthree new\nfour\n"
        typed(terminal, UNDO)
        assert saved(terminal, file) == "one two\nthree two\nfour\n"
        typed(terminal, REDO, "s")
        assert saved(terminal, file) == "one news\nthree news\nfour\n"


def test_carets_below_each_other_move_and_delete_together_until_escape(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, BELOW, BELOW)
        terminal.wait(lambda: "(3 carets)" in terminal.text())
        typed(terminal, END, "!", "\x1b[H", "- ", RIGHT + BACKSPACE)
        assert saved(terminal, file) == "- ne two!\n- hree two!\n- our!\n"
        typed(terminal, ESCAPE, "x")
        assert saved(terminal, file) == "- ne two!\n- hree two!\n- xour!\n"


def test_a_selection_becomes_a_column_and_takes_a_line_of_the_clipboard_each(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, "\x1b[1;2C" * 3, SHIFT_DOWN, COLUMN)
        terminal.wait(lambda: "(2 carets)" in terminal.text())
        typed(terminal, "\x03", END, "\x1b[200~ A\n B\x1b[201~")
        assert saved(terminal, file) == "one two A\nthree two B\nfour\n"


def test_a_new_line_at_each_caret_is_indented_like_its_line(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("  a\n    b\n")
    with started(tmp_path, file) as terminal:
        typed(terminal, BELOW, END, "\r", "x")
        assert saved(terminal, file) == "  a\n  x\n    b\n    x\n"


def test_the_other_carets_are_seen(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, BELOW, END)
        cells = [terminal.screen.buffer[row] for row in (0, 1, 2)]
        terminal.wait(lambda: cells[0][3 + 7].bg == cells[1][3 + 9].bg != cells[2][3 + 7].bg)


@pytest.mark.asyncio
async def test_ghost_text_is_at_the_main_caret_only_and_goes_in_there_alone():
    async with editing("def a\ndef a", name="a.py", place=(1, 6)) as driven:
        await driven.press("alt+shift+down")
        await driven.type("r")
        ghost = await driven.suggested()
        assert driven.rows()[0].rstrip().endswith("def ar")
        await driven.press("tab")
        assert driven.text == f"def ar\ndef ar{ghost}" and len(driven.editor.others) == 1


@pytest.mark.asyncio
async def test_all_occurrences_and_a_click_or_another_command_leaves_one_caret():
    async with editing("a b a b a", place=(1, 1), enabled=False) as driven:
        driven.editor.action_all_occurrences()
        assert len(driven.editor.others) == 2
        await driven.type("x")
        assert driven.text == "x b x b x"
        await driven.press("ctrl+d")
        assert driven.editor.others == () and driven.text == "x b x b x\nx b x b x"


@given(st.lists(st.text("ab", max_size=4), min_size=1, max_size=4), st.data())
def test_a_place_after_an_edit_stands_before_the_same_text(lines, data):
    document = CodeDocument("\n".join(lines))

    def place():
        row = data.draw(st.integers(0, len(lines) - 1))
        return row, data.draw(st.integers(0, len(lines[row])))

    start, end = sorted((place(), place()))
    spot = place()
    rest = document.get_text_range(max(spot, end), document.end)
    edit = Edit(data.draw(st.text("x\n", max_size=3)), start, end, False)
    result = document.replace_range(start, end, edit.text)
    now = moved(spot, edit, result.end_location)
    if spot >= end and spot > start:
        assert document.get_text_range(now, document.end) == rest
    elif spot <= start:
        assert now == spot
    else:
        assert now == result.end_location
