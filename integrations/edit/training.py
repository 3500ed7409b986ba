"""Training in the background: the trainer as a process of its own, and what it says.

The editor imports no part of the trainer and opens no socket; what runs is the command that
``docs/personal.md`` and ``docs/federated.md`` explain. Knows no widget.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Sequence
from typing import IO

TRAINER = ("-m", "codecomplete", "trainer")
MOST_BYTES = 64_000  # of its output that are shown
NICE = 10  # typing comes first
SECONDS = 2.0  # to end in order


class Training:
    """One run; ``name`` is what the user calls it."""

    def __init__(self, name: str, words: Sequence[str]) -> None:
        self.name, self._words = name, tuple(words)
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the run
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def run(self) -> int:
        """Start it and wait for its end; returns its exit status. Raises OSError."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *TRAINER, *self._words, stdin=asyncio.subprocess.DEVNULL,
            stdout=self._output, stderr=self._output, start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, NICE)
        return await self._process.wait()

    async def stop(self) -> None:
        """End it; the same command goes on where it was."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), SECONDS)
            except TimeoutError:
                process.kill()

    def lines(self) -> list[str]:
        """What it has said so far, as much of it as can be shown."""
        number = self._output.fileno()
        size = os.fstat(number).st_size
        data = os.pread(number, MOST_BYTES, max(0, size - MOST_BYTES))
        text = data.decode("utf-8", "replace").replace("\r", "\n")
        return [line for line in text.split("\n") if line.strip()]

    @property
    def last_line(self) -> str:
        return next(reversed(self.lines()), "")
