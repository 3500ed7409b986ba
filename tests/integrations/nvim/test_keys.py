"""Keys are what they were wherever there is nothing to accept, in a real Neovim."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integrations.nvim.plugins import IMITATED_CMP, WAITS

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
    editor.lua("require('codecomplete.keys').GRACE_MS = math.huge")
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


def test_tab_belongs_to_an_open_menu_that_has_it(start):
    editor = start(before=["inoremap <Tab> MENU"])
    editor.lua(f"_G.cmp_mapping = {{ ['<Tab>'] = {{ i = function() end }} }}\n{IMITATED_CMP}")
    editor.open()
    editor.keys("i", *"if r")
    editor.lua("_G.set_menu(true)")
    editor.keys("e")
    editor.sees("ady:")
    editor.accept()
    assert editor.text() == "if reMENU"
    editor.lua("_G.set_menu(false)")
    editor.keys(*["<BS>"] * 4)
    editor.sees("ady:\n    print('first')\n    print('second')")


def test_an_open_menu_that_has_no_tab_leaves_it_to_the_ghost_text(start):
    editor = start()
    editor.lua(IMITATED_CMP)
    editor.open()
    editor.keys("i", *"if r")
    editor.lua("_G.set_menu(true)")
    editor.keys("e")
    editor.sees("ady:")
    editor.accept()
    assert editor.text() == "if ready:"


@pytest.mark.parametrize(
    "snippet",
    [
        "package.loaded.luasnip = { locally_jumpable = function(n) return n == 1 end }",
        "package.loaded.luasnip = { expandable = function() return true end }",
        "package.loaded.snippy = { can_expand = function() return true end }",
        "vsnip#jumpable",
        "vsnip#expandable",
        "UltiSnips#CanExpandSnippet",
        "UltiSnips#CanJumpForwards",
    ],
)
@pytest.mark.parametrize("mapped", [True, False], ids=["on Tab", "on another key"])
def test_tab_belongs_to_a_snippet_where_it_is_mapped(shared_keys, snippet, mapped, tmp_path):
    editor = shared_keys
    editor.lua(FORGET)
    if mapped:
        editor.nvim.command("inoremap <Tab> SNIPPET")
    with installed_snippets(editor, snippet, tmp_path):
        ready(editor)
        editor.keys("i", *"fo")
        editor.sees(CELL[2:])
        editor.accept()
        assert editor.text() == ("foSNIPPET" if mapped else CELL)
    editor.keys("<Esc>", "cc", *"fo")
    editor.sees(CELL[2:])
    editor.accept()
    assert editor.text() == CELL, "without a snippet it is for the ghost text"


@contextmanager
def installed_snippets(editor, snippet: str, folder: Path) -> Iterator[None]:
    """One answer of a snippet plugin, for as long as the block runs."""
    name = snippet.partition("#")[0]
    if "#" in snippet:
        script = folder / "autoload" / f"{name}.vim"
        script.parent.mkdir()
        script.write_text(f"function! {snippet}(...)\n  return 1\nendfunction\n")
        # That such a function is missing is remembered until there are other folders to look in.
        editor.nvim.command(f"set runtimepath+={folder} | source {script}")
    else:
        editor.lua(snippet)
    try:
        yield
    finally:
        if "#" in snippet:
            editor.nvim.command(f"set runtimepath-={folder} | delfunction {snippet}")
        else:
            editor.lua("package.loaded.luasnip, package.loaded.snippy = nil, nil")


def test_snippets_and_menus_may_come_after_ghost_text(start):
    editor = start(before=["inoremap <Tab> THEIRS"])
    editor.lua(f"_G.cmp_mapping = {{ ['<Tab>'] = {{ i = function() end }} }}\n{IMITATED_CMP}")
    editor.lua("package.loaded.luasnip = { expandable = function() return true end }")
    editor.lua("require('codecomplete').setup({ menu_first = false, snippet_first = false })")
    editor.open()
    editor.keys("i")
    editor.lua("_G.set_menu(true)")
    editor.keys(*"fo")
    editor.sees(CELL[2:])
    editor.accept()
    assert editor.text() == CELL


def test_nobody_is_asked_whether_its_menu_is_open(start):
    editor = start()
    editor.lua(IMITATED_CMP + WAITS)
    editor.open()
    editor.keys("i", *"f")
    editor.lua("_G.set_menu(true)")
    editor.keys(*"o")
    editor.sees(CELL[2:])
    editor.type(CELL[2:6])
    editor.lua("_G.set_menu(false)")
    editor.accept()
    assert editor.text() == CELL
    assert editor.lua("return { _G.asked, _G.waited }") == [0, 0]


def test_beside_a_menu_there_may_be_none(start):
    editor = start(before=["let g:codecomplete_beside_menu = 0"])
    editor.lua(IMITATED_CMP)
    editor.open()
    editor.keys("i", "f")
    editor.lua("_G.set_menu(true)")
    editor.keys("o")
    editor.quiet(0.5)
    assert editor.ghost() is None
    editor.lua("_G.set_menu(false)")
    editor.sees(CELL[2:])


def test_a_menu_that_was_never_closed_ends_with_the_insertion(start):
    editor = start(before=["let g:codecomplete_beside_menu = 0"])
    editor.lua(IMITATED_CMP)
    editor.open()
    editor.keys("i")
    editor.lua("_G.set_menu(true)")
    editor.keys("<Esc>", "i", *"fo")
    editor.sees(CELL[2:])


def test_a_menu_that_is_loaded_after_us_is_heard(start):
    editor = start(before=["let g:codecomplete_beside_menu = 0"])
    ready(editor)
    editor.lua(IMITATED_CMP)
    editor.keys("i")
    editor.lua("_G.set_menu(true)")
    editor.keys(*"fo")
    editor.quiet(0.5)
    assert editor.ghost() is None


def test_an_abbreviation_ends_at_the_keys_at_which_it_ended(start):
    """From 0.11 on Neovim maps Tab itself, for its snippets, so that it ends none."""
    texts = []
    for keys in ("{}", "v:false"):
        editor = start(before=[f"let g:codecomplete_keys = {keys}", "inoreabbrev teh the"])
        ready(editor)
        editor.keys("i", *"teh", "<Tab>", *"teh", "<C-]>", "x")
        texts.append(editor.text())
    assert texts[0] == texts[1] and texts[0].endswith("thex")


def test_an_unmapped_meta_key_is_what_neovim_makes_of_it(start):
    """Without a mapping, Neovim takes <M-x> for <Esc> x: here, a motion in normal mode."""
    editor = start()
    editor.open("call(one, two)")
    editor.keys("A", "<M-[>(")
    assert (editor.text(), editor.mode()) == ("call(one, two)", "n")


def test_a_key_typed_twice_at_once_belongs_to_its_owner_twice(start):
    editor = start(before=[lua_map("vim.api.nvim_put({'MINE'}, 'c', false, true)")])
    ready(editor)
    editor.keys("ix<Tab><Tab>y")
    editor.wait(lambda: editor.text() == "xMINEMINEy")


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


def test_no_key_calls_what_checks_its_arguments_in_a_loop(editor):
    """``vim.validate``, whose loop LuaJIT sometimes compiles wrongly in the older Neovim."""
    editor.keys("i", "<Esc>")  # at the first insertion, the plugin starts
    editor.lua(
        "validated, before = {}, vim.validate; vim.validate = function(first, ...)"
        " local from = debug.traceback();"
        " if type(first) == 'table' and from:find('lua/codecomplete', 1, true) then"
        "   table.insert(validated, from) end;"
        " return before(first, ...) end"
    )
    try:
        editor.keys("i", *"if re")
        editor.sees("ady:\n    print('first')\n    print('second')")
        for key in ("<M-S-Right>", "<M-Right>", "<M-C-Right>", "<Tab>", "<CR>", "<BS>", "<Esc>"):
            editor.accept(key)
        assert editor.lua("return validated") == []
    finally:
        editor.lua("vim.validate = before")
