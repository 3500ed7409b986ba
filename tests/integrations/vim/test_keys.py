"""A key that accepts is, at any other time, what it was; menus and snippets go first."""

from __future__ import annotations

import pytest

CELL = "for index in range(10):"


def test_tab_without_ghost_text_is_a_tab(editor):
    editor.ex("setlocal noexpandtab")
    editor.keys("i", *"xyz", "<Tab>", "!")
    editor.has("xyz\t!")


def test_tab_ends_an_abbreviation(start):
    editor = start(before=["iabbrev teh the"])
    editor.open()
    editor.ex("setlocal noexpandtab")
    editor.keys("i", *"teh", "<Tab>", "!")
    editor.has("the\t!")


@pytest.mark.parametrize(
    ("mapping", "text"),
    [
        ("inoremap <Tab> MINE", "xyzMINE!"),
        ("imap <Tab> <Plug>(mine)| inoremap <Plug>(mine) MINE", "xyzMINE!"),
        ("inoremap <expr> <Tab> 'MI' .. 'NE'", "xyzMINE!"),
        ("inoremap <Tab> <Cmd>let g:mine = 1<CR>MINE", "xyzMINE!"),
        ("imap <Tab> <Tab>MINE", "xyz\tMINE!"),
        ("inoremap <script> <Tab> <SID>m| inoremap <SID>m MINE", "xyzMINE!"),
    ],
    ids=["plain", "plug", "expr", "cmd", "to itself", "script"],
)
@pytest.mark.parametrize("when", ["before", "after", "of one buffer"])
def test_a_mapping_of_the_user_s_is_what_the_key_was(start, tmp_path, mapping, text, when):
    script = tmp_path / "mapping.vim"
    script.write_text(
        mapping.replace("<Tab>", "<buffer> <Tab>", 1) if "buffer" in when else mapping
    )
    editor = start(before=[f"source {script}"] if when == "before" else [])
    editor.open()
    if when != "before":
        editor.keys("i", "<Esc>")
        editor.ex(f"source {script}")
    editor.ex("setlocal noexpandtab")
    for _ in range(2):
        editor.keys("i", *"xyz", "<Tab>", "!")
        editor.has(text)
        editor.keys("<Esc>", *"ccfo")
        editor.sees(CELL[2:])
        editor.accept()
        editor.has(CELL)
        editor.keys("<Esc>", *"cc", "<Esc>")


def test_a_tab_in_the_moment_in_which_ghost_text_appears_was_not_meant_for_it(editor):
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    number = editor.expr("matchstr(maparg('<Tab>', 'i'), 'Press(\\zs\\d*')")
    press = f"codecomplete#keys#Press({number}, v:false)"
    again = "codecomplete#ghost#Put(codecomplete#ghost#Here(), 'r')"
    editor.quiet(0.06)
    assert "accept" in editor.expr(press)
    assert "accept" not in editor.expr(f"[{again}, {press}][1]")


def test_vim_s_own_menu_goes_first(editor):
    editor.open("fortune\n")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<C-n>")
    editor.sees(None)
    editor.keys("<C-y>")
    editor.has("fortune\nfortune")


def test_keys_can_be_chosen(start):
    editor = start(before=["let g:codecomplete_keys = {'accept': '<C-l>', 'dismiss': ''}"])
    editor.open()
    editor.ex("setlocal noexpandtab")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("\x0c")
    editor.has(CELL)


def test_an_own_plug_mapping_leaves_the_default_key_alone(start):
    editor = start(before=["imap <C-l> <Plug>(codecomplete-accept)"])
    editor.open()
    editor.ex("setlocal noexpandtab")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    assert editor.expr("maparg('<Tab>', 'i')") == ""
    editor.keys("\x0c")
    editor.has(CELL)


def test_no_letter_is_a_key(editor):
    """Vim takes <M-x> for a letter beyond ASCII: none of the keys may be one."""
    editor.keys("i", *"ÜÝÛÄÖß")
    editor.has("ÜÝÛÄÖß")


def test_dismissed_text_comes_back_with_the_next_edit(editor):
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<C-]>")
    editor.sees(None)
    editor.keys("r")
    editor.sees(CELL[3:])


def test_never_again_is_remembered(start):
    editor = start()
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<S-Del>")
    editor.sees(None)
    editor.keys("<Esc>", *"ccfo")
    editor.quiet(0.4)
    assert editor.ghost() == ""
