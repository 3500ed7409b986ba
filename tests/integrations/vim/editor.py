"""A real Vim in a pseudo-terminal: bytes in, the screen that its user sees out. Beside it stands a
channel over which the test asks Vim for what no screen shows."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyte

from tests.integrations.standing_in import stand_in
from tests.integrations.terminal import Terminal
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]
RUNTIME = ROOT / "integrations" / "vim" / "runtime"
FAKE = [sys.executable, "-m", "tests.integrations.vim.fake_serve"]
"""For tests of how it starts and ends; in others, what stands in for it does."""
REAL = [sys.executable, "-m", "codecomplete.integrations.vim", "serve"]
OLDEST = "patch-9.0.1378"
MARK = b"\x1b]777;mark\x07"  # which no terminal shows
DIM = "585858"  # colour 240 of 256, which nothing else has here
KEYS = {
    "Tab": "\t", "Esc": "\x1b", "CR": "\r", "BS": "\x7f", "C-c": "\x03", "C-]": "\x1d",
    "C-o": "\x0f", "C-n": "\x0e", "C-y": "\x19", "C-v": "\x16", "M-Right": "\x1b[1;3C",
    "M-S-Right": "\x1b[1;4C", "M-C-Right": "\x1b[1;7C", "M-Down": "\x1b[1;3B",
    "M-Up": "\x1b[1;3A", "S-Del": "\x1b[3;2~", "Left": "\x1b[D", "Insert": "\x1b[2~",
}  # fmt: skip


def found() -> str | None:
    """The Vim of this machine, if it is one that the plugin runs in."""
    program = shutil.which("vim")
    if program is None:
        return None
    question = f"if has('{OLDEST}') && has('channel') && has('textprop') | cquit 3 | endif"
    asked = [program, "-es", "-Nu", "NONE", "-i", "NONE", "-c", question, "-c", "qa!"]
    return program if subprocess.run(asked, timeout=PATIENCE).returncode == 3 else None


class Screen(pyte.Screen):
    """Vim asks xterm for its ways with keys, in sequences that pyte takes for colours."""

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attributes)

    def report_device_status(self, mode: int, **more: bool) -> None:
        """It need not be answered."""


class Editor(Terminal):
    """Start it with Vimscript to run before the plugin is loaded; ``close`` it."""

    def __init__(
        self,
        program: str,
        home: Path,
        *arguments: str,
        mode: str = "quick",
        command: Sequence[str] | None = None,
        before: Sequence[str] = (),
        runtime: Path | None = RUNTIME,
        rows: int = 24,
    ) -> None:
        self.home = home
        place = home / "control"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(place))
        listener.listen(1)
        listener.settimeout(PATIENCE)
        fake = stand_in(FAKE[-1]) if runtime == RUNTIME else FAKE  # a copy brings its own engine
        command = [*fake, mode] if command is None else list(command)
        settings = home / "vimrc"
        settings.write_text("\n".join([
            "set nocompatible noswapfile viminfo= shortmess+=I noruler noshowcmd",
            "set ttimeoutlen=10 t_RV= t_u7=",
            "set runtimepath=$VIMRUNTIME packpath=",
            f"set runtimepath^={runtime}" if runtime else "",
            f"let g:codecomplete_command = {command!r}" if command else "",
            *before,
            "filetype plugin indent on",
            "highlight CodeCompleteGhost ctermfg=240",
            "highlight CodeCompletePlace ctermfg=241",
            f"let g:control = ch_open('unix:{place}', {{'mode': 'json'}})",
        ]))  # fmt: skip
        super().__init__(
            home, "-u", str(settings), *arguments, rows=rows, columns=80, program=[program],
            dim={DIM}, folder=home,
        )  # fmt: skip
        self.screen = Screen(80, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.number = 0
        while True:
            self.read(0.01)
            listener.settimeout(0.01)
            try:
                self.control = listener.accept()[0]
                break
            except TimeoutError:
                continue
        listener.close()
        self.control.settimeout(PATIENCE)
        self.answers = self.control.makefile("rb")
        self.wait_for("v:vim_did_enter")

    # Doing

    def keys(self, *keys: str) -> None:
        """Type each; Vim has dealt with one before the next is typed."""
        for key in keys:
            begun = self.mode()  # it waits for keys, and does nothing else
            self.send(KEYS.get(key.strip("<>"), key) if len(key) > 1 else key)
            self.settle(0.005)
            if key == "<Esc>":  # it may begin a longer key: Vim answers while it waits for that
                over = "i" if begun.startswith("ni") else "n"  # Ctrl-O's one command is given up
                self.wait_for(f"mode(1) ==# '{over}'")
            self.expr("1")
        self.drawn()

    def type(self, text: str) -> None:
        self.keys(*text)

    def accept(self, key: str = "<Tab>") -> None:
        """Press ``key`` once the ghost text has been there long enough to be meant."""
        time.sleep(0.06)
        self.keys(key)

    def open(self, text: str = "", filetype: str = "python", name: str = "") -> None:
        """A new buffer with ``text``, the caret at its end, in normal mode."""
        self.keys("<Esc>")
        self.ex("enew!")
        if name:
            self.ex(f"file {name}")
        self.expr(f"setline(1, {text.split(chr(10))!r})")
        self.ex(f"set filetype={filetype}")
        self.ex("normal! G$")
        self.ex("redraw")

    # Asking Vim

    def expr(self, expression: str):
        """The value of a Vimscript expression."""
        self.number += 1
        self.control.sendall(json.dumps(["expr", expression, self.number]).encode() + b"\n")
        while True:
            self.read(0.001)
            line = self.answers.readline()
            number, value = json.loads(line)
            if number == self.number:
                return value

    def ex(self, command: str) -> None:
        """Carry out a command; it is over when this returns."""
        self.control.sendall(json.dumps(["ex", command]).encode() + b"\n")
        self.expr("1")

    def buffer(self) -> str:
        return "\n".join(self.expr("getline(1, '$')"))

    def mode(self) -> str:
        return self.expr("mode(1)")

    def caret(self) -> list[int]:
        return self.expr("[line('.'), col('.')]")

    def messages(self) -> str:
        return self.expr("execute('messages')").strip()

    def report(self) -> dict:
        return self.expr("codecomplete#process#Report()")

    def refusal(self) -> str:
        return self.expr("codecomplete#where#Refusal()")

    # Waiting

    def wait_for(self, expression: str) -> None:
        self.wait(lambda: self.expr(expression))

    def sees(self, ghost: str | None) -> None:
        """Wait until exactly that is drawn."""
        self.wait(lambda: self.ghost() == (ghost or ""))

    def has(self, text: str) -> None:
        """Wait until the buffer's text is that."""
        self.wait(lambda: self.buffer() == text)

    @staticmethod
    def wait_without_vim(condition) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.01)

    def drawn(self) -> None:
        """Until all that Vim has drawn so far is on the screen: what it writes next is a mark."""
        before = len(self.raw)
        self.expr('echoraw("\\<Esc>]777;mark\\<C-g>")')
        self.wait(lambda: MARK in self.raw[before:])

    def quiet(self, seconds: float = 0.2) -> None:
        """Give an answer that must not come the time to come."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.read(0.02)

    def close(self) -> None:
        self.answers.close()
        self.control.close()
        super().close()
