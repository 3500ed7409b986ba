"""Options: where they come from, and what happens to those that make no sense."""

from __future__ import annotations

from dataclasses import fields

import pytest

from codecomplete.integrations.shared.options import FileOptions

GET = "return require('codecomplete.config').get(...)"


@pytest.fixture(scope="module")
def plain(program, tmp_path_factory):
    from tests.integrations.nvim.editor import Editor

    editor = Editor(program, tmp_path_factory.mktemp("config"), command=[])
    yield editor
    editor.close()


@pytest.fixture
def editor(plain):
    plain.begin_test()
    plain.nvim.command("messages clear")
    for name in plain.nvim.eval("filter(keys(g:), 'v:val =~# \"^codecomplete_\"')"):
        plain.nvim.command(f"unlet g:{name}")
    yield plain
    plain.end_test()


def setup(editor, lua: str) -> None:
    editor.lua(f"require('codecomplete').setup({lua})")


def test_variables_then_setup(editor):
    editor.nvim.command("let g:codecomplete_max_tokens = 7 | let g:codecomplete_debounce_ms = 9")
    setup(editor, "{ max_tokens = 8 }")
    assert [editor.lua(GET, n) for n in ("max_tokens", "debounce_ms", "deadline_ms")] == [8, 9, 80]
    setup(editor, "")
    assert editor.lua(GET, "max_tokens") == 7


def test_vimscript_may_say_0_and_1(editor):
    editor.nvim.command("let g:codecomplete_auto = 0 | let g:codecomplete_enabled = 1")
    editor.nvim.command("let g:codecomplete_keys = 0")
    setup(editor, "")
    assert [editor.lua(GET, n) for n in ("auto", "enabled", "keys")] == [False, True, False]


def test_one_key_can_be_changed_and_the_others_stay(editor):
    setup(editor, "{ keys = { accept = '<C-l>', next = false } }")
    keys = editor.lua(GET, "keys")
    assert keys["accept"] == "<C-l>" and keys["next"] is False and keys["dismiss"] == "<C-]>"


def test_what_makes_no_sense_is_said_in_one_line_and_the_rest_counts(editor):
    editor.nvim.command("let g:codecomplete_model = 3")
    setup(
        editor,
        "{ max_tokens = 'many', colour = 'grey', threshold = 2, keys = { jump = 'x' },"
        " filetypes = { c = 'on' }, command = {}, deadline_ms = 50 }",
    )
    said = editor.messages()
    assert said.count("\n") == 0 and "7 options ignored: " in said
    assert said.endswith("; see :checkhealth codecomplete")
    health = "\n".join(editor.lua("return require('codecomplete.config').problems"))
    for problem in (
        'max_tokens: expected a number of at least 0, found "many"',
        "colour: no such option",
        "threshold: expected a number from 0 to 1, found 2",
        "keys: expected false, or a table of keys for accept, accept_hump,",
        "filetypes: expected a table of true and false by file type",
        "command: expected a list of strings",
        "g:codecomplete_model: expected a string, found 3",
    ):
        assert problem in health, problem
    assert editor.lua(GET, "max_tokens") == 32 and editor.lua(GET, "deadline_ms") == 50


@pytest.mark.parametrize("given", ["3", "'text'"])
def test_setup_wants_a_table(editor, given):
    setup(editor, given)
    assert (
        "setup(): expected a table"
        in editor.lua("return require('codecomplete.config').problems")[0]
    )


def test_options_of_the_python_half_are_the_same_there(editor):
    table = {
        option["name"]: option
        for option in editor.lua("""
          return vim.tbl_map(function(option)
            local default = option.default
            if default == nil then
              default = vim.NIL
            end
            return { name = option.name, default = default, help = option.help }
          end, require('codecomplete.config').options)""")
    }
    ours = fields(FileOptions)
    assert editor.lua("return require('codecomplete.config').engine") == [o.name for o in ours]
    for option in ours:
        assert table[option.name]["default"] == option.default, option.name
        assert table[option.name]["help"] == option.metadata["help"]


def test_parts_are_those_of_the_python_half(editor):
    from codecomplete.engine import Suggestion

    texts = [
        "a",
        " a b",
        "\n  a\n  b",
        "a\nb",
        "ü ö",
        "",
        "  ",
        "\n",
        "\n\nx",
        "a.b(c) d",
        "日本 x\n",
        "(self, x):\n    pass",
        "...é_1 = 2",
        "get_value(key)",
        "maxValue2x = HTTPServer",
        " __init__(self)",
        "a__b_",
        "été2Fois",
        "x2Y_3",
    ]
    for text in texts:
        whole = Suggestion(text)
        parts = {
            "word": whole.first_word(), "hump": whole.first_hump(), "line": whole.first_line(),
        }  # fmt: skip
        for part, ours in parts.items():
            assert editor.lua(f"return require('codecomplete.parts').{part}(...)", text) == ours


def test_options_reach_a_running_process(start):
    editor = start(mode="digest")
    editor.open()
    editor.keys("i", "x")
    editor.sees(editor.digest())
    editor.watch_messages()
    editor.lua("require('codecomplete').setup({ max_tokens = 5, model = '~/some/model' })")
    message = next(message for verb, message in editor.sent() if verb == "options")
    assert message["max_tokens"] == 5 and message["model"] == f"{editor.home}/some/model"
