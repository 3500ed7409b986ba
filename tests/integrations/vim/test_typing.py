"""Ghost text as one types, in a real Vim in a terminal."""

from __future__ import annotations

import pytest

CELL = "for index in range(10):"
IF = "if ready:\n    print('first')\n    print('second')"


def shown(editor, typed: str = "fo", ghost: str = CELL[2:]) -> None:
    editor.keys("i", *typed)
    editor.sees(ghost)


def test_the_rest_of_the_line_is_shown_and_tab_accepts_it(editor):
    shown(editor)
    assert editor.lines()[0] == CELL and editor.screen.cursor.x == 2
    assert editor.buffer() == "fo", "what is shown is not in the text"
    editor.accept()
    editor.has(CELL)
    editor.sees(None)
    assert editor.caret() == [1, len(CELL) + 1] and editor.mode() == "i"


def test_typing_what_is_shown_keeps_the_rest_in_place_and_asks_nothing(editor):
    shown(editor)
    sent = editor.report()["sent"]
    for number, letter in enumerate(CELL[2:8], 3):
        editor.keys(letter)
        assert editor.lines()[0] == CELL and editor.ghost() == CELL[number:]
    assert editor.report()["sent"] == sent > 0
    editor.keys("<BS>", "<BS>")
    assert editor.lines()[0] == CELL


def test_another_letter_takes_it_away(editor):
    shown(editor)
    editor.keys("x")
    editor.sees(None)
    editor.quiet()
    assert editor.ghost() == ""


@pytest.mark.parametrize("key", ["<Esc>", "<C-c>", "<C-o>", "<Insert>"])
def test_however_insert_mode_is_left_nothing_stays(editor, key):
    shown(editor)
    editor.keys(key)
    editor.sees(None)
    editor.keys("<Esc>")
    assert editor.mode() == ("i" if key == "<C-o>" else "n")


def test_moving_the_caret_takes_it_away(editor):
    shown(editor)
    editor.keys("<Left>")
    editor.sees(None)


def test_several_lines_are_drawn_as_they_are_inserted(editor):
    editor.open("first\nlast")
    editor.ex("normal! gg")
    editor.keys("o", *"if re")
    editor.sees("ady:\n    print('first')\n    print('second')")
    rows = editor.lines()[:5]
    editor.accept()
    editor.has(f"first\n{IF}\nlast")
    editor.settle()
    assert editor.lines()[:5] == rows == f"first\n{IF}\nlast".split("\n")


def test_in_the_middle_of_a_line_the_rest_is_pushed_to_the_right(editor):
    editor.open(" # done")
    editor.keys("I", "<Left>")
    editor.ex("call cursor(1, 1)")
    editor.keys(*"fo")
    editor.sees(CELL[2:])
    assert editor.lines()[0] == CELL + " # done"
    editor.accept()
    editor.has(CELL + " # done")


def test_several_lines_before_text_are_not_half_shown(editor):
    """Vim has no place for the rest of the caret's line after the last of them."""
    editor.open("x")
    editor.ex("call cursor(1, 1)")
    editor.keys("i", *"if re")
    editor.quiet(0.4)
    assert editor.ghost() == ""


def test_undo_takes_the_accepted_text_back_in_one_step_and_redo_brings_it(editor):
    shown(editor, "if re", "ady:\n    print('first')\n    print('second')")
    editor.accept()
    editor.keys(*"xy", "<Esc>", "u")
    editor.has(IF)
    editor.keys("u")
    editor.has("if re")
    editor.keys("u")
    editor.has("")


@pytest.mark.parametrize("keys", ["<Esc>u", "<C-o>u"])
def test_undo_brings_no_ghost_text_back(editor, keys):
    """Vim keeps what is shown and not there with the lines that it can bring back."""
    editor.open("if re")
    editor.keys("A")
    editor.sees("ady:\n    print('first')\n    print('second')")
    editor.keys("x")
    editor.sees(None)
    editor.keys(*keys.partition("u")[:2])
    editor.has("if re")
    editor.keys("<Esc>")
    editor.quiet()
    assert editor.ghost() == ""
    kinds = "['CodeCompleteGhost', 'CodeCompletePlace']"
    assert editor.expr(f"prop_list(1, {{'end_lnum': -1, 'types': {kinds}}})") == []


def test_parts_are_accepted_one_by_one(editor):
    shown(editor)
    for key, text in (
        ("<M-Right>", "for"), ("<M-Right>", "for index"), ("<M-S-Right>", "for index in"),
        ("<M-C-Right>", CELL),
    ):  # fmt: skip
        editor.accept(key)
        editor.has(text)
        assert editor.lines()[0] == CELL


def test_a_block_is_accepted_line_by_line(editor):
    shown(editor, "if re", "ady:\n    print('first')\n    print('second')")
    for count in (1, 2, 3):
        editor.accept("<M-C-Right>")
        editor.has("\n".join(IF.split("\n")[:count]))
        editor.settle()
        assert editor.lines()[:3] == IF.split("\n")


def test_alternatives_go_round(editor):
    shown(editor)
    editor.keys("<M-Down>")
    editor.wait(lambda: "one(more)" in editor.lines()[0])
    assert editor.lines()[0].endswith("2/3")
    editor.keys("<M-Up>")
    editor.wait(lambda: CELL in editor.lines()[0])


def test_a_tab_in_the_suggestion_is_drawn_as_wide_as_it_will_be(editor):
    editor.ex("setlocal noexpandtab tabstop=8 shiftwidth=8")
    shown(editor, "while re", "ady:\n        step()")
    editor.accept()
    editor.has("while ready:\n\tstep()")


@pytest.mark.parametrize("line", ["é = '😀'; ", "日本 = 1; ", "x = '\udcff'; "], ids=ascii)
def test_text_beyond_ascii_and_bytes_that_are_no_text_move_nothing(start, line, tmp_path):
    path = tmp_path / "x.py"
    path.write_bytes((line + "\n").encode("utf-8", "surrogateescape"))
    editor = start(str(path))
    editor.ex("set fileencodings=utf-8 | edit! ++enc=utf-8 ++bad=keep")
    editor.keys("A", *"fo")
    editor.sees(CELL[2:])
    editor.accept()
    editor.keys("<Esc>")
    editor.ex("write")
    assert path.read_bytes() == (line + CELL + "\n").encode("utf-8", "surrogateescape")


def test_the_lines_of_a_block_that_the_window_has_no_place_for_are_scrolled_in(start):
    editor = start(rows=8)
    editor.open("\n".join(f"line {n}" for n in range(6)))
    editor.keys("o", *"if re")
    editor.sees("ady:\n    print('first')\n    print('second')")
    assert editor.lines()[4:7] == IF.split("\n")


def test_without_scrolling_only_what_can_be_seen_is_suggested(start):
    editor = start(rows=8, before=["let g:codecomplete_scroll = 0"])
    editor.open("\n".join(f"line {n}" for n in range(6)))
    editor.keys("o", *"if re")
    editor.sees("ady:")
    editor.accept()
    editor.wait(lambda: editor.buffer().endswith("\nif ready:"))
