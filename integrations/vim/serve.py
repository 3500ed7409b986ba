"""The process that Vim starts: its JSON channel over stdin and stdout until they close."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from ..nvim.host import Host
from ..shared.parent import end_with_parent
from ..shared.suggester import Suggester
from .channel import messages, sender

SWITCH = 0.0005
"""Seconds until a thread gives way: no answer waits while the worker learns a file."""


def own_output() -> BinaryIO:
    """Standard output for the channel alone: other output goes to standard error."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


def serve(suggester: Suggester | None = None) -> None:
    """Serve one Vim; does not return. ``suggester`` is for another engine."""
    end_with_parent()
    send = sender(own_output())
    host = Host(send, suggester)
    sys.setswitchinterval(SWITCH)
    send("ready", {"pid": os.getpid()})
    try:
        for verb, message in messages(sys.stdin.buffer):
            host.handle(verb, message)
    finally:
        # Nothing here is worth saving, and the worker may be inside an import or a step of the
        # model, which Python would either wait for or abort at.
        sys.stderr.flush()
        os._exit(0)
