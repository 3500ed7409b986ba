"""Beside other people's plugins, as they really are; see ``plugins.py`` for where they lie."""

from __future__ import annotations

import sys

import pytest

from tests.integrations.nvim.plugins import BLINK, CMP, WAITS, beside

pytestmark = pytest.mark.slow

CELL = "for index in range(10):"
BLOCK = "ady:\n    print('first')\n    print('second')"


def menu_of_cmp(editor) -> bool:
    return editor.lua("return require('cmp').core.view:visible()")


def close_menu_of_cmp(editor) -> None:
    """With its key, again and again: a source that answers late opens it anew."""
    editor.wait(lambda: menu_of_cmp(editor))
    while menu_of_cmp(editor):
        editor.keys("<C-e>")
        editor.quiet(0.3)


def menu_of_blink(editor) -> bool:
    return editor.lua("return require('blink.cmp').is_menu_visible()")


def served(editor) -> None:
    """Wait until suggestions come as fast as menus do."""
    editor.keys("i")
    editor.wait(lambda: editor.state() == "ready")
    editor.quiet(0.3)


# nvim-cmp


def test_typing_never_waits_for_nvim_cmp(start):
    """Asked whether its menu is visible while a source is slow, it waits a second, twice a key."""
    editor = beside(start, "nvim-cmp", first="_G.cmp_delay = 200", setup=CMP + WAITS)
    editor.open()
    editor.keys("i", "f")
    for letter in "or":
        editor.keys(letter)
        editor.sees(CELL[len(editor.text()) :])
        editor.wait(lambda: menu_of_cmp(editor))
    assert editor.text() == "for"
    assert editor.lua("return _G.waited") == 0


def test_beside_the_menu_of_nvim_cmp_one_line_is_shown(start):
    editor = beside(start, "nvim-cmp", setup=CMP)
    editor.open()
    editor.keys("i", *"if re")
    editor.wait(lambda: menu_of_cmp(editor))
    editor.sees("ady:")
    editor.keys("<C-e>")  # its key to close it
    editor.wait(lambda: not menu_of_cmp(editor))
    editor.sees(BLOCK)


def test_tab_accepts_beside_nvim_cmp_s_default_keys(start):
    editor = beside(start, "nvim-cmp", setup=CMP)
    editor.open()
    for _ in range(2):  # nvim-cmp maps its keys again at each insertion
        editor.keys("i", *"if re")
        editor.wait(lambda: menu_of_cmp(editor))
        editor.sees("ady:")
        editor.accept()
        assert editor.text() == "if ready:"
        editor.keys("<Esc>", "cc", "<Esc>")


SUPER_TAB = """
local cmp = require('cmp')
_G.cmp_mapping = { ['<Tab>'] = cmp.mapping(function(fallback)
  if cmp.visible() then cmp.select_next_item() else fallback() end
end, { 'i' }) }
"""


@pytest.mark.parametrize("theirs", ["", "inoremap <Tab> MINE"], ids=["plain Tab", "a mapping"])
def test_tab_selects_in_nvim_cmp_where_it_is_mapped_there(start, theirs):
    editor = beside(start, "nvim-cmp", first=SUPER_TAB, setup=CMP)
    if theirs:
        editor.nvim.command(theirs)
    editor.open()
    editor.nvim.command("setlocal noexpandtab")
    for _ in range(3):
        editor.keys("i", *"if re")
        editor.wait(lambda: menu_of_cmp(editor))
        editor.sees("ady:")
        editor.accept()
        editor.wait(lambda: editor.text() in ("if ready", "if return"))
        editor.keys("<C-e>", "<Esc>", "cc", *"xyz")
        editor.wait(lambda: not menu_of_cmp(editor))
        editor.keys("<Tab>", "!")
        expected = "xyzMINE!" if theirs else "xyz\t!"
        editor.wait(lambda expected=expected: editor.text() == expected)
        editor.keys("<Esc>", "cc", *"fo")
        close_menu_of_cmp(editor)
        editor.sees(CELL[2:])
        editor.accept()
        assert editor.text() == CELL, "without a menu it accepts"
        editor.keys("<Esc>", "cc", "<Esc>")


def test_two_ghost_texts_do_not_overlap_with_nvim_cmp(start):
    editor = beside(start, "nvim-cmp", first="_G.cmp_ghost = true", setup=CMP)
    editor.open()
    served(editor)
    editor.keys(*"fo")
    editor.wait(lambda: menu_of_cmp(editor))
    editor.wait(lambda: editor.ghost() is None)
    editor.quiet()
    assert editor.ghost() is None
    editor.keys("<C-e>")
    editor.sees(CELL[2:])


# blink.cmp


def test_tab_accepts_beside_blink_cmp_s_default_keys(start):
    editor = beside(start, "blink.cmp", setup=BLINK)
    editor.open("ready return\n")
    for _ in range(2):
        editor.keys("i", *"if re")
        editor.wait(lambda: menu_of_blink(editor))
        editor.sees("ady:")
        editor.accept()
        assert editor.text() == "ready return\nif ready:"
        editor.keys("<Esc>", "cc", "<Esc>")


