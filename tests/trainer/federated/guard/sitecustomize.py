"""A guard at the door of every Python that finds this folder on its path: what is connected to,
listened on or looked up is written down, one JSON line each, into the file that SOCKET_LOG names.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

WATCHED = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo",
           "socket.gethostbyname", "socket.gethostbyaddr")  # fmt: skip


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in WATCHED:
        return
    said = arguments[-1] if event in ("socket.connect", "socket.bind", "socket.sendto") else None
    place = list(said) if isinstance(said, tuple) else said
    if event == "socket.getaddrinfo":
        place = list(arguments[:2])
    elif place is None:
        place = [arguments[0]]
    line = json.dumps([event, place], default=str)
    file = os.open(os.environ["SOCKET_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, line.encode() + b"\n")
    finally:
        os.close(file)


if os.environ.get("SOCKET_LOG"):
    sys.addaudithook(_note)
