"""A program in a pseudo-terminal, and the screen that its user would see."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path

import pexpect
import pyte

from tests.patience import PATIENCE, is_at_work, pause

ROOT = Path(__file__).parents[2]
DIM = {"626262", "666666"}  # the colour of ghost text at a prompt, in 256 colours and in all
EDITORS_DIM = {"6c6c6c"}  # in cc-edit, whose line numbers are dim too

TIOCGPTN = 0x80045430  # which of /dev/pts a terminal is
OURS = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK

ESCAPE = "\x1b[27u"
"""Esc as Kitty sends it. Elsewhere it is one byte, and a letter that arrives before the program has
looked at it makes a key with Alt: a test sends that byte only where it waits for what Esc does."""


class Terminal:
    """Start with ``python -m module``; every wait polls the screen."""

    _shown: list[str] | None = None  # the lines, until there is something new

    def __init__(
        self,
        home: Path,
        *arguments: str,
        rows: int = 24,
        columns: int = 90,
        program: Sequence[str] = (sys.executable,),
        more: Mapping[str, str] | None = None,  # of the environment
        dim: Set[str] = frozenset(DIM),
        folder: Path | None = None,
        spawn: type[pexpect.spawn] = pexpect.spawn,
    ) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "IPYTHONDIR": str(home / "ipython"),
            "XDG_CONFIG_HOME": str(home),
            "XDG_DATA_HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "OMP_NUM_THREADS": "1",
            "TERM": "xterm-256color",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "LANG": "C.UTF-8",
            **(more or {}),
        }
        self.dim, self._home = dim, home
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.child = spawn(
            program[0],
            [*program[1:], *arguments],
            env=environment,
            cwd=str(folder or home),
            dimensions=(rows, columns),
            timeout=PATIENCE,
        )
        self.child.delaybeforesend = None
        self.raw = b""

    def send(self, text: str) -> None:
        self.child.send(text)

    def read(self, seconds: float = 0.02) -> bool:
        """Take in what the program has written; False once it has ended."""
        try:
            data = self.child.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return True
        except (pexpect.EOF, OSError):
            return False
        self.raw += data
        self._stream.feed(data)
        self._shown = None
        return True

    def wait(self, condition: Callable[[], object], patience: float = PATIENCE) -> float:
        """Until ``condition`` holds; returns the seconds that took."""
        start = time.monotonic()
        while not condition():
            waited = time.monotonic() - start
            assert waited < patience, f"{self.text()}\n{self.story()}"
            alive = self.read(pause(waited, 0.02))
            assert alive or condition(), f"the program ended\n{self.text()}"
        return time.monotonic() - start

    def story(self) -> str:
        """What the program has told of itself because it ran for so long."""
        file = self._home / "stuck.txt"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def settle(self, quiet: float = 0.15) -> None:
        """Until every key was read, nothing was written for a moment and the program waits: on a
        busy machine, one that has something to write may not have had a processor yet."""
        before, start = -1, time.monotonic()
        while before != len(self.raw) or self.has_unread() or is_at_work(self.child.pid):
            assert time.monotonic() - start < PATIENCE, f"{self.text()}\n{self.story()}"
            before = len(self.raw)
            self.read(quiet)

    def has_unread(self) -> bool:
        """Whether the program has not read all that was sent. Asked at the program's end of the
        terminal: to poll it there hands over, too, what the kernel still has under way (Linux)."""
        try:
            number = fcntl.ioctl(self.child.child_fd, TIOCGPTN, bytes(4))
            end = os.open(f"/dev/pts/{int.from_bytes(number, sys.byteorder)}", OURS)
        except OSError:  # another system, or the program has ended
            return False
        try:
            poll = select.poll()
            poll.register(end, select.POLLIN)
            return any(event & select.POLLIN for _, event in poll.poll(0))
        finally:
            os.close(end)

    def resize(self, rows: int, columns: int) -> None:
        """A window of another size, with nothing on it until the program draws again."""
        self.screen.resize(rows, columns)
        self.screen.reset()
        self._shown = None
        self.child.setwinsize(rows, columns)

    def lines(self) -> list[str]:
        if self._shown is None:  # to find out takes as long as the program to draw it
            self._shown = [line.rstrip() for line in self.screen.display]
        return list(self._shown)

    def text(self) -> str:
        return "\n".join(self.lines()).rstrip()

    def ghost(self) -> str:
        """Everything on the screen in the style of ghost text, line by line."""
        found = []
        for row in range(self.screen.lines):
            cells = self.screen.buffer[row]
            columns = [c for c in range(self.screen.columns) if cells[c].fg in self.dim]
            if columns:
                text = "".join(cells[c].data for c in range(columns[0], columns[-1] + 1))
                found.append(text.rstrip())
        return "\n".join(found)

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024 / 1e6

    def ended(self, patience: float = PATIENCE) -> float:
        """Seconds until the program has ended."""
        start = time.monotonic()
        while self.read(0.1):  # returns at once when there is something, or the end
            assert time.monotonic() - start < patience, self.text()
        self.child.wait()
        return time.monotonic() - start

    def close(self) -> None:
        """End the program at once: nobody sees what it would still do."""
        with contextlib.suppress(ProcessLookupError):
            if self.child.isalive():
                os.kill(self.child.pid, signal.SIGKILL)
        with contextlib.suppress(Exception):
            self.child.close(force=True)
