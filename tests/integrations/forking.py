"""Starts one program many times, and lets it import only once.

``python -m tests.integrations.forking MODULE`` imports MODULE and is then forked for each start: a
program begins where ``python -m MODULE`` is when its imports are done, in a session, a terminal, an
environment and a folder of its own, and ends as any other. What comes before, a test sees that
starts the program as its user does.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import gc
import importlib
import io
import json
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
from typing import Any

import pexpect
import ptyprocess

from tests.integrations.terminal import ROOT

MOST = 1 << 16  # bytes of one request, and of the answers that are read at once


class Forked(pexpect.spawn):
    """``pexpect.spawn(python, ["-m", MODULE, *arguments])``, forked."""

    def _spawnpty(self, args: list[str], *, env, cwd, dimensions, **_: Any) -> Process:
        _python, _m, module, *arguments = (os.fsdecode(one) for one in args)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *dimensions, 0, 0))
        request = {"arguments": arguments, "environment": env, "folder": cwd}
        server = serving(module)
        process = Process(server.start(request, slave), master)
        process.server = server
        os.close(slave)
        return process


class Process(ptyprocess.PtyProcess):
    """A program that is the child of its server, which is asked how it ended."""

    server: Server

    def isalive(self) -> bool:
        return not self.terminated and not self._note(self.server.status(self.pid, patient=False))

    def wait(self) -> int | None:
        if not self.terminated:
            self._note(self.server.status(self.pid, patient=True))
        return self.exitstatus

    def _note(self, status: int | None) -> bool:
        """Whether it has ended."""
        if status is None:
            return False
        code = os.waitstatus_to_exitcode(status)
        self.status, self.terminated = status, True
        self.exitstatus, self.signalstatus = (code, None) if code >= 0 else (None, -code)
        return True


class Server:
    """The process that is forked, as tests see it; it ends with them."""

    def __init__(self, module: str) -> None:
        self._socket, theirs = socket.socketpair()
        self._statuses: dict[int, int] = {}
        self._started: list[int] = []
        self._rest = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, module, str(theirs.fileno())],
            stdin=subprocess.DEVNULL, cwd=ROOT, env=environment(), start_new_session=True,
            pass_fds=[theirs.fileno()],
        )  # fmt: skip
        theirs.close()
        atexit.register(self.close)

    def start(self, request: dict[str, Any], terminal: int) -> int:
        """The number of a new process in this terminal."""
        socket.send_fds(self._socket, [json.dumps(request).encode()], [terminal])
        while not self._started:
            self._read()
        return self._started.pop()

    def status(self, pid: int, patient: bool) -> int | None:
        """How a process ended; None if it has not, unless that is waited for."""
        while pid not in self._statuses and (
            patient or select.select([self._socket], [], [], 0)[0]
        ):
            self._read()
        return self._statuses.get(pid)

    def _read(self) -> None:
        data = self._socket.recv(MOST)
        assert data, "the program cannot be imported"
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            pid, *status = map(int, line.split())
            self._statuses.update({pid: status[0]} if status else {})
            self._started += [] if status else [pid]

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


@functools.cache
def serving(module: str) -> Server:
    return Server(module)


def environment() -> dict[str, str]:
    """What a program may see before it has its own."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1"}  # fmt: skip


# In the server


def serve(control: socket.socket) -> list[str]:
    """Start what is asked for, and tell what has ended. Returns in each new process only, with its
    arguments; the server itself ends with whoever asks."""
    wakes, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([control, wakes], [], [])
        if wakes in ready:
            os.read(wakes, MOST)
            tell_ended(control)
        if control in ready:
            data, received, _, _ = socket.recv_fds(control, MOST, 1)
            if not data:
                os._exit(0)
            if (pid := os.fork()) == 0:
                return begin(json.loads(data), *received)
            os.close(*received)
            control.sendall(b"%d\n" % pid)


def tell_ended(control: socket.socket) -> None:
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            control.sendall(b"%d %d\n" % ended)


def begin(request: dict[str, Any], terminal: int) -> list[str]:
    """Make the new process what it would be, had it been started in the terminal."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for number in range(3):
        os.dup2(terminal, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.stdin = sys.__stdin__ = opened(0, "r", "surrogateescape")
    sys.stdout = sys.__stdout__ = opened(1, "w", "surrogateescape")
    sys.stderr = sys.__stderr__ = opened(2, "w", "backslashreplace")
    arguments: list[str] = request["arguments"]
    return arguments


def opened(number: int, mode: str, errors: str) -> io.TextIOWrapper:
    file = open(number, mode, encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
    assert isinstance(file, io.TextIOWrapper)
    return file


def main(name: str, control: str) -> int:
    module = importlib.import_module(name)
    gc.freeze()  # what is not looked through is not copied
    arguments = serve(socket.socket(fileno=int(control)))
    sys.argv[1:] = arguments
    code: int = module.main(*arguments)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
