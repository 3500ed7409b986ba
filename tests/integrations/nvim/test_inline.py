"""Beside Neovim's own inline completion (0.12), with a language server inside Neovim.

Neovims that old are not to be had from a package index: name one in ``CODECOMPLETE_NVIM``.
"""

from __future__ import annotations

import pytest

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
def newest(start):
    editor = start()
    if not editor.nvim.funcs.has("nvim-0.12"):
        pytest.skip("inline completion came with Neovim 0.12")
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
