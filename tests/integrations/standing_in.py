"""Programs that an editor starts, forked from a process that has imported them.

``stand_in("MODULE")`` is a command which does what ``python -m MODULE`` does, by MODULE's function
``main``, without its imports: what the editor starts is ``stand_in.py``, and the program is a child
of ``python -m tests.integrations.standing_in MODULE``. That process has one thread, and has done
nothing but imports. What happens in and before a program's imports, and how it ends with its
parent, is tested with the program itself.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import marshal
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.forking import (
    MOST,
    ROOT,
    Program,
    begin_with,
    ended,
    environment,
    run,
    woken_by_children,
)
from tests.patience import PATIENCE, pause

CLIENT = Path(__file__).with_name("stand_in.py")


@functools.cache
def stand_in(module: str, *arguments: str) -> list[str]:
    """The command; its server is started at the first call, and ends with these tests. If there are
    arguments, the module's function ``prepare`` is called with them before anything is forked, in
    this environment."""
    around = {**os.environ, **environment()} if arguments else environment()
    folder = tempfile.mkdtemp(prefix="stand-in-")  # a short path, as sockets need
    place = Path(folder, "socket")
    server = subprocess.Popen(
        [sys.executable, "-m", __name__, module, str(place), *arguments],
        stdin=subprocess.PIPE, cwd=ROOT, env=around, start_new_session=True,
    )  # fmt: skip
    atexit.register(shutil.rmtree, folder)
    atexit.register(server.communicate)
    begin = time.monotonic()
    while not place.exists():
        assert server.poll() is None and time.monotonic() - begin < PATIENCE, f"no {module}"
        time.sleep(pause(time.monotonic() - begin))
    return [sys.executable, "-I", "-S", str(CLIENT), str(place)]


# In the server


def serve(listener: socket.socket, call: str) -> Program:
    """Start what is asked for, tell how it ended, and end it if nobody is there to be told. Returns
    in each new process only; the server itself ends with its standard input."""
    clients: dict[socket.socket, int] = {}
    wakes = woken_by_children()
    while True:
        ready, _, _ = select.select([0, wakes, listener, *clients], [], [])
        if wakes in ready:
            for pid, status in ended(wakes):
                tell(clients, pid, status)
        for client in clients.keys() & set(ready):
            os.kill(clients[client], signal.SIGKILL)  # whose end is told, to nobody
        if listener in ready:
            client, _ = listener.accept()
            data, files, _, _ = socket.recv_fds(client, MOST, 3)
            if (pid := os.fork()) == 0:
                os.setsid()
                return begin_with(requested(data, call), files)
            clients[client] = pid
            with contextlib.suppress(OSError):  # nobody is there any more
                client.sendall(pid.to_bytes(4, sys.byteorder))
            for file in files:
                os.close(file)
        if 0 in ready:
            os._exit(0)


def requested(data: bytes, call: str) -> Program:
    arguments, variables, folder = marshal.loads(data)
    decoded = {os.fsdecode(name): os.fsdecode(value) for name, value in variables.items()}
    return Program(call, arguments, decoded, folder)


def tell(clients: dict[socket.socket, int], pid: int, status: int) -> None:
    client = next(one for one, its in clients.items() if its == pid)
    del clients[client]
    with client, contextlib.suppress(OSError):
        client.sendall(b"%d" % status)


def main(module: str, place: str, *arguments: str) -> int | None:
    imported = importlib.import_module(module)
    if arguments:
        imported.prepare(*arguments)
    gc.freeze()  # what is not looked through is not copied
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{place}.new")
    listener.listen(16)
    Path(f"{place}.new").rename(place)  # once it is there, it listens
    return run(serve(listener, f"{module}:main"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
