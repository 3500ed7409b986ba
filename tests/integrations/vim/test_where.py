"""Which buffers are suggested for: the same as in Neovim."""

from __future__ import annotations

import pytest

from codecomplete.engine import is_private
from tests.integrations.nvim import reference

CELL = "for index in range(10):"
NAMES = [
    ".env", ".env.local", "prod.env", "server.pem", "id_rsa", "id_ed25519", ".netrc", "_netrc",
    "credentials", "credentials.json", "secrets.yaml", "secret.toml", "a.tfvars", ".ssh/config",
    ".aws/x.py", ".pgpass", ".git-credentials", "x.kdbx", "a.p12", ".npmrc", "environment.py",
    "keys.py", "identity.py", "secretary.py", "env/a.py", "key.py", "secrets.py", "my.envy",
    "id.py", "credential.py", "netrc", "x.keys",
]  # fmt: skip


def test_the_types_that_are_off_are_those_of_the_neovim_plugin(editor):
    assert editor.expr("g:codecomplete#where#OFF") == reference.facts()["off"]


@pytest.mark.parametrize("name", NAMES)
def test_files_that_hold_secrets_are_those_of_the_engine(editor, name):
    path = f"/tmp/some/{name}"
    assert editor.expr(f"codecomplete#where#IsPrivate('{path}')") == is_private(path)


def test_the_text_of_a_private_file_goes_nowhere(start):
    editor = start()
    editor.open("secret", name="/tmp/some/.env")
    editor.ex("set filetype=python")
    editor.keys("A", *" fo")
    editor.quiet(0.3)
    assert editor.report()["sent"] == 0
    assert editor.refusal() == "the file looks as if it holds secrets"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("set filetype=markdown", "suggestions are off for filetype markdown"),
        ("set filetype=", "suggestions are off for files without a type"),
        ("setlocal buftype=nofile", "this is not a file (buftype=nofile)"),
        ("setlocal nomodifiable", "the buffer cannot be changed ('nomodifiable')"),
        ("let b:codecomplete = 0", "b:codecomplete is off"),
        ("file /tmp/", "this is a folder, not a file"),
        ("let g:codecomplete_enabled = 0", "suggestions are switched off"),
        ("let g:codecomplete_max_line = 1 | call setline(1, 'ab')",
         "the line is longer than max_line = 1"),
        ("let g:codecomplete_max_file_kb = 1 | call setline(1, repeat(['a'->repeat(99)], 20))",
         "the file is larger than max_file_kb = 1"),
    ],
)  # fmt: skip
def test_every_reason_to_be_silent_has_words(start, command, why):
    editor = start()
    editor.open()
    assert editor.refusal() == ""
    editor.ex(command)
    assert editor.refusal() == why


def test_a_macro_does_the_same_the_second_time(editor):
    editor.keys(*"qai", *"fo")
    editor.quiet(0.3)
    assert editor.ghost() == ""
    editor.keys("<Esc>", "q")
    editor.ex("normal! @a")
    assert editor.buffer() == "ffoo"


def test_a_block_is_left_alone(editor):
    editor.open("a\nb")
    editor.ex("normal! gg")
    editor.keys("<C-v>", "j", "I", *"fo")
    editor.quiet(0.3)
    assert editor.ghost() == ""
    editor.keys("<Esc>")
    editor.has("foa\nfob")


def test_a_block_is_left_alone_in_the_first_insertion(start):
    editor = start()
    editor.open("a\nb")
    editor.ex("normal! gg")
    editor.keys("<C-v>", "j", "I", *"fo")
    editor.quiet(0.3)
    assert editor.report()["state"] == "stopped", "nobody was asked"
    editor.keys("<Esc>", "o", *"fo")
    editor.sees("r index in range(10):")


def test_with_paste_nothing_is_suggested(editor):
    editor.ex("set paste")
    editor.keys("i", *"fo")
    editor.quiet(0.3)
    assert editor.ghost() == ""
    editor.keys("<Esc>")
    editor.ex("set nopaste")


def test_file_types_can_be_switched(start):
    editor = start(before=["let g:codecomplete_filetypes = {'markdown': 1, 'c': v:false}"])
    for filetype, off in {"markdown": False, "c": True, "python": False, "c.doxygen": True}.items():
        editor.open(filetype=filetype)
        assert (editor.refusal() != "") == off, filetype
