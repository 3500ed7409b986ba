"""The process that Neovim starts: msgpack-rpc over stdin and stdout until they close.

Uses pynvim, and knows that Neovim waits at its own exit for this process to end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import pynvim

from ..shared.parent import end_with_parent
from ..shared.suggester import Suggester
from .host import Host

NAME = "codecomplete"
"""The name of all notifications from Neovim; their first argument is the verb."""
SWITCH = 0.0005
"""Seconds until a thread gives way: no answer waits while the worker learns a file."""
RECEIVE = "require('codecomplete.process').receive(...)"


def sender(nvim: pynvim.Nvim) -> Callable[[str, dict[str, Any]], None]:
    """A function for ``Host`` that sends to ``nvim``, from any thread and without waiting."""

    def tell(verb: str, message: dict[str, Any]) -> None:
        nvim.exec_lua(RECEIVE, verb, message, async_=True)

    def send(verb: str, message: dict[str, Any]) -> None:
        nvim.async_call(tell, verb, message)

    return send


def ready(send: Callable[[str, dict[str, Any]], None]) -> None:
    """Tell Neovim that messages are being read."""
    send("ready", {"pid": os.getpid()})


def serve(suggester: Suggester | None = None) -> None:
    """Serve one Neovim; does not return. ``suggester`` is for another engine."""
    end_with_parent()
    nvim = pynvim.attach("stdio")
    send = sender(nvim)
    host = Host(send, suggester)

    def notified(name: str, arguments: list[Any]) -> None:
        if name == NAME:
            host.handle(*arguments)

    sys.setswitchinterval(SWITCH)
    try:
        nvim.run_loop(None, notified, lambda: ready(send))
    except (EOFError, OSError):  # Neovim is gone
        pass
    finally:
        # Nothing here is worth saving, and the worker may be inside an import or a step of the
        # model, which Python would either wait for or abort at.
        sys.stderr.flush()
        os._exit(0)
