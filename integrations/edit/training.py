"""Training in the background: the trainer as a separate process, and its output.

The editor imports no part of the trainer and opens no socket; it runs the commands that
``docs/personal.md`` and ``docs/federated.md`` explain. Knows nothing of widgets.
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
MOST_BYTES = 64_000  # of the output that are shown
NICE = 10  # typing comes first
SECONDS = 2.0  # that it has to end by itself before it is killed


class Training:
    """One run of the trainer with the arguments ``words``; ``name`` is for the user."""

    def __init__(self, name: str, words: Sequence[str]) -> None:
        self.name, self._words = name, tuple(words)
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the run
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def run(self) -> int:
        """Run it to its end; returns its exit status. Raises OSError if it cannot be started."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *TRAINER, *self._words, stdin=asyncio.subprocess.DEVNULL,
            stdout=self._output, stderr=self._output, start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, NICE)
        return await self._process.wait()

    async def stop(self) -> None:
        """End the run; the same command resumes it."""
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
        """Its output so far, without blank lines; at most the last MOST_BYTES bytes."""
        number = self._output.fileno()
        size = os.fstat(number).st_size
        data = os.pread(number, MOST_BYTES, max(0, size - MOST_BYTES))
        text = data.decode("utf-8", "replace").replace("\r", "\n")
        return [line for line in text.split("\n") if line.strip()]

    @property
    def last_line(self) -> str:
        return next(reversed(self.lines()), "")
