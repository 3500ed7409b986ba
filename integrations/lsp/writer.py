"""Writes bytes to a client, from any thread, without ever waiting for it.

A client that does not read while it writes must not keep the server from reading, or both wait for
ever. So a separate thread writes what does not fit into the pipe; what fits is written immediately,
because a second thread would have to wait for its turn.
"""

from __future__ import annotations

import logging
import os
import select
import threading
from collections import deque

log = logging.getLogger("codecomplete")


class Writer:
    """``send`` keeps the order; once the client is gone, it does nothing."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._some = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._thread: threading.Thread | None = None
        self._gone = False

    def send(self, data: bytes) -> None:
        with self._some:
            if self._gone:
                return
            if self._waiting or not self._fits(data):
                self._waiting.append(data)
                self._start()
                self._some.notify_all()
            else:
                self._write(data)

    def flush(self, seconds: float) -> None:
        """Wait until the client has everything, at most ``seconds``."""
        with self._some:
            self._some.wait_for(lambda: not self._waiting or self._gone, seconds)

    def _fits(self, data: bytes) -> bool:
        """Whether a write returns at once: a pipe that is ready takes PIPE_BUF bytes."""
        if len(data) > select.PIPE_BUF:
            return False
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        return any(events & select.POLLOUT for _, events in poll.poll(0))

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="cc-lsp writer", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._some:
                self._some.wait_for(lambda: self._waiting)
                data = self._waiting[0]
            self._write(data)  # not under the lock: the client may be slow
            with self._some:
                self._waiting.popleft()
                self._some.notify_all()

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest and not self._gone:
                rest = rest[os.write(self._fd, rest) :]
        except OSError as error:
            self._gone = True  # reading then meets the end of the stream, and ends the process
            log.debug("the client is gone", exc_info=error)
