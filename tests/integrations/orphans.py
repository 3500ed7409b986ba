"""A host in a terminal that can be taken away from it: closed, hung up, its shell killed.

``Hosted`` starts a program as the user's shell would, in a session of its own with the terminal as
its controlling one, and counts the seconds until it is no more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

from tests.integrations.terminal import ROOT
from tests.patience import PATIENCE


class Hosted:
    """``python ARGUMENTS`` below a shell; ``ignore`` ignores SIGHUP as ``nohup`` does."""

    def __init__(
        self, home: Path, *arguments: str, ignore: bool = False, folder: Path | None = None
    ) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 90, 0, 0))
        self.screen = pyte.Screen(90, 20)
        self._stream = pyte.ByteStream(self.screen)
        trap = 'trap "" HUP; ' if ignore else ""
        self.shell = subprocess.Popen(
            ["/bin/sh", "-c", f'{trap}"$@"; true', "sh", sys.executable, *arguments],
            stdin=slave, stdout=slave, stderr=slave, cwd=folder or home, env=environment(home),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)

    @property
    def pid(self) -> int:
        """Of the host, not of its shell."""
        children = Path(f"/proc/{self.shell.pid}/task/{self.shell.pid}/children").read_text()
        return int(children.split()[0])

    def send(self, text: str) -> None:
        os.write(self.master, text.encode())

    def read(self, seconds: float = 0.05) -> None:
        if select.select([self.master], [], [], seconds)[0]:
            with contextlib.suppress(OSError):
                self._stream.feed(os.read(self.master, 1 << 16))

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def wait(self, condition: Callable[[], object]) -> None:
        start = time.monotonic()
        while not condition():
            assert time.monotonic() - start < PATIENCE, self.text()
            self.read()

    def hang_up(self) -> None:
        """The terminal is closed, as when its window or its connection is."""
        os.close(self.master)
        self.master = -1

    def kill_shell(self) -> None:
        self.shell.kill()

    def gone(self, pid: int) -> float:
        """Seconds until the process has ended."""
        start = time.monotonic()
        while is_alive(pid):
            assert time.monotonic() - start < PATIENCE, f"{pid} lives on\n{self.text()}"
            if self.master >= 0:
                self.read(0.01)
            else:
                time.sleep(0.01)
        return time.monotonic() - start

    def close(self, *pids: int) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.shell.kill()
        self.shell.wait()
        if self.master >= 0:
            os.close(self.master)


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be asked about does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "IPYTHONDIR": str(home / "ipython"),
        "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home), "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1", "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1",
        "LANG": "C.UTF-8",
    }  # fmt: skip
