"""The compiled kernel, through ctypes: programs, which are shared, and states, one per session.

The library needs no Python headers, and ctypes lets other threads run while it works. A step
allocates nothing, except for more rows of logits than before. Knows nothing about files; plans and
weights were checked before.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..modeldir.packing import TILE, rounded
from . import plan as plans

NAMES = {"win32": "_kernel.dll", "darwin": "_kernel.dylib"}
LIBRARY = Path(__file__).parent / NAMES.get(sys.platform, "_kernel.so")
MOST_ROWS = 32  # tokens of one call, as in kernel.h
MOST_THREADS = 64
SOURCES = 3  # of local text, as in kernel.h
RESULTS = ("done", "no such path", "too many tokens", "no such token", "no room", "no such place")

_U32, _VOID = ctypes.c_uint32, ctypes.c_void_p


class KernelUnavailable(Exception):
    """There is no library, it has another version, or this machine cannot run the path."""


class Call(ctypes.Structure):
    """One call of the step; ``struct call`` of kernel.h."""

    _fields_ = (
        *((name, _VOID) for name in ("plan", "weights", "state", "arena", "logits", "ids", "pool")),
        *((name, _U32) for name in ("count", "past", "position", "wanted")),
    )


class Mixing(ctypes.Structure):
    """One place at which local text is mixed in; ``struct mixing`` of kernel.h."""

    _fields_ = (
        *((name, _VOID) for name in ("pull", "correct", "probabilities", "last", "matches")),
        *((name, _VOID) for name in ("ids", "counts")),
        *((name, _U32) for name in ("count", "followers", "vocabulary")),
        *((name, _U32) for name in ("pull_hidden", "correct_hidden")),
    )


def open_library(path: Path = LIBRARY) -> ctypes.CDLL:
    """The library, with its functions declared. Raises KernelUnavailable."""
    try:
        library = ctypes.CDLL(str(path))
        _declare(library)
    except (OSError, AttributeError) as error:
        raise KernelUnavailable(f"{path.name} cannot be loaded: {error}") from error
    if library.kernel_abi() != plans.ABI:
        raise KernelUnavailable(
            f"{path.name} is of version {library.kernel_abi()}, expected {plans.ABI}; install again"
        )
    return library


def _declare(library: ctypes.CDLL) -> None:
    for name, result, arguments in (
        ("abi", _U32, ()),
        ("path_name", ctypes.c_char_p, (ctypes.c_int32,)),
        ("path_runs", ctypes.c_int32, (ctypes.c_int32,)),
        ("state_bytes", ctypes.c_uint64, (ctypes.c_char_p,)),
        ("arena_bytes", ctypes.c_uint64, (ctypes.c_char_p, _U32)),
        ("step", ctypes.c_int32, (ctypes.c_int32, ctypes.POINTER(Call))),
        ("move", ctypes.c_int32, (ctypes.c_char_p, _VOID, _U32, _U32)),
        ("mix", ctypes.c_int32, (ctypes.POINTER(Mixing),)),
        ("pool_open", _VOID, (_U32,)),
        ("pool_close", None, (_VOID,)),
    ):
        function = getattr(library, f"kernel_{name}")
        function.restype, function.argtypes = result, arguments


def paths(library: ctypes.CDLL) -> dict[str, int]:
    """The paths that this machine runs, from the simplest to the best."""
    found = {}
    for number in range(16):
        name = library.kernel_path_name(number)
        if name and library.kernel_path_runs(number):
            found[name.decode()] = number
    return found


class Native:
    """The kernel on one path."""

    def __init__(self, path: str | None = None, library: ctypes.CDLL | None = None) -> None:
        self.library = library or open_library()
        runnable = paths(self.library)
        self.name = path or list(runnable)[-1]
        if self.name not in runnable:
            raise KernelUnavailable(
                f"no path {self.name!r} on this machine; there are {', '.join(runnable)}"
            )
        self.path = runnable[self.name]

    def program(self, plan: bytes, weights: NDArray[np.uint8], threads: int = 1) -> Program:
        return Program(self, plan, weights, threads)

    def mix(
        self,
        networks: Sequence[tuple[NDArray[np.float32], int]],
        probabilities: NDArray[np.float32],
        matches: NDArray[np.int32],
        ids: NDArray[np.int32],
        counts: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """A distribution (vocabulary,) bent by local text; see ``engine/local/mixing.py``.

        ``networks`` are the weights and hidden units of the one that pulls and of the one that
        corrects. Raises ValueError for ids outside the vocabulary.
        """
        (pull, pull_hidden), (correct, correct_hidden) = networks
        mixed = np.array(probabilities, np.float32)
        scratch = np.empty((len(mixed), SOURCES), np.int32)
        call = Mixing(
            pull=pull.ctypes.data,
            correct=correct.ctypes.data,
            probabilities=mixed.ctypes.data,
            last=scratch.ctypes.data,
            matches=matches.ctypes.data,
            ids=ids.ctypes.data,
            counts=counts.ctypes.data,
            count=len(matches),
            followers=len(ids),
            vocabulary=len(mixed),
            pull_hidden=pull_hidden,
            correct_hidden=correct_hidden,
        )
        _check(self.library.kernel_mix(ctypes.byref(call)))
        return mixed


class Program:
    """A model ready to run, shared by states and threads."""

    def __init__(
        self, kernel: Native, plan: bytes, weights: NDArray[np.uint8], threads: int
    ) -> None:
        if not 1 <= threads <= MOST_THREADS:
            raise ValueError(f"{threads} threads, expected 1 to {MOST_THREADS}")
        self.kernel, self.plan, self.weights = kernel, plan, weights
        self.header = plans.Header.from_buffer_copy(plan)
        pool = kernel.library.kernel_pool_open(threads) if threads > 1 else None
        self.pool, self.threads = pool, threads if pool else 1
        self.one_at_a_time = threading.Lock() if pool else None
        if pool:
            weakref.finalize(self, kernel.library.kernel_pool_close, pool)

    def state(self) -> State:
        return State(self)


class State:
    """The keys and values of one window, and the scratch memory of its steps."""

    def __init__(self, program: Program) -> None:
        library, plan = program.kernel.library, program.plan
        self._program = program
        self._buffer = _aligned(library.kernel_state_bytes(plan))
        self._arena = _aligned(library.kernel_arena_bytes(plan, program.threads))
        self._ids = (ctypes.c_int32 * MOST_ROWS)()
        self._logits = np.empty((0, 0), np.float32)
        self._call = Call(
            plan=ctypes.cast(ctypes.c_char_p(plan), _VOID),
            weights=program.weights.ctypes.data,
            state=self._buffer.ctypes.data,
            arena=self._arena.ctypes.data,
            ids=ctypes.addressof(self._ids),
            pool=program.pool,
        )
        self._reference = ctypes.byref(self._call)
        self._make_logits(1)

    def step(
        self, ids: Sequence[int], past: int, position: int, wanted: int
    ) -> NDArray[np.float32]:
        """Run up to ``MOST_ROWS`` tokens. Returns logits (wanted, vocabulary) of the last ones.

        The result is valid until the next step.
        """
        call, count = self._call, len(ids)
        if not 0 < count <= MOST_ROWS or min(past, position, wanted) < 0 or wanted > count:
            raise ValueError(f"{count} tokens at {past}, {position}; logits of {wanted}")
        if wanted > len(self._logits):
            self._make_logits(wanted)
        self._ids[:count] = [*ids]
        call.count, call.past, call.position, call.wanted = count, past, position, wanted
        self._run()
        return self._logits[:wanted, : self._program.header.vocabulary_size]

    def move(self, first: int, length: int) -> None:
        """Move entries first .. first + length - 1 to 0 .. length - 1."""
        program = self._program
        _check(
            program.kernel.library.kernel_move(
                program.plan, self._buffer.ctypes.data, first, length
            )
        )

    def _run(self) -> None:
        program = self._program
        if program.one_at_a_time is None:
            _check(program.kernel.library.kernel_step(program.kernel.path, self._reference))
            return
        with program.one_at_a_time:  # the threads of a pool work for one session at a time
            _check(program.kernel.library.kernel_step(program.kernel.path, self._reference))

    def _make_logits(self, rows: int) -> None:
        width = rounded(self._program.header.vocabulary_size, TILE)
        self._logits = np.empty((rows, width), np.float32)
        self._call.logits = self._logits.ctypes.data


def _check(result: int) -> None:
    if result:
        raise ValueError(f"the kernel refused a call: {RESULTS[result]}")


def _aligned(size: int) -> NDArray[np.uint8]:
    """Page-aligned zeros, of which only the pages that are written use memory.

    NumPy asks for huge pages, with which a sparsely written buffer would use all its memory.
    """
    return np.frombuffer(mmap.mmap(-1, max(size, 1)), np.uint8)
