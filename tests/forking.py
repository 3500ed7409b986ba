"""Starts programs many times, and lets what they import be imported only once.

``python -m tests.forking MODULE`` imports MODULE, and is then forked for each program: a function
that is called with arguments, in a session, an environment and a folder of its own, with a terminal
or a file for what it says. It ends, and can be killed, as any other program. What happens before
its imports are done, a test sees that starts it as its user does.

The process that is forked has one thread, and has done nothing but imports. It serves all processes
of a test run: the first that needs it starts it, and it ends with the last that did.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import gc
import hashlib
import importlib
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MOST = 1 << 16  # bytes of one request, and of the answers that are read at once
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex  # of all workers of a run


@dataclass(frozen=True)
class Program:
    """What is called, as ``module:function``, and where it runs."""

    call: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: str = str(ROOT)
    in_terminal: bool = False


class Server:
    """The process that is forked, as the tests of one process see it."""

    def __init__(self, module: str) -> None:
        self._socket = connected(module)
        self._statuses: dict[int, int] = {}
        self._started: list[int] = []
        self._rest = b""

    def start(self, program: Program, output: int) -> int:
        """The number of a new process, which says what it says into the open file ``output``."""
        socket.send_fds(self._socket, [json.dumps(asdict(program)).encode()], [output])
        while not self._started:
            self._read()
        return self._started.pop()

    def status(self, pid: int, seconds: float | None) -> int | None:
        """How a process ended, as ``waitpid`` tells it; None if it has not after so many seconds.
        None for ``seconds``: it is waited for."""
        while pid not in self._statuses and select.select([self._socket], [], [], seconds)[0]:
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


@functools.cache
def serving(module: str) -> Server:
    """The server of a module, which is found or started when it is first needed."""
    return Server(module)


def connected(module: str) -> socket.socket:
    """A connection to a module's server, which the first who needs it in this run starts."""
    name = hashlib.sha256(f"{RUN} {module}".encode()).hexdigest()[:16]
    place = Path(tempfile.gettempdir(), f"forking-{name}")  # short, as sockets need it
    client = socket.socket(socket.AF_UNIX)
    with alone():
        try:
            client.connect(str(place))
        except (FileNotFoundError, ConnectionRefusedError):
            start_server(module, place)
            client.connect(str(place))
    return client


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Meanwhile no other process starts a server, connects to one, or is one that ends."""
    with Path(__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start_server(module: str, place: Path) -> None:
    """Connections wait for it until it has done its imports. It is nobody's child, as whoever
    starts it may end first."""
    place.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen(64)
        subprocess.run(
            [sys.executable, "-m", __name__, module, str(listener.fileno())],
            stdin=subprocess.DEVNULL, cwd=ROOT, env=environment(), start_new_session=True,
            pass_fds=[listener.fileno()], check=True,
        )  # fmt: skip


def environment() -> dict[str, str]:
    """What a program may see before it has its own."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1"}  # fmt: skip


# In the server


def serve(listener: socket.socket) -> Program:
    """Start what is asked for, and tell whoever asked what has ended. Returns in each new process
    only; the server itself ends with the last that is connected."""
    clients: set[socket.socket] = set()
    asked: dict[int, socket.socket] = {}
    wakes = woken_by_children()
    while True:
        ready, _, _ = select.select([wakes, listener, *clients], [], [])
        if wakes in ready:
            for pid, status in ended(wakes):
                tell(asked.pop(pid), b"%d %d\n" % (pid, status))
        for client in clients & {*ready}:
            data, received, _, _ = socket.recv_fds(client, MOST, 1)
            if not data:
                clients.remove(client)
            elif (pid := os.fork()) == 0:
                return begin(Program(**json.loads(data)), *received)
            else:
                os.close(*received)
                asked[pid] = client
                tell(client, b"%d\n" % pid)
        if listener in ready:
            clients.add(listener.accept()[0])
        if not clients:
            end_unless_wanted(listener)


def tell(client: socket.socket, line: bytes) -> None:
    with contextlib.suppress(OSError):  # nobody is there any more
        client.sendall(line)


def end_unless_wanted(listener: socket.socket) -> None:
    with alone():
        if not select.select([listener], [], [], 0)[0]:
            Path(listener.getsockname()).unlink()
            os._exit(0)


def woken_by_children() -> int:
    """A pipe that can be read from when a child has ended."""
    wakes, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return wakes


def ended(wakes: int) -> Iterator[tuple[int, int]]:
    """The children that have ended since, each with its status, as ``waitpid`` tells it."""
    os.read(wakes, MOST)
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found


def begin(program: Program, output: int) -> Program:
    """Make the new process what it would be, had it been started as itself."""
    os.setsid()
    if program.in_terminal:
        fcntl.ioctl(output, termios.TIOCSCTTY, 0)
    taken = output if program.in_terminal else os.open(os.devnull, os.O_RDONLY)
    return begin_with(program, (taken, output, output))


def begin_with(program: Program, files: Sequence[int]) -> Program:
    """The rest of it: with these as its standard files, and no others of the server's."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(program.folder)
    os.environ.clear()
    os.environ.update(program.environment)
    sys.stdin = sys.__stdin__ = opened(0, "r", "surrogateescape")
    sys.stdout = sys.__stdout__ = opened(1, "w", "surrogateescape")
    sys.stderr = sys.__stderr__ = opened(2, "w", "backslashreplace")
    return program


def opened(number: int, mode: str, errors: str) -> io.TextIOWrapper:
    file = open(  # noqa: SIM115
        number, mode, 1 if mode == "w" else -1, encoding="utf-8", errors=errors, closefd=False
    )
    assert isinstance(file, io.TextIOWrapper)
    return file


def run(program: Program) -> int:
    module, _, function = program.call.partition(":")
    sys.argv[1:] = program.arguments
    code: int = getattr(importlib.import_module(module), function)(*program.arguments)
    return code


def main(module: str, listener: str) -> int:
    if os.fork():
        os._exit(0)
    importlib.import_module(module)
    gc.freeze()  # what is not looked through is not copied
    return run(serve(socket.socket(fileno=int(listener))))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
