"""A client for the server: over stdio, or the first with the token on a loopback port.

The process ends with its client: when the client says so, when it closes its end, and when its
process has ended though another process holds that end open.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from typing import NoReturn

from ..shared.parent import has_ended, when_ended
from ..shared.suggester import load_engine
from .frames import Frames, FramingError, framed
from .server import Load, Server
from .writer import Writer

log = logging.getLogger("codecomplete")

SWITCH = 0.0005
"""Seconds until a thread gives way: no answer waits while the worker learns a file."""
CHUNK = 1 << 16
LAST_WORDS = 1.0  # seconds that the process waits at its end for the client to read
TOKEN_VARIABLE = "CODECOMPLETE_TOKEN"
MOST_GREETING = 1_000


def serve_stdio(load: Load = load_engine) -> NoReturn:
    """Serve the client at the other end of stdin and stdout; ends the process."""
    if not os.isatty(0):  # Ctrl-C is for other programs in the editor's terminal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    given, taken = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)  # nothing may be printed into the protocol
    _end(_serve(given, taken, load))


def serve_port(port: int, load: Load = load_engine) -> NoReturn:
    """Serve one client on 127.0.0.1; ends the process.

    Prints a line of JSON with the port and the token. The client must send the token and a line end
    first, or is disconnected. A token in the environment replaces a new one.
    """
    token = os.environ.get(TOKEN_VARIABLE) or secrets.token_urlsafe(24)
    with socket.create_server(("127.0.0.1", port)) as listening:
        print(json.dumps({"port": listening.getsockname()[1], "token": token}), flush=True)
        accepted = None
        while accepted is None:
            accepted = _greeted(listening.accept()[0], token)
    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _end(_serve(accepted.fileno(), accepted.fileno(), load))


def _greeted(client: socket.socket, token: str) -> socket.socket | None:
    """``client`` if its first line is the token; reads no byte after that line."""
    client.settimeout(10)
    said = b""
    try:
        while not said.endswith(b"\n") and len(said) < MOST_GREETING:
            byte = client.recv(1)
            if not byte:
                break
            said += byte
    except OSError as error:
        log.debug("no greeting", exc_info=error)
    if hmac.compare_digest(said.rstrip(b"\r\n"), token.encode()) and said.endswith(b"\n"):
        client.settimeout(None)
        return client
    client.close()
    return None


def _serve(given: int, taken: int, load: Load) -> int:
    """Serve one client; returns the exit status."""
    sys.setswitchinterval(SWITCH)
    writer = Writer(taken)
    server = Server(
        lambda body: writer.send(framed(body)),
        load,
        # Before the answer: a client may end as soon as it has that.
        lambda client: watch(client.process, lambda: _end(1)),
    )
    try:
        return _read(given, server)
    except FramingError as error:
        log.error("%s", error)
        return 1
    finally:
        writer.flush(LAST_WORDS)


def _read(given: int, server: Server) -> int:
    frames = Frames()
    while data := _some(given):
        for body in frames.feed(data):
            server.receive(body)
            if server.exit_code is not None:
                return server.exit_code
    return 1  # closed without ``exit``


def _some(fd: int) -> bytes:
    try:
        return os.read(fd, CHUNK)
    except OSError as error:
        log.debug("the client is gone", exc_info=error)
        return b""


def watch(process: int | None, gone: Callable[[], object]) -> None:
    """Call ``gone``, on a thread, when a process has ended.

    Does nothing if there is no such process: the client may run on another computer, or in a
    container.
    """
    if process is not None and not has_ended(process):
        when_ended(process, gone)


def _end(code: int) -> NoReturn:
    # Nothing here is worth saving, and the worker may be inside an import or a step of the model,
    # which Python would either wait for or abort at.
    sys.stderr.flush()
    os._exit(code)
