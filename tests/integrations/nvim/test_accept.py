"""What accepting does to the text, to undo and to ".", in a real Neovim."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from tests.integrations.nvim.editor import FAKE

CELL = "for index in range(10):"
IF = "if ready:\n    print('first')\n    print('second')"


def shown(editor, typed: str = "fo", rest: str = CELL[2:]):
    editor.keys("i", *typed)
    editor.sees(rest)


def test_tab_accepts_all_of_it(editor):
    shown(editor)
    editor.accept()
    assert editor.text() == CELL and editor.ghost() is None
    assert [*editor.nvim.current.window.cursor] == [1, len(CELL)]
    assert editor.mode() == "i"


def test_several_lines_are_inserted_as_they_are_drawn(editor):
    shown(editor, "if re", IF[5:])
    editor.accept()
    assert editor.text() == IF
    assert [*editor.nvim.current.window.cursor] == [3, len("    print('second')")]


def test_word_by_word(editor):
    shown(editor)
    texts = []
    for _ in range(3):
        editor.accept("<M-Right>")
        texts.append(editor.text())
        assert texts[-1] + (editor.ghost() or "") == CELL, "the rest stays without a question"
    assert texts == ["for", "for index", "for index in"]


def test_a_word_takes_the_line_end_and_indent_before_it(editor):
    shown(editor, "if re", IF[5:])
    for text in ("if ready", "if ready:", "if ready:\n    print"):
        editor.accept("<M-Right>")
        assert editor.text() == text


def test_part_of_a_name_by_part(editor):
    shown(editor, "os.nothing", "_like_it()")
    texts = []
    for _ in range(3):
        editor.accept("<M-S-Right>")
        texts.append(editor.text())
    assert texts == ["os.nothing_like_", "os.nothing_like_it", "os.nothing_like_it()"]


def test_line_by_line(editor):
    shown(editor, "if re", IF[5:])
    texts = []
    for _ in range(3):
        editor.accept("<M-C-Right>")
        texts.append(editor.text())
        assert texts[-1] + (editor.ghost() or "") == IF
    assert texts == ["\n".join(IF.split("\n")[:n]) for n in (1, 2, 3)]


@pytest.mark.parametrize("part", ["<Tab>", "<M-Right>", "<M-C-Right>"])
def test_an_accept_is_one_step_of_undo(editor, part):
    shown(editor, "if re", IF[5:])
    editor.accept(part)
    accepted = editor.text()
    editor.type("xy")
    editor.keys("<Esc>", "u")
    assert editor.text() == accepted, "what was typed after it is a step of its own"
    editor.keys("u")
    assert editor.text() == "if re"
    editor.keys("u")
    assert editor.text() == ""
    editor.keys("<C-r>", "<C-r>", "<C-r>")
    assert editor.text().startswith(accepted), "and redo brings all of it back"


@pytest.mark.parametrize(
    ("typed", "cell"), [("fo", CELL), pytest.param("if re", IF, id="several lines")]
)
def test_the_dot_repeats_typing_and_accepting(editor, typed, cell):
    editor.open("\n")
    editor.nvim.command("normal! gg")
    editor.nvim.command("setlocal indentexpr= noautoindent")  # old Neovims repeat it as if typed
    shown(editor, typed, cell[len(typed) :])
    editor.accept()
    editor.type("#")
    editor.keys("<Esc>", "G", ".")
    assert editor.text() == f"{cell}#\n{cell}#"


def test_nothing_happens_without_ghost_text(editor):
    editor.keys("i", *"xyz")
    for name in ("accept", "accept-word", "accept-line", "next", "previous", "dismiss"):
        editor.nvim.feedkeys(
            editor.nvim.replace_termcodes(f"<Plug>(codecomplete-{name})", True, True, True),
            "m",
            True,
        )
        editor.settle()
    assert editor.text() == "xyz"


def test_in_the_middle_of_a_line_only_the_suggestion_is_inserted(editor):
    if not editor.inline:
        pytest.skip("it is not drawn there before 0.10")
    editor.open("call(abc)")
    editor.keys("0")
    shown(editor)
    editor.accept()
    assert editor.text() == CELL + "call(abc)"
    assert [*editor.nvim.current.window.cursor] == [1, len(CELL)]


def test_closing_brackets_after_the_caret_do_not_hide_it(editor):
    editor.open("()")
    shown(editor)
    editor.accept()
    assert editor.text() == f"({CELL})"


def test_text_of_several_bytes_before_the_caret(editor):
    editor.open("é日本👍 ")
    editor.keys("A")
    editor.keys(*"fo")
    editor.sees(CELL[2:])
    editor.accept()
    assert editor.text() == f"é日本👍 {CELL}"


def test_abbreviations_and_automatic_indent_leave_it_alone(editor):
    editor.nvim.command("inoreabbrev <buffer> ready NO")
    editor.nvim.command("setlocal autoindent smartindent textwidth=10 formatoptions+=t")
    shown(editor, "    if re", IF[5:])
    editor.accept()
    assert editor.text() == "    " + IF


def test_a_replaced_paste_function_is_not_asked(editor):
    editor.lua("_G.theirs = vim.paste; vim.paste = function() error('not for you') end")
    shown(editor)
    editor.accept()
    assert editor.text() == CELL
    editor.lua("vim.paste = _G.theirs")


def test_the_command_accepts_too(editor):
    shown(editor)
    editor.keys("<Cmd>CodeComplete accept<CR>")
    editor.wait(lambda: editor.text() == CELL)


def test_dismissing_hides_it_until_the_next_edit(editor):
    shown(editor)
    editor.keys("<C-]>")
    assert editor.ghost() is None and editor.text() == "fo"
    editor.quiet()
    assert editor.ghost() is None
    editor.keys("r")
    editor.sees(CELL[3:])


def test_alternatives_come_and_go_round(editor):
    shown(editor)
    editor.keys("<M-]>")
    editor.sees("one(more)  2/3")
    editor.keys("<M-]>")
    editor.sees("two\n    lines  3/3")
    editor.keys("<M-]>")
    editor.sees(CELL[2:] + "  1/3")
    editor.keys("<M-[>")
    editor.sees("two\n    lines  3/3")
    editor.accept()
    assert editor.text() == "fotwo\n    lines"


def test_accepts_are_counted(start):
    editor = start()
    editor.open()
    shown(editor)
    editor.accept("<M-Right>")
    editor.accept("<Tab>")
    editor.keys("<Esc>")
    editor.nvim.command("CodeComplete status")
    editor.wait(lambda: f"accepted 1 (100 %), {len(CELL) - 2} characters" in editor.messages())


def test_shift_delete_never_suggests_it_again(start):
    editor = start()
    editor.open()
    shown(editor)
    editor.keys("<S-Del>")
    assert editor.ghost() is None and editor.text() == "fo"
    editor.keys("r")
    editor.quiet()
    assert editor.ghost() is None
    editor.quit()
    again = start()
    again.open()
    again.keys("i", *"fo")
    again.sees(CELL[2:])  # another home
    kept = list(editor.home.rglob("never"))
    assert len(kept) == 1 and b"index" not in kept[0].read_bytes()


@pytest.mark.parametrize("command", [[*FAKE, "quick"], None], ids=["itself", "forked"])
def test_what_was_said_before_leaving_is_done_by_a_process_that_was_busy(start, command):
    editor = start(command=command)
    editor.open()
    shown(editor)
    process = editor.lua("return require('codecomplete.process').pid")
    os.kill(process, signal.SIGSTOP)
    editor.keys("<S-Del>")
    threading.Timer(1, os.kill, (process, signal.SIGCONT)).start()
    editor.quit()  # Neovim tells the process to end, and gives it two seconds
    assert len([*editor.home.rglob("never")]) == 1


def test_a_list_that_cannot_be_kept_is_said_so(start):
    editor = start(before=["let $XDG_STATE_HOME = '/dev/null/state'"])
    editor.open()
    shown(editor)
    editor.keys("<S-Del>")
    editor.wait(lambda: "not remembered" in editor.messages())
