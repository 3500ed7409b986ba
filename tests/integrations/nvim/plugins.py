"""Where other people's plugins lie, for the tests that run beside them.

They are no part of this project and are never fetched by a test: clone them into one folder, each
under its own name, and name the folder in ``CODECOMPLETE_NVIM_PLUGINS``, or put them into
``codecomplete/nvim-plugins`` in the cache folder. ``.ci/plugins`` puts there what Debian packages.
Tests are skipped for those that are not there, and for Neovims that a plugin does not run in.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

VARIABLE = "CODECOMPLETE_NVIM_PLUGINS"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
FOLDER = Path(os.environ.get(VARIABLE) or CACHE / "codecomplete" / "nvim-plugins")
OLDEST = {"blink.cmp": (0, 10), "oil.nvim": (0, 8), "lazy.nvim": (0, 8)}
"""The oldest Neovim that each runs in, where it is not ours."""
NEWER = os.environ.get("NVIM_012") or FOLDER.with_name("nvim-newer") / "nvim"
"""A Neovim from 0.12 on, for the few tests that need one."""
PACKAGED = {"ultisnips": Path("/usr/share/vim-ultisnips")}
"""Where a distribution's packages put those that it has."""

CMP = """
local cmp = require('cmp')
cmp.setup({
  mapping = cmp.mapping.preset.insert(_G.cmp_mapping or {}),
  sources = { { name = 'words' } },
  snippet = { expand = function() end },
  experimental = { ghost_text = _G.cmp_ghost or false },
})
cmp.register_source('words', {
  complete = function(_, request, callback)
    local items = {}
    for _, word in ipairs({ 'form', 'fortune', 'ready', 'return' }) do
      table.insert(items, { label = word })
    end
    vim.defer_fn(function()
      callback({ items = items, isIncomplete = _G.cmp_incomplete })
    end, _G.cmp_delay or 0)
  end,
})
"""
"""nvim-cmp with a source of a few words, that takes as long as ``_G.cmp_delay`` says (ms)."""

BLINK = """
require('blink.cmp').setup({
  keymap = { preset = _G.blink_preset or 'default' },
  fuzzy = { implementation = 'lua' },
  sources = { default = { 'buffer' } },
  completion = { ghost_text = { enabled = _G.blink_ghost or false } },
})
"""
"""blink.cmp with the words of the buffer, and without the library that it would download."""


IMITATED_CMP = """
local listeners, open = {}, false
_G.asked = 0
package.loaded.cmp = {
  visible = function()  -- as nvim-cmp waits for a source that has not answered
    _G.asked = _G.asked + 1
    vim.wait(1000, function() return false end)
    return open
  end,
  get_config = function() return { mapping = _G.cmp_mapping or {}, experimental = {} } end,
  event = { on = function(_, name, listener)
    listeners[name] = listeners[name] or {}
    table.insert(listeners[name], listener)
  end },
}
_G.set_menu = function(now)
  open = now
  local heard = listeners[now and 'menu_opened' or 'menu_closed']
  for _, listener in ipairs(heard or {}) do listener({}) end
end
"""
"""What of nvim-cmp we depend on, for machines without it: events, and a question that blocks."""

WAITS = """
_G.waited = 0
local wait, uv = vim.wait, vim.uv or vim.loop
vim.wait = function(...)
  local ours, begin = debug.traceback():find('codecomplete/%w+%.lua') ~= nil, uv.hrtime()
  local answers = { wait(...) }
  if ours then _G.waited = _G.waited + (uv.hrtime() - begin) / 1e6 end
  return unpack(answers)
end
"""
"""Counts the milliseconds that anybody waits below a function of ours."""


def version(editor) -> tuple[int, int]:
    found = editor.lua(
        "return vim.fn.has('nvim-0.8') == 1 and { vim.version().major, vim.version().minor }"
        " or { 0, 7 }"
    )
    return found[0], found[1]


def find(name: str, old: bool) -> Path:
    """A plugin's folder; skips the test if it is not there.

    For Neovim 0.7 an older release may lie beside it, under its name and "-0.7".
    """
    places = [FOLDER / f"{name}-0.7"] if old else []
    for folder in [*places, FOLDER / name, PACKAGED.get(name, FOLDER / name)]:
        if folder.is_dir():
            return folder
    pytest.skip(f"{name} is not in {FOLDER}; clone it there, or set {VARIABLE}")


def newer() -> str:
    """The program; skips the test if there is none."""
    if not Path(NEWER).exists():
        pytest.skip(f"no Neovim 0.12 in {NEWER}; .ci/plugins, or NVIM_012")
    return str(NEWER)


def beside(start, *names: str, first: str = "", setup: str = "", **options):
    """A Neovim with plugins beside ours; ``first`` and ``setup`` are Lua, run once the plugins can
    be loaded. Skips the test where one is not there, or does not run in this Neovim."""
    editor = start(**options)
    has = version(editor)
    for name in names:
        oldest = OLDEST.get(name, (0, 7))
        if has < oldest:
            pytest.skip(f"{name} needs Neovim {oldest[0]}.{oldest[1]}")
        path = find(name, has < (0, 8))
        editor.nvim.command(f"set runtimepath^={path}")
        for script in sorted(path.glob("plugin/**/*.*")):
            editor.nvim.command(f"source {script}")
    editor.lua(f"{first}\n{setup}")
    return editor
