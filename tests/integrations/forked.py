"""Programs in a terminal, forked from a process that has imported them (``tests/forking.py``)."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
from collections.abc import Mapping, Sequence
from typing import Any

import pexpect
import ptyprocess

from tests.forking import Program, Server, serving


class Forked(pexpect.spawn):
    """``pexpect.spawn(python, ["-m", MODULE, *arguments])`` by MODULE's function ``main``."""

    def _spawnpty(
        self, args: Sequence[str | bytes], *, env: Mapping[str, str], cwd: str,
        dimensions: tuple[int, int], **_: Any,
    ) -> Process:  # fmt: skip
        _python, _m, module, *arguments = (os.fsdecode(one) for one in args)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *dimensions, 0, 0))
        server = serving(module)
        program = Program(f"{module}:main", arguments, env, str(cwd), in_terminal=True)
        process = Process(server.start(program, slave), master)
        process.server = server
        os.close(slave)
        return process


class Process(ptyprocess.PtyProcess):
    """A program that is the child of its server, which is asked how it ended."""

    server: Server

    def isalive(self) -> bool:
        return not self.terminated and not self._note(self.server.status(self.pid, 0))

    def wait(self) -> int | None:
        if not self.terminated:
            self._note(self.server.status(self.pid, None))
        return self.exitstatus

    def _note(self, status: int | None) -> bool:
        """Whether it has ended."""
        if status is None:
            return False
        code = os.waitstatus_to_exitcode(status)
        self.status, self.terminated = status, True
        self.exitstatus, self.signalstatus = (code, None) if code >= 0 else (None, -code)
        return True