def test_tab_belongs_to_blink_cmp_s_menu_where_it_is_mapped_there(start):
    editor = beside(start, "blink.cmp", first="_G.blink_preset = 'super-tab'", setup=BLINK)
    editor.open("ready return\n")
    editor.nvim.command("setlocal noexpandtab")
    for _ in range(2):
        editor.keys("i", *"if re")
        editor.wait(lambda: menu_of_blink(editor))
        editor.sees("ady:")
        editor.accept()
        editor.wait(lambda: editor.text().split("\n")[1] in ("if ready", "if return"))
        editor.keys("<Esc>", "cc", *"xyz")
        editor.wait(lambda: not menu_of_blink(editor))
        editor.keys("<Tab>", "!")
        editor.wait(lambda: editor.text() == "ready return\nxyz\t!")
        editor.keys("<Esc>", "cc", "<Esc>")


@pytest.mark.parametrize("preset", ["default", "super-tab"])
def test_a_key_that_blink_cmp_leaves_is_what_it_was(start, preset):
    editor = beside(start, "blink.cmp", first=f"_G.blink_preset = '{preset}'", setup=BLINK)
    editor.nvim.command("imap <Tab> <Plug>(mine)| inoremap <Plug>(mine) MINE")
    editor.open()
    for _ in range(2):
        editor.keys("i", *"xyz", "<Tab>", "!")
        editor.wait(lambda: editor.text() == "xyzMINE!")
        editor.keys("<Esc>", "cc", "<Esc>")


def test_two_ghost_texts_do_not_overlap_with_blink_cmp(start):
    editor = beside(start, "blink.cmp", first="_G.blink_ghost = true", setup=BLINK)
    editor.open("former fortune\n")
    served(editor)
    editor.keys(*"fo")
    editor.wait(lambda: menu_of_blink(editor))
    editor.wait(lambda: editor.ghost() is None)
    editor.quiet()
    assert editor.ghost() is None
    editor.keys("<C-e>")
    editor.sees(CELL[2:])


# LuaSnip

SNIPPETS = """
local ls = require('luasnip')
ls.add_snippets('python', {
  ls.snippet('fo', { ls.text_node('A('), ls.insert_node(1), ls.text_node(', '),
    ls.insert_node(2), ls.text_node(')') }),
})
vim.keymap.set('i', '<Tab>', function()
  return ls.expand_or_locally_jumpable() and '<Plug>luasnip-expand-or-jump' or '<Tab>'
end, { expr = true, remap = true })
"""


def test_luasnip_expands_and_jumps_before_ghost_text(start):
    editor = beside(start, "LuaSnip", setup=SNIPPETS)
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.accept()
    editor.wait(lambda: editor.text() == "A(, )")
    editor.keys("x", "<Tab>", "y")
    editor.wait(lambda: editor.text() == "A(x, y)")


def test_luasnip_on_another_key_leaves_tab_to_ghost_text(start):
    editor = beside(
        start, "LuaSnip", setup=SNIPPETS.replace("'<Tab>', function", "'<C-l>', function")
    )
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.accept()
    assert editor.text() == CELL


# UltiSnips


@pytest.mark.parametrize("trigger", ["<Tab>", "<C-l>"], ids=["Tab", "another key"])
def test_ultisnips_expands_and_jumps_before_ghost_text_where_it_has_the_key(
    start, trigger, tmp_path
):
    snippets = tmp_path / "UltiSnips"
    snippets.mkdir()
    (snippets / "python.snippets").write_text('snippet fo "" i\nA($1, $2)\nendsnippet\n')
    editor = beside(
        start, "ultisnips", python3=True,
        before=[f"let g:python3_host_prog = '{sys.executable}'",
                f"let g:UltiSnipsExpandTrigger = '{trigger}'",
                f"let g:UltiSnipsJumpForwardTrigger = '{trigger}'",
                f"let g:UltiSnipsSnippetDirectories = ['{snippets}']"],
    )  # fmt: skip
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.accept()
    if trigger == "<C-l>":
        assert editor.text() == CELL
        return
    editor.wait(lambda: editor.text() == "A(, )")
    editor.keys("x", "<Tab>", "y")
    editor.wait(lambda: editor.text() == "A(x, y)")


# oil.nvim


def test_a_folder_in_oil_gets_no_suggestions(start, tmp_path):
    editor = beside(start, "oil.nvim", setup="require('oil').setup({ columns = {} })")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "one.py").write_text("")
    editor.nvim.command(f"edit {tmp_path / 'folder'}")
    # Until oil has drawn all of it, it sets the text and the caret itself.
    editor.wait(lambda: editor.nvim.eval("get(b:, 'oil_ready', v:false)"))
    assert "one.py" in editor.text()
    editor.keys("o", *"fo")
    editor.quiet(0.6)
    assert editor.ghost() is None
    editor.nvim.command("setlocal filetype=python")
    editor.keys("<Esc>", "o", *"fo")
    editor.quiet(0.6)
    assert editor.ghost() is None, "whatever type it is given"
