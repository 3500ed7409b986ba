"""However insert mode is left, no ghost text stays behind; in a real Neovim."""

from __future__ import annotations

import pytest

CELL = "for index in range(10):"

WAYS = {
    "Escape": ["<Esc>"],
    "interrupt": ["<C-c>"],
    "one command": ["<C-o>"],
    "normal mode for certain": ["<C-\\><C-n>"],
    "one command in place": ["<C-\\><C-o>"],
    "Replace mode": ["<Insert>"],
    "stopinsert": ["<Cmd>stopinsert<CR>"],
    "selection": ["<S-Left>"],
    "another window": ["<Cmd>wincmd w<CR>"],
    "another buffer": ["<Cmd>enew!<CR>"],
    "another tab": ["<Cmd>tabnew<CR>"],
    "a window over it": [
        "<Cmd>lua vim.api.nvim_open_win(vim.api.nvim_create_buf(false, true), true, "
        "{relative='editor', row=1, col=1, width=9, height=2})<CR>"
    ],
    "interrupted completion": ["<C-x><C-c>"],
}


@pytest.mark.parametrize("keys", WAYS.values(), ids=list(WAYS))
def test_nothing_is_left_behind(editor, keys):
    editor.nvim.command("split | wincmd w | set keymodel=startsel,stopsel selectmode=key")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys(*keys)
    editor.wait(lambda: editor.ghost_anywhere() == 0)
    editor.quiet()
    assert editor.ghost_anywhere() == 0
    editor.nvim.input("<C-\\><C-n>")
    editor.nvim.command("set keymodel& selectmode&")


def test_an_answer_after_an_interrupt_is_not_drawn(start, tmp_path):
    editor = start(mode=f"until:{tmp_path}/told")
    editor.open()
    editor.keys("i", *"fo", "<C-c>")
    (tmp_path / "told").touch()
    editor.quiet(0.7)
    assert editor.ghost_anywhere() == 0 and editor.mode() == "n"


def test_insert_mode_after_an_interrupt_suggests_again(editor):
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<C-c>", "a")
    editor.sees(CELL[2:])


def test_one_command_and_back_suggests_again(editor):
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<C-o>")
    assert editor.ghost_anywhere() == 0
    editor.keys("$")
    editor.sees(CELL[2:])
