"""Beside Neovim's own inline completion (0.12), with a language server inside Neovim, and through
it with this project's."""

from __future__ import annotations

import pytest

from tests.integrations.lsp.raw import ROOT, fake
from tests.integrations.nvim.editor import Editor
from tests.integrations.nvim.plugins import newer

CELL = "for index in range(10):"
SERVER = """
local function server(dispatchers)
  local closing = false
  return {
    request = function(method, params, callback)
      if method == 'initialize' then
        callback(nil, { capabilities = { inlineCompletionProvider = true } })
      elseif method == 'textDocument/inlineCompletion' then
        callback(nil, { items = { { insertText = 'THEIRS' } } })
      else
        callback(nil, nil)
      end
      return true, 1
    end,
    notify = function(method)
      if method == 'exit' then dispatchers.on_exit(0, 0) end
    end,
    is_closing = function() return closing end,
    terminate = function() closing = true end,
  }
end
_G.client = vim.lsp.start({ name = 'theirs', cmd = server, root_dir = vim.fn.getcwd() })
"""
THEIRS = """
local found = {}
for name, space in pairs(vim.api.nvim_get_namespaces()) do
  if name:find('inline_completion') then
    vim.list_extend(found, vim.api.nvim_buf_get_extmarks(0, space, 0, -1, {}))
  end
end
return #found
"""


@pytest.fixture
def begin(tmp_path):
    """Start a Neovim from 0.12 on, as the fixture ``start`` does with others."""
    started = []

    def begin(**options) -> Editor:
        started.append(Editor(newer(), tmp_path, **options))
        return started[-1]

    yield begin
    for editor in started:
        editor.close()


@pytest.fixture
def newest(begin):
    editor = begin()
    editor.open()
    return editor


def test_where_neovim_shows_a_server_s_we_show_nothing(newest):
    newest.keys("i", *"fo")
    newest.sees(CELL[2:])  # the Python process is there
    newest.keys("<Esc>", "cc", "<Esc>")
    newest.lua(SERVER + "vim.lsp.inline_completion.enable()")
    newest.wait(lambda: newest.lua("return #vim.lsp.get_clients({ bufnr = 0 })"))
    newest.keys("i", *"fo")
    newest.wait(lambda: newest.lua(THEIRS))
    newest.quiet(0.5)
    assert newest.ghost() is None
    newest.lua("vim.lsp.inline_completion.enable(false)")
    newest.keys("<Esc>", "cc", *"fo")
    newest.sees(CELL[2:])


def test_inline_completion_without_a_server_leaves_us_on(newest):
    newest.lua("vim.lsp.inline_completion.enable()")
    newest.keys("i", *"fo")
    newest.sees(CELL[2:])


def test_a_server_without_inline_completion_being_on_leaves_us_on(newest):
    newest.lua(SERVER)
    newest.keys("i", *"fo")
    newest.sees(CELL[2:])


# The other way round: Neovim draws, our language server suggests, and the plugin keeps silent.

OURS = f"""
vim.lsp.config('codecomplete', {{ cmd = {{ {", ".join(map(repr, fake()))} }},
  cmd_env = {{ PYTHONPATH = {str(ROOT)!r} }} }})
"""
DRAWN = """
local space = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion']
local marks = space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}
local text = ''
for _, mark in ipairs(marks) do
  for _, chunk in ipairs(mark[4].virt_text or {}) do text = text .. chunk[1] end
end
return text
"""
CLIENTS = "return vim.tbl_map(function(c) return c.name end, vim.lsp.get_clients({ bufnr = 0 }))"


@pytest.fixture
def native(begin, tmp_path):
    editor = begin(before=[f"lua {OURS}".replace("\n", " ")])
    editor.nvim.command("lua require('codecomplete').setup({ native = true })")
    editor.nvim.command(f"edit {tmp_path / 'x.py'}")
    editor.wait(lambda: editor.lua(CLIENTS) == ["codecomplete"])
    editor.wait(
        lambda: editor.lua(
            "return #vim.api.nvim_get_autocmds({ event = 'CursorMovedI', buffer = 0 }) > 0"
        )
    )
    return editor


def test_neovim_draws_and_the_plugin_does_not(native):
    native.keys("i", *"fo")
    native.wait(lambda: native.lua(DRAWN) == CELL[2:])
    assert native.ghost() is None and native.state() == "stopped"
    native.nvim.command("CodeComplete status")
    assert "native = true" in native.messages()


def test_tab_accepts_what_neovim_draws_and_is_a_tab_otherwise(native):
    native.nvim.command("setlocal noexpandtab noautoindent indentexpr=")
    native.keys("i", *"fo")
    native.wait(lambda: native.lua(DRAWN) == CELL[2:])
    native.keys("<Tab>")
    native.wait(lambda: native.text() == CELL)
    native.keys("<CR>", *"xyz", "<Tab>")
    native.quiet(0.4)
    assert native.text() == CELL + "\nxyz\t"


def test_parts_of_what_neovim_draws_are_accepted_from_where_the_caret_is(native):
    native.keys("i", *"fo")
    native.wait(lambda: native.lua(DRAWN) == CELL[2:])
    native.nvim.input("r<M-Right>")  # before Neovim has asked anew
    native.wait(lambda: native.text() == "for index")
    native.wait(lambda: native.lua(DRAWN) == " in range(10):")
    native.keys("<M-C-Right>")
    native.wait(lambda: native.text() == CELL)
    native.keys("<Esc>", "u")
    assert native.text() == "for index"


def test_our_server_suggests_to_neovim_with_the_packages_own_python(begin, tmp_path):
    editor = begin(before=["let g:codecomplete_native = 1"])
    editor.nvim.command(f"edit {tmp_path / 'x.py'}")
    editor.wait(lambda: editor.lua(CLIENTS) == ["codecomplete"])
    editor.keys("i", *"import os", "<CR>", *"for name in os.")

    def drawn() -> str:
        editor.keys("l")
        editor.quiet(0.5)  # Neovim asks 200 ms after a key, and only once
        text = editor.lua(DRAWN)
        editor.keys("<BS>")
        return text

    assert editor.wait(drawn).startswith("ist")


def test_an_older_neovim_says_so_in_one_line_and_the_plugin_goes_on(start):
    editor = start(before=["let g:codecomplete_native = 1"])
    assert "native needs Neovim 0.12" in editor.messages_then_clear()
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
