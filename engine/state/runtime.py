"""The arithmetic of one step: token ids and key/value buffers in, logits out.

``Runtime`` holds a kernel's program over the mapped weights, and is shared; ``Buffers`` belong to
one session and are updated in place: a step allocates nothing. Knows nothing about text, windows or
the meaning of tokens; the caller owns every position.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..kernel import MOST_ROWS, make_plan, open_kernel
from ..modeldir.directory import ModelDirectory

CHUNK = MOST_ROWS
"""Tokens run at once when there are many: bounds the memory of activations, and how long a request
that is no longer wanted goes on."""

Floats = NDArray[np.float32]


class State(Protocol):
    """Keys and values of one window, of the compiled kernel or of numpy's."""

    def step(self, ids: Sequence[int], past: int, position: int, wanted: int) -> Floats: ...
    def move(self, first: int, length: int) -> None: ...


class Runtime:
    """One loaded model. Thread-safe: all mutable state lives in ``Buffers``.

    ``kernel`` names a path of the kernel instead of the best that the machine runs. ``mix`` is its
    way to mix in local text, None without a compiled one.
    """

    def __init__(
        self, directory: ModelDirectory, threads: int = 1, kernel: str | None = None
    ) -> None:
        self.config = directory.config
        plan = make_plan(directory.config, directory.tensors)
        chosen = open_kernel(kernel)
        self.kernel, self.mix = chosen.name, chosen.mix
        self._program = chosen.program(plan, mapped(directory.weights), threads)

    def new_buffers(self) -> Buffers:
        return Buffers(self, self._program.state())

    def run(
        self, state: State, ids: Sequence[int], past: int, position: int, wanted: int
    ) -> Floats:
        """One call of the kernel; everything that is computed goes through here."""
        return state.step(ids, past, position, wanted)


def mapped(path: Path) -> NDArray[np.uint8]:
    """A file's bytes, shared with every process that maps it, and read when they are needed."""
    with path.open("rb") as file:
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)


class Buffers:
    """Keys and values of one window."""

    def __init__(self, runtime: Runtime, state: State) -> None:
        self._runtime, self._state = runtime, state

    def step(self, ids: Sequence[int], past: int, position: int) -> Floats:
        """Run tokens after ``past`` buffered ones; returns the logits (vocabulary,) of the last.

        ``position`` is the true position of the first of them. The result is a copy.
        """
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            wanted = int(start + CHUNK >= len(ids))
            logits = self._run(part, past + start, position + start, wanted)
        last: Floats = logits[0].copy()
        return last

    def step_all(self, ids: Sequence[int], past: int, position: int) -> Floats:
        """As ``step``, but the logits (len(ids), vocabulary) of every token."""
        parts = []
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            parts.append(self._run(part, past + start, position + start, len(part)).copy())
        return np.concatenate(parts)

    def move_to_front(self, first: int, length: int) -> None:
        """Entries first .. first + length - 1 become entries 0 .. length - 1."""
        self._state.move(first, length)

    def _run(self, ids: Sequence[int], past: int, position: int, wanted: int) -> Floats:
        return self._runtime.run(self._state, ids, past, position, wanted)
