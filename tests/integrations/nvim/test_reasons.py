""":checkhealth names every reason why there is no ghost text, and no reason that is none."""

from __future__ import annotations

import pytest

from tests.integrations.nvim.conftest import starting
from tests.integrations.nvim.plugins import BLINK, CMP, beside

CELL = "for index in range(10):"


def health(editor) -> str:
    editor.nvim.command("checkhealth codecomplete")
    report = " ".join(editor.text().split())
    editor.nvim.command("bwipeout!")
    return report


WITHOUT_REASONS = """
require('codecomplete').setup()
vim.o.paste, vim.o.eventignore, vim.g.loaded_copilot = false, '', nil
vim.cmd('highlight clear | doautocmd ColorScheme | silent! %bwipeout!')
"""


@pytest.fixture(scope="module")
def shared_health(program, tmp_path_factory):
    with starting(program, tmp_path_factory.mktemp("health")) as start:
        yield start()


@pytest.fixture
def healthy(shared_health):
    """That Neovim, without what a test before gave it as a reason."""
    shared_health.begin_test()
    shared_health.lua(WITHOUT_REASONS)
    yield shared_health
    shared_health.end_test()


@pytest.mark.parametrize(
    ("lua", "reason"),
    [
        ("require('codecomplete').setup({ auto = false })", "it comes only when asked for"),
        ("require('codecomplete').setup({ ghost = false })", "appear only in completion menus"),
        ("require('codecomplete').setup({ threshold = 0.9 })", "confidence below threshold = 0.9"),
        ("require('codecomplete').setup({ beside_menu = false })", "(beside_menu = false)"),
        ("require('codecomplete').setup({ max_tokens = 0 })", "is too small for any"),
        ("require('codecomplete').setup({ debounce_ms = 900 })", "comes late: debounce_ms = 900"),
        ("require('codecomplete').setup({ enabled = false })", "suggestions are switched off"),
        ("require('codecomplete').setup({ max_line = 2 })", "longer than max_line = 2"),
        ("require('codecomplete').setup({ filetypes = { python = false } })",
         "suggestions are off for filetype python"),
        ("vim.o.paste = true", "'paste' is on"),
        ("vim.o.eventignore = 'TextChangedI'", "'eventignore' keeps the plugin"),
        ("vim.b.codecomplete = false", "b:codecomplete is off"),
        ("vim.bo.modifiable = false", "'nomodifiable'"),
        ("vim.bo.buftype = 'acwrite' vim.api.nvim_buf_set_name(0, '/tmp/some/.env')",
         "looks as if it holds secrets"),
        ("vim.g.loaded_copilot = 1", "copilot.vim shows ghost text too"),
        ("vim.cmd('highlight clear CodeCompleteGhost') vim.cmd('highlight Comment NONE')",
         "looks like your own text"),
        ("vim.keymap.set('i', '<Tab>', 'x', { buffer = true })",
         "<Tab> does not accept in [No Name]: it belongs to another mapping"),
    ],
)  # fmt: skip
def test_each_is_named_and_only_while_it_holds(healthy, lua, reason):
    healthy.open("text")
    healthy.keys("i", "<Esc>")
    assert reason not in health(healthy)
    healthy.lua(lua)
    assert reason in health(healthy)


def test_a_recorded_macro_is_named(start):
    editor = start()
    editor.open()
    editor.keys("qa")
    assert "a macro is being recorded" in health(editor)
    editor.keys("q")


@pytest.mark.parametrize(("name", "first", "setup"), [
    ("nvim-cmp", "_G.cmp_ghost = true", CMP), ("blink.cmp", "_G.blink_ghost = true", BLINK),
])  # fmt: skip
def test_a_menu_that_draws_ghost_text_itself_is_named(start, name, first, setup):
    editor = beside(start, name, first=first, setup=setup)
    assert f"while {name} shows its own" in health(editor)


def test_what_the_running_python_says_is_in_it(start):
    editor = start()
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<Esc>")
    report = health(editor)
    assert "model: fake" in report and ", shown 1, withheld 0" in report
