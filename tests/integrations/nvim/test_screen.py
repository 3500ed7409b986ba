"""What is suggested is what is seen: tails of lines, hints at the caret, the window's last row."""

from __future__ import annotations

import pytest

from tests.integrations.nvim.frames import attached

CELL = "for index in range(10):"
BLOCK = "if ready:\n    print('first')\n    print('second')"
AREA = "def area(radius):\n    return 3 * radius ** 2"


def drawn(editor) -> list[str]:
    """The rows of the screen as they are."""
    with attached(editor.nvim) as frames:
        editor.nvim.command("redraw!")
        return frames.read()[-1]


def test_the_tail_of_the_line_is_drawn_where_it_lands(editor):
    editor.open(")")
    editor.keys("i", *"if re")
    editor.sees(BLOCK[5:])
    rows = drawn(editor)
    editor.accept()
    assert rows[:3] == editor.text().split("\n") == (BLOCK + ")").split("\n")


def test_a_longer_tail_leaves_nothing_on_the_first_line(editor):
    if not editor.inline:
        pytest.skip("it is not drawn there before 0.10")
    editor.open("(one + two + three + four + five)")
    editor.keys("I", *"if re")
    editor.sees(BLOCK[5:])
    rows = drawn(editor)
    editor.accept()
    assert rows[:3] == editor.text().split("\n")
    assert rows[2].endswith("print('second')(one + two + three + four + five)")


def test_a_crossed_closer_is_drawn_once(editor):
    editor.open("()")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    assert drawn(editor)[0] == f"({CELL})"
    editor.accept()
    assert editor.text() == f"({CELL})"


def test_in_the_last_rows_the_window_scrolls_to_show_all_lines(editor):
    editor.open("\n".join(f"x{number} = {number}" for number in range(60)) + "\n")
    with attached(editor.nvim) as frames:
        editor.keys("G", "i", *"if re")
        editor.sees(BLOCK[5:])
        editor.nvim.command("redraw!")
        rows = frames.read()[-1]
        at = rows.index("if ready:")
        assert rows[at + 1 : at + 3] == BLOCK.split("\n")[1:]
        texts = []
        for _ in range(3):
            editor.accept("<M-C-Right>")
            texts.append(editor.text().partition("x59 = 59\n")[2])
    assert texts == ["\n".join(BLOCK.split("\n")[:count]) for count in (1, 2, 3)]


def test_without_scrolling_only_the_lines_that_are_seen_are_inserted(start):
    editor = start(before=["let g:codecomplete_scroll = v:false"])
    editor.open("\n".join(f"x{number} = {number}" for number in range(60)) + "\n")
    with attached(editor.nvim):
        editor.keys("G", "i", *"if re")
        editor.sees("ady:")
        editor.accept()
        assert editor.text().endswith("x59 = 59\nif ready:")


@pytest.mark.parametrize("height", [1, 2])
def test_in_a_window_that_is_too_small_only_lines_that_are_seen_are_inserted(editor, height):
    editor.open("one\ntwo\n")
    with attached(editor.nvim):
        editor.nvim.command(f"split | resize {height} | setlocal scrolloff=0")
        editor.keys("G", "i", *"if re")
        seen = BLOCK[5:].split("\n")[:height]
        editor.sees("\n".join(seen))
        editor.accept()
    assert editor.text() == "one\ntwo\nif re" + "\n".join(seen)


def test_a_wrapped_line_leaves_as_much_less_room(editor):
    editor.open("x\n" * 18 + "\n")
    with attached(editor.nvim) as frames:
        editor.nvim.command("resize 20 | setlocal wrap")
        editor.keys("G", "A", *("# " + "y" * 150))
        editor.keys("<Esc>", "o", *"if re")
        editor.sees(BLOCK[5:])
        editor.nvim.command("redraw!")
        rows = frames.read()[-1]
        at = rows.index("if ready:")
        for row, line in zip(rows[at + 1 : at + 3], BLOCK.split("\n")[1:], strict=True):
            assert row.startswith(line)


HINT = """
local space = vim.api.nvim_create_namespace('hints')
vim.api.nvim_create_autocmd({ 'TextChangedI', 'CursorMovedI' }, { callback = function()
  vim.api.nvim_buf_clear_namespace(0, space, 0, -1)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  vim.api.nvim_buf_set_extmark(0, space, row - 1, column, {
    virt_text = { { ': HINT' } }, virt_text_pos = 'inline' })
end })
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_hint_at_the_caret_does_not_stand_between_word_and_ghost_text(start, when):
    editor = start()
    if not editor.inline:
        pytest.skip("there are no hints within lines before 0.10")
    if when == "before":
        editor.lua(HINT)
    editor.open()
    editor.keys("i", "x", "<BS>")
    if when == "after":
        editor.lua(HINT)
    with attached(editor.nvim) as frames:
        editor.keys(*"fo")
        editor.sees(CELL[2:])
        editor.nvim.command("redraw!")
        assert frames.read()[-1][0] == f"{CELL}: HINT"
