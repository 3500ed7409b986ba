"""Keys are what they were wherever there is nothing to accept, in a real Neovim."""

from __future__ import annotations

import pytest

CELL = "for index in range(10):"


def lua_map(body: str, options: str = "{}") -> str:
    return f"lua vim.keymap.set('i', '<Tab>', function() {body} end, {options})"


EARLIER = {
    "plain text": "inoremap <Tab> MINE",
    "remapped": "imap <C-x><C-y> MINE| imap <Tab> <C-x><C-y>",
    "expression": "inoremap <expr> <Tab> 'MI' . 'NE'",
    "expression that remaps": "inoremap <C-x><C-y> MINE| imap <expr> <Tab> \"\\<C-x>\\<C-y>\"",
    "Lua callback": lua_map("vim.api.nvim_put({'MINE'}, 'c', false, true)"),
    "Lua expression": lua_map("return 'MINE'", "{expr = true}"),
    "Lua keycodes": lua_map("return 'MINF<BS>E'", "{expr = true}"),
    "command": "inoremap <Tab> <Cmd>call nvim_put(['MINE'], 'c', v:false, v:true)<CR>",
    "Plug": "inoremap <Plug>(x) MINE| imap <Tab> <Plug>(x)",
}  # fmt: skip


def ready(editor) -> None:
    """Insert mode once in and out, so that the plugin has put its keys in place."""
    editor.open()
    editor.keys("i", "<Esc>")
    editor.settle()


@pytest.mark.parametrize("mapping", EARLIER.values(), ids=list(EARLIER))
@pytest.mark.parametrize("when", ["before", "after"])
def test_tab_stays_what_it_was(shared_keys, mapping, when):
    editor = shared_keys
    editor.lua(FORGET)
    if when == "before":
        editor.nvim.command(mapping)
    ready(editor)
    if when == "after":
        editor.nvim.command(mapping)
    editor.keys("i", "x", "<Tab>")
    assert editor.text() == "xMINE"
    editor.keys("<Esc>", "cc", *"fo")
    editor.sees(CELL[2:])
    editor.accept()
    assert editor.text() == CELL, "and with ghost text it accepts"


@pytest.fixture(scope="session")
def shared_keys(program, tmp_path_factory):
    from tests.integrations.nvim.editor import Editor

    editor = Editor(program, tmp_path_factory.mktemp("keys"))
    yield editor
    editor.close()


FORGET = """
vim.cmd('stopinsert')
vim.cmd('silent! imapclear')
vim.cmd('silent! %bwipeout!')
vim.g.loaded_codecomplete = nil
vim.cmd('runtime plugin/codecomplete.lua')
"""


def test_a_mapping_to_itself_ends(start):
    editor = start(before=["imap <expr> <Tab> v:false ? 'never' : \"\\<Tab>\""])
    ready(editor)
    editor.nvim.command("set noexpandtab")
    editor.keys("i", "x", "<Tab>", "y")
    assert editor.text() == "x\ty"


def test_a_script_local_mapping(start, tmp_path):
    script = tmp_path / "theirs.vim"
    script.write_text(
        "function! s:mine()\n  return 'MINE'\nendfunction\n"
        "inoremap <silent> <expr> <Tab> <SID>mine()\n"
    )
    editor = start(before=[f"source {script}"])
    ready(editor)
    editor.keys("i", "x", "<Tab>")
    assert editor.text() == "xMINE"


def test_a_mapping_of_one_buffer_is_kept_there(editor):
    editor.nvim.command("inoremap <buffer> <Tab> HERE")
    editor.keys("i", "x", "<Tab>")
    assert editor.text() == "xHERE"
    editor.keys("<Esc>", "cc", *"fo")
    editor.sees(CELL[2:])
    editor.accept()
    assert editor.text() == CELL
    editor.keys("<Esc>")
    editor.open()
    editor.nvim.command("setlocal noexpandtab")
    editor.keys("i", "<Tab>")
    assert editor.text() == "\t"


def test_two_plugins_that_fall_back_to_each_other_end(start):
    editor = start(before=["autocmd FileType python setlocal noexpandtab"])
    ready(editor)
    editor.lua("""
      local was
      for _, mapping in ipairs(vim.api.nvim_get_keymap('i')) do
        if mapping.lhs:upper() == '<TAB>' then was = mapping.callback end
      end
      vim.api.nvim_set_keymap('i', '<Tab>', '', { expr = true, callback = function()
        local keys = was()
        if vim.fn.has('nvim-0.8') == 0 then return keys end
        return vim.api.nvim_replace_termcodes(keys, true, true, true)
      end })""")
    editor.keys("i", "x", "<Tab>", "y")
    editor.wait(lambda: editor.text().endswith("y"))
    assert editor.text().expandtabs(4) == "x   y" and not editor.messages()


