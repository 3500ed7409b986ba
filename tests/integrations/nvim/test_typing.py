"""What the user sees while typing, in a real Neovim with an engine that knows a few cells."""

from __future__ import annotations

import pytest

from tests.integrations.nvim.frames import attached

CELL = "for index in range(10):"
IF = "if ready:\n    print('first')\n    print('second')"
AREA = "def area(radius):\n    return 3 * radius ** 2"


def test_ghost_text_appears_at_the_caret(editor):
    editor.keys("i", "f", "o")
    editor.sees(CELL[2:])
    assert editor.text() == "fo", "drawing changes nothing"


def test_what_was_cut_short_grows_while_the_caret_rests_and_not_after_a_key(start):
    editor = start(mode="hurried")
    editor.open()
    editor.keys("i", "x", " ")
    editor.sees("begun(and, done)")
    editor.keys("<C-]>")
    editor.sees(None)
    editor.quiet()
    assert editor.ghost() is None, "dismissed is dismissed"


def test_typing_along_asks_nothing_and_keeps_the_rest(editor):
    editor.keys("i", "f", "o")
    editor.sees(CELL[2:])
    asked = editor.lua("return require('codecomplete.process').sent")
    for end in range(3, len(CELL)):
        editor.type(CELL[end - 1])
        assert editor.ghost() == CELL[end:]
    assert editor.lua("return require('codecomplete.process').sent") == asked


def test_no_frame_shows_anything_else_while_typing_along(editor):
    with attached(editor.nvim) as frames:
        editor.keys("i", "f", "o")
        editor.sees(CELL[2:])
        editor.settle()
        frames.read()
        editor.type(CELL[2:-1])
        rows = [frame[0] for frame in frames.read()]
    assert len(rows) >= len(CELL) - 3, "one frame for each key"
    assert set(rows) == {CELL}


def test_what_is_drawn_is_what_is_accepted(editor):
    with attached(editor.nvim) as frames:
        editor.keys("i", *"def a")
        editor.sees(AREA[5:])
        editor.settle()
        drawn = frames.read()[-1]
    editor.accept()
    assert drawn[:2] == editor.text().split("\n") == AREA.split("\n")


def test_a_differing_key_takes_it_away_at_once(editor):
    editor.keys("i", "f", "o")
    editor.sees(CELL[2:])
    editor.keys("x")
    assert editor.ghost() is None


def test_backspace_over_what_was_typed_along_gives_it_back(editor):
    editor.keys("i", "f", "o")
    editor.sees(CELL[2:])
    editor.type("r in")
    editor.keys("<BS>", "<BS>")
    assert editor.ghost() == CELL[4:]


def test_backspace_after_its_beginning_asks_anew(editor):
    editor.keys("i", "f", "o", "r")
    editor.sees(CELL[3:])
    editor.keys("<BS>")
    editor.sees(CELL[2:])
    editor.keys("<BS>")
    editor.sees(None)


def test_escape_takes_it_away(editor):
    editor.keys("i", "f", "o")
    editor.sees(CELL[2:])
    editor.keys("<Esc>")
    assert editor.mode() == "n" and editor.ghost_anywhere() == 0


@pytest.mark.parametrize("key", ["<Left>", "<Up>", "<Home>", "<C-o>0"])
def test_moving_away_takes_it_away(editor, key):
    editor.open("first\n")
    editor.keys("a", "f", "o")
    editor.sees(CELL[2:])
    editor.keys(key)
    editor.quiet(0.05)
    assert editor.ghost_anywhere() == 0


def test_a_late_answer_for_another_place_is_not_drawn(start, tmp_path):
    editor = start(mode=f"until:{tmp_path}/told")
    editor.open()
    editor.keys("i", "f", "o")
    editor.wait(lambda: editor.state() == "ready")
    editor.keys("<Esc>", "O", "x")
    (tmp_path / "told").touch()
    editor.quiet(0.4)
    assert editor.ghost_anywhere() == 0


def test_following_lines_are_drawn_below(editor):
    editor.keys("i", *"def a")
    editor.sees(AREA[5:])
    editor.type("rea(radius):")
    assert editor.ghost() == AREA[17:]
    editor.keys("<CR>")
    assert editor.text().endswith(":\n    "), "indented by Neovim's own rules"
    assert editor.ghost() == "return 3 * radius ** 2"


def test_undo_removes_it_with_the_text(editor):
    editor.keys("i", "f", "o")
    editor.sees(CELL[2:])
    editor.keys("<Esc>", "u")
    assert editor.text() == "" and editor.ghost_anywhere() == 0


