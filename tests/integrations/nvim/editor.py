"""A real Neovim without a screen, with the plugin and a fake engine: keys in, text and ghost text
out. Nothing of the machine's own configuration is read."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pynvim

ROOT = Path(__file__).parents[3]
RUNTIME = ROOT / "integrations" / "nvim" / "runtime"
PATIENCE = 20.0
FAKE = [sys.executable, "-m", "tests.integrations.nvim.fake_serve"]
REAL = [sys.executable, "-m", "integrations.nvim", "serve"]


def installed() -> dict[str, str | None]:
    """The Neovims that the plugin is tested with: the distribution's, and the wheel's."""
    own = Path(sys.executable).with_name("nvim")
    system = next((p for p in ("/usr/bin/nvim", shutil.which("nvim")) if p and Path(p).exists()), None)
    if system is not None and own.exists() and Path(system).resolve() == own.resolve():
        system = None
    return {"old": system, "new": str(own) if own.exists() else None}


def environment(home: Path) -> dict[str, str]:
    folders = {
        name: str(home / name.lower())
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    }
    for folder in folders.values():
        Path(folder).mkdir(exist_ok=True, mode=0o700)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "NVIM_RPLUGIN_MANIFEST": str(home / "rplugin.vim"),
        **folders,
    }


class Editor:
    """Start it with Vimscript or Lua to run before the plugin is loaded; ``close`` it."""

    def __init__(
        self,
        program: str,
        home: Path,
        *arguments: str,
        mode: str = "quick",
        command: Sequence[str] | None = None,
        before: Sequence[str] = (),
        runtime: Path | None = RUNTIME,
    ) -> None:
        self.program, self.home = program, home
        first = [f"set runtimepath^={runtime}"] if runtime else []
        command = [*FAKE, mode] if command is None else list(command)
        if command:
            first.append(f"let g:codecomplete_command = {command!r}")
        argv = [program, "--embed", "--headless", "-n", "-i", "NONE", "-u", "NORC"]
        for text in (*first, *before):
            argv += ["--cmd", text]
        wrapped = ["env", "-i", *(f"{k}={v}" for k, v in environment(home).items())]
        self.nvim = pynvim.attach("child", argv=[*wrapped, *argv, *arguments])
        self.nvim.command("set shortmess+=I")

    # Doing

    def keys(self, *keys: str) -> None:
        """Type each; Neovim has dealt with one before the next is typed."""
        for key in keys:
            self.nvim.input(key)
            self.settle()

    def type(self, text: str) -> None:
        self.keys(*text.replace("<", "\0").translate({0: "<lt>"}))

    def settle(self) -> None:
        """Until Neovim waits for the next key."""
        while self.nvim.api.get_mode()["blocking"]:
            time.sleep(0.001)
        self.nvim.eval("1")

    def lua(self, code: str, *arguments):
        return self.nvim.exec_lua(code, *arguments)

    def open(self, text: str = "", filetype: str = "python", name: str = "") -> None:
        """A new buffer with ``text``, the caret at its end, in normal mode."""
        self.nvim.command("enew!")
        if name:
            self.nvim.command(f"file {name}")
        self.nvim.current.buffer[:] = text.split("\n")
        self.nvim.command(f"set filetype={filetype}")
        self.nvim.command("normal! G$")

    # Looking

    def text(self) -> str:
        return "\n".join(self.nvim.current.buffer[:])

    def mode(self) -> str:
        return self.nvim.api.get_mode()["mode"]

    def ghost(self) -> str | None:
        """What is drawn at the caret; None if nothing is."""
        return self.lua(GHOST)

    def messages(self) -> str:
        return self.nvim.eval("execute('messages')").strip()

    def state(self) -> str:
        return self.lua("return require('codecomplete.process').state")

    # Waiting

    def wait(self, condition: Callable[[], object], patience: float = PATIENCE):
        until = time.monotonic() + patience
        while True:
            found = condition()
            if found:
                return found
            assert time.monotonic() < until, (self.text(), self.ghost(), self.messages())
            time.sleep(0.002)

    def sees(self, ghost: str | None) -> None:
        """Wait until exactly that is drawn."""
        self.wait(lambda: self.ghost() == ghost)

    def quiet(self, seconds: float = 0.15) -> None:
        """Give an answer that must not come the time to come."""
        time.sleep(seconds)
        self.settle()

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.nvim.command("qa!", async_=True)
        with contextlib.suppress(Exception):
            self.nvim.close()


GHOST = """
local space = vim.api.nvim_get_namespaces().codecomplete
if not space then return nil end
local marks = vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })
if #marks == 0 then return nil end
assert(#marks == 1, 'one ghost at a time')
local row, column, details = marks[1][2], marks[1][3], marks[1][4]
local caret = vim.api.nvim_win_get_cursor(0)
assert(row == caret[1] - 1 and column == caret[2],
  ('drawn at %d:%d, caret at %d:%d'):format(row, column, caret[1] - 1, caret[2]))
local lines = {}
local function text(chunks)
  local found = {}
  for _, chunk in ipairs(chunks or {}) do
    if chunk[2] ~= 'Normal' then table.insert(found, chunk[1]) end
  end
  return table.concat(found)
end
table.insert(lines, text(details.virt_text))
for _, line in ipairs(details.virt_lines or {}) do table.insert(lines, text(line)) end
return table.concat(lines, '\\n')
"""