def test_a_key_right_after_ghost_text_appeared_was_not_meant_for_it(editor):
    editor.lua("require('codecomplete.keys').GRACE_MS = 5000")
    try:
        editor.nvim.command("setlocal noexpandtab")
        editor.keys("i", *"fo")
        editor.sees(CELL[2:])
        editor.keys("<Tab>")
        assert editor.text() == "fo\t"
    finally:
        editor.lua("require('codecomplete.keys').GRACE_MS = 50")


def test_keys_typed_faster_than_events_do_not_accept_what_is_gone(editor):
    editor.nvim.command("setlocal noexpandtab")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.quiet(0.06)
    editor.keys("x<Tab>")  # at once: no event between the two
    editor.wait(lambda: editor.text() == "fox\t")
    editor.keys("<Esc>", "cc", *"fo")
    editor.sees(CELL[2:])
    editor.quiet(0.06)
    editor.keys("r<Tab>")
    editor.wait(lambda: editor.text() == CELL)  # what still fits is accepted


@pytest.mark.parametrize(
    "menu",
    [
        "package.loaded.cmp = { visible = function() return true end }",
        "package.loaded['blink.cmp'] = { is_visible = function() return true end }",
        "package.loaded.luasnip = { locally_jumpable = function(n) return n == 1 end }",
    ],
    ids=["nvim-cmp", "blink.cmp", "LuaSnip"],
)
def test_tab_belongs_to_open_menus_and_snippets(start, menu):
    editor = start(before=["inoremap <Tab> MENU"])
    editor.lua(menu)
    editor.open()
    editor.keys("i", *"if re")
    first = "ady:" if "snip" not in menu else "ady:\n    print('first')\n    print('second')"
    editor.sees(first)
    editor.accept()
    assert editor.text() == "if reMENU"


def test_beside_a_menu_there_may_be_none(start):
    editor = start(before=["let g:codecomplete_beside_menu = 0"])
    editor.lua("package.loaded.cmp = { visible = function() return true end }")
    editor.open()
    editor.keys("i", *"fo")
    editor.quiet(0.5)
    assert editor.ghost() is None


def test_menus_that_fall_back_to_us_are_not_taken_over(start):
    editor = start()
    ready(editor)
    editor.lua("""
      for _ = 1, 3 do  -- as nvim-cmp does at each InsertEnter
        vim.keymap.set('i', '<Tab>', function() return 'CMP' end,
          { buffer = true, expr = true, desc = 'cmp.utils.keymap.set_map' })
      end""")
    editor.keys("i", "<Tab>")
    assert editor.text() == "CMP"


def test_a_snippet_of_neovim_keeps_its_tab(start):
    editor = start()
    if not editor.lua("return vim.snippet ~= nil"):
        pytest.skip("this Neovim has no snippets")
    ready(editor)
    editor.keys("i")
    editor.lua("vim.snippet.expand('a($1, $2)$0')")
    editor.settle()
    editor.keys(*"fo")
    editor.sees(CELL[2:])
    editor.accept()
    editor.keys("x")
    assert editor.text() == "a(fo, x)"


def test_without_default_keys(start):
    editor = start(before=["let g:codecomplete_keys = v:false"])
    ready(editor)
    assert editor.nvim.funcs.maparg("<M-]>", "i") == ""
    editor.nvim.command("imap <C-l> <Plug>(codecomplete-accept)")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<C-l>")
    assert editor.text() == CELL


def test_an_action_that_the_user_has_mapped_has_no_default_key(start):
    editor = start(before=["imap <C-l> <Plug>(codecomplete-accept)"])
    ready(editor)
    assert "codecomplete" not in str(editor.nvim.funcs.maparg("<Tab>", "i", False, True))
    assert "codecomplete" in str(editor.nvim.funcs.maparg("<M-]>", "i", False, True))


def test_keys_of_the_users_choice(start):
    editor = start()
    editor.lua("require('codecomplete').setup({ keys = { accept = '<C-y>', next = false } })")
    ready(editor)
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    for key in ("<M-]>", "<Tab>"):
        assert "codecomplete" not in str(editor.nvim.funcs.maparg(key, "i", False, True))
    editor.keys("<C-y>")
    assert editor.text() == CELL


def test_in_paste_mode_nothing_is_mapped_or_shown(editor):
    editor.nvim.command("set paste")
    editor.keys("i", *"fo")
    editor.quiet()
    assert editor.ghost() is None
    editor.keys("<Esc>")
    editor.nvim.command("set nopaste")
