"""Which buffers are suggested for, and how the user says otherwise, in a real Neovim."""

from __future__ import annotations

import pytest

CELL = "for index in range(10):"
NO_FILE = ["help", "nofile", "nowrite", "prompt", "quickfix"]


def refusal(editor) -> str | None:
    return editor.lua("return require('codecomplete.where').refusal()")


@pytest.mark.parametrize(
    "filetype", ["python", "c", "java", "rust", "lua", "python.django", "yaml"]
)
def test_code_is_suggested_for(editor, filetype):
    editor.open(filetype=filetype)
    assert refusal(editor) is None


@pytest.mark.parametrize("filetype", ["gitcommit", "gitrebase", "markdown", "text", "help", ""])
def test_prose_and_messages_are_not(editor, filetype):
    editor.open(filetype=filetype)
    assert refusal(editor).startswith("suggestions are off for ")
    editor.keys("i", *"fo")
    editor.quiet(0.1)
    assert editor.ghost() is None


@pytest.mark.parametrize(
    "name",
    [
        ".env", ".env.local", "prod.env", "server.pem", "id_rsa", "id_ed25519", ".netrc",
        "credentials", "credentials.json", "secrets.yaml", "a.tfvars", ".ssh/config", ".aws/x.py",
    ],
)  # fmt: skip
def test_files_that_hold_secrets_are_not(editor, name):
    editor.open(name=f"/tmp/some/{name}")
    assert refusal(editor) == "the file looks as if it holds secrets"


@pytest.mark.parametrize(
    "name", ["environment.py", "keys.py", "identity.py", "secretary.py", "env/a.py"]
)
def test_files_that_only_sound_like_it_are(editor, name):
    editor.open(name=f"/tmp/some/{name}")
    assert refusal(editor) is None


@pytest.mark.parametrize("buftype", NO_FILE)
def test_what_is_no_file_is_not(editor, buftype):
    editor.nvim.command("enew!")
    editor.lua("vim.bo.buftype = ...", buftype)
    editor.nvim.command("setlocal filetype=python")
    assert refusal(editor) is not None


def test_a_terminal_is_not(editor):
    editor.nvim.command("terminal cat")
    editor.keys("i", *"fo")
    editor.quiet(0.1)
    assert editor.ghost_anywhere() == 0
    editor.keys("<C-\\><C-n>")


def test_what_cannot_be_changed_is_not(editor):
    editor.nvim.command("setlocal nomodifiable")
    assert "nomodifiable" in refusal(editor)
    editor.nvim.command("CodeComplete")
    assert "the buffer cannot be cha" in editor.messages_then_clear()


def test_a_readonly_file_may_be_typed_into(editor):
    editor.nvim.command("setlocal readonly")
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])


def test_long_lines_and_large_files_are_left_alone(editor):
    editor.open("x = '" + "a" * 3000 + "'\nshort")
    assert refusal(editor) is None, "the caret is on the short line"
    editor.nvim.command("1")
    assert refusal(editor) == "the line is longer than max_line = 2000"
    editor.open("\n".join(["y" * 1999] * 1001))
    assert refusal(editor) == "the file is larger than max_file_kb = 2000"


def test_a_buffer_can_be_switched(editor):
    editor.lua("vim.b.codecomplete = false")
    assert refusal(editor) == "b:codecomplete is off"
    editor.nvim.command("let b:codecomplete = 1")
    assert refusal(editor) is None
    editor.open(filetype="markdown")
    editor.nvim.command("let b:codecomplete = v:true")
    assert refusal(editor) is None


def test_file_types_can_be_switched(start):
    editor = start(before=["let g:codecomplete_filetypes = {'markdown': 1, 'c': v:false}"])
    for filetype, off in {"markdown": False, "c": True, "python": False, "c.doxygen": True}.items():
        editor.open(filetype=filetype)
        assert (refusal(editor) is not None) == off, filetype
    editor.lua("require('codecomplete').setup({ filetypes = { ['*'] = false, python = true } })")
    for filetype, off in {"markdown": False, "java": True, "python": False}.items():
        editor.open(filetype=filetype)
        assert (refusal(editor) is not None) == off, filetype


def test_only_when_asked(start):
    editor = start(before=["let g:codecomplete_auto = 0"])
    editor.open()
    editor.keys("i", *"fo")
    editor.quiet(0.3)
    assert editor.ghost() is None
    editor.keys("<M-Bslash>")
    editor.sees(CELL[2:])
    editor.type("r")
    assert editor.ghost() == CELL[3:], "then it is followed like any other"


def test_the_command_asks_where_the_cursor_is(editor):
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<C-]>", "<Esc>")
    editor.nvim.command("CodeComplete")
    editor.sees(CELL[2:])
    assert editor.mode() == "i", "as if one had gone on typing there"


def test_the_command_says_if_there_is_nothing(editor):
    editor.keys("i", *"zzz")
    editor.keys("<Cmd>CodeComplete<CR>")
    editor.wait(lambda: editor.messages() == "codecomplete: no suggestion")
    editor.messages_then_clear()


def test_subcommands_are_completed_and_others_refused(editor):
    complete = editor.nvim.funcs.getcompletion
    assert complete("CodeComplete ", "cmdline") == [
        "accept", "dismiss", "federate", "install", "never", "off", "on", "status", "toggle",
    ]  # fmt: skip
    assert complete("CodeComplete o", "cmdline") == ["off", "on"]
    editor.nvim.command("CodeComplete dance")
    assert "dance: expected one of accept, dismiss" in editor.messages_then_clear()


def test_the_status_line_says_how_it_is(start):
    editor = start()
    editor.nvim.command("set statusline=%{v:lua.require'codecomplete'.statusline()}")

    def line() -> str:
        return editor.nvim.eval("v:lua.require'codecomplete'.statusline()")

    editor.open()
    assert line() == "cc" and editor.state() == "stopped"
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    assert line() == "cc"
    editor.nvim.command("CodeComplete off")
    assert line() == "cc off"
    editor.nvim.command("CodeComplete on")
    editor.wait(lambda: editor.state() == "ready")  # what starts anew has not failed
    editor.keys("<Esc>")
    editor.open(filetype="markdown")
    assert line() == "cc -"
    editor.lua("require('codecomplete.process').fail('some reason')")
    assert line() == "cc !"


@pytest.mark.parametrize(
    "name", ["oil:///home/me/project/", "oil-ssh://host/folder/", "minifiles://3//home/me"]
)
def test_a_listing_of_a_folder_is_no_file(editor, name):
    editor.open("", "python")
    editor.nvim.command("setlocal buftype=acwrite")
    editor.lua("vim.api.nvim_buf_set_name(0, ...)", name)
    assert refusal(editor) == "this is a folder, not a file"
    editor.keys("i", *"fo")
    editor.quiet()
    assert editor.ghost() is None