def test_in_the_middle_of_a_line(editor, program):
    editor.open("print()")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<Esc>")
    editor.open("call(abc)")
    editor.keys("0", "i", *"fo")
    if editor.inline:
        editor.sees(CELL[2:])
    else:  # it would cover what is there
        editor.quiet()
        assert editor.ghost() is None


def test_what_follows_the_caret_goes_to_the_engine(start):
    editor = start(mode="digest")
    editor.open("one()\ntwo")
    editor.keys("gg", "$", "i")
    editor.sees(editor.digest())


def test_columns_count_characters_of_several_bytes(start):
    editor = start(mode="digest")
    editor.open("größe = 'déjà vu' # 日本\n")
    editor.keys("k", "A", "é", "👍", "x")
    editor.sees(editor.digest())
    if editor.inline:
        editor.keys("<Left>", "<Left>", "ß")
        editor.sees(editor.digest())


def test_nothing_in_replace_mode(editor):
    editor.open("something")
    editor.keys("0", "R", "f", "o")
    editor.quiet()
    assert editor.ghost() is None


def test_nothing_while_a_macro_is_recorded_or_run(editor):
    editor.keys("qq", "i", "f", "o")
    editor.quiet()
    assert editor.ghost() is None
    editor.keys("<Tab>", "x", "<Esc>", "q")
    assert editor.text() == "fo  x"
    editor.keys("o", "<Esc>", "@q")
    assert editor.text() == "fo  x\nfo  x", "the macro does the same again"


def test_nothing_while_inserting_into_a_block(editor):
    editor.open("one\ntwo")
    editor.keys("gg", "0", "<C-v>", "j", "I", "f", "o")
    editor.quiet()
    assert editor.ghost() is None
    editor.keys("<Esc>")
    assert editor.text() == "foone\nfotwo"
    editor.keys("o", "f", "o")
    editor.sees(CELL[2:])


def test_nothing_while_the_first_insertion_is_into_a_block(start):
    editor = start()
    editor.open("one\ntwo")
    editor.keys("gg", "0", "<C-v>", "j", "I", "f", "o")
    editor.quiet()
    assert editor.state() == "stopped", "nobody was asked"
    editor.keys("<Esc>", "o", "f", "o")
    editor.sees(CELL[2:])


def test_a_paste_is_one_question(editor):
    editor.keys("i")
    editor.nvim.api.paste("x = 1\n" * 30 + "fo", False, -1)
    editor.sees(CELL[2:])


def test_with_neovims_own_menu_open_there_is_none(editor):
    editor.open("foolish\n")
    editor.keys("a", "f", "o")
    editor.sees(CELL[2:])
    editor.keys("<C-n>")
    editor.quiet()
    assert editor.nvim.eval("pumvisible()") == 1 or editor.text().endswith("foolish")
    assert editor.ghost() is None
    editor.keys("<C-e>")


def test_the_command_line_window_and_prompts_are_left_alone(editor):
    editor.keys("q:", "i", "f", "o")
    editor.quiet()
    assert editor.ghost_anywhere() == 0
    editor.keys("<Esc>", ":q<CR>")


def test_a_second_window_of_the_buffer_is_left_alone_by_typing(editor):
    editor.nvim.command("split")
    editor.keys("i", "f", "o")
    editor.sees(CELL[2:])
    editor.type("r")
    assert editor.ghost() == CELL[3:]
    editor.keys("<Esc>")
    assert editor.ghost_anywhere() == 0


def test_several_buffers_have_texts_of_their_own(start):
    editor = start(mode="digest")
    editor.open("first")
    editor.keys("a", "x")
    editor.sees(editor.digest())
    editor.keys("<Esc>")
    editor.open("second\n")
    editor.keys("a", "y")
    editor.sees(editor.digest())
    editor.keys("<Esc>")
    editor.nvim.command("buffer! 1" if editor.nvim.funcs.bufexists(1) else "bprevious!")
    editor.keys("A", "z")
    editor.sees(editor.digest())


def test_tabs_of_ghost_text_are_drawn_as_wide_as_they_would_be(editor):
    editor.lua("""
      vim.bo.tabstop = 4
      require('codecomplete.draw').show({
        buffer = 0, row = 0, column = 0, text = 'a\\tb\\n\\tc', rest = '', place = '' })""")
    assert editor.ghost() == "a   b\n    c"
    editor.lua("require('codecomplete.draw').clear()")
