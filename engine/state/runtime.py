"""The arithmetic of one step: embedded tokens and key/value buffers in, logits out.

``Runtime`` holds the graph and the mapped weights, and is shared; ``Buffers`` belong to one
session. Everything is bound once and updated in place: a step allocates nothing. Knows nothing of
text, windows or what the tokens mean; the caller owns every position.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ... import quiet
from ..errors import ModelDirectoryError
from ..modeldir.config import ROTARY
from ..modeldir.directory import ModelDirectory, Table

if TYPE_CHECKING:
    import onnxruntime

CHUNK = 32
"""Tokens run at once when there are many: bounds the memory of activations, and how long a request
that is no longer wanted goes on. 128 would be a tenth faster and take 4 MB more."""

MOST_BOUND = 8
"""Inputs of steps over up to this many tokens stay bound: what typing runs again and again."""


class Runtime:
    """One loaded graph. Thread-safe: all mutable state lives in ``Buffers``."""

    def __init__(self, directory: ModelDirectory, threads: int = 1) -> None:
        self.config = directory.config
        self._graph = _open_graph(directory, threads)
        self._embedding = Rows(directory, directory.tables["embedding"])
        positions = directory.tables.get("positions")
        self._positions = Rows(directory, positions) if positions else None

    def embed(self, ids: np.ndarray, position: int, out: np.ndarray) -> None:
        """Rows of the embedding for ``ids``, plus learned positions; out: (T, width)."""
        self._embedding.take(ids, out)
        if self._positions is not None:
            places = np.arange(position, position + len(ids))
            out += self._positions.take(places, np.empty_like(out))

    def new_buffers(self) -> Buffers:
        return Buffers(self)

    def binding(self):
        return self._graph.io_binding()

    def run(self, binding) -> None:
        self._graph.run_with_iobinding(binding)


def _open_graph(directory: ModelDirectory, threads: int) -> onnxruntime.InferenceSession:
    onnxruntime = quiet.onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            str(directory.graph), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # the runtime raises several unrelated types
        raise ModelDirectoryError(
            f"{directory.graph}: the runtime cannot load this graph: {error}; check the installed "
            "onnxruntime, or export the model again"
        ) from error


class Rows:
    """Row look-up in a table of the mapped weights file, dequantising where needed."""

    def __init__(self, directory: ModelDirectory, table: Table) -> None:
        mapped = np.memmap(directory.weights, dtype=np.uint8, mode="r").view(np.ndarray)
        self.table = table
        if table.bits == 32:
            self._values = _view(mapped, table.offset, (table.rows, table.width), np.float32)
            return
        blocks = -(-table.width // table.block)
        self._codes = _view(mapped, table.offset, (table.rows, blocks, table.block), np.uint8)
        self._scales = _view(mapped, table.scales_offset, (table.rows, blocks, 1), np.float32)

    def take(self, index: np.ndarray, out: np.ndarray) -> np.ndarray:
        """Rows ``index`` as float32 into ``out`` (len(index), width); returns it."""
        if self.table.bits == 32:
            return np.take(self._values, index, axis=0, out=out)
        values = (self._codes[index].astype(np.float32) - 128.0) * self._scales[index]
        out[:] = values.reshape(len(index), -1)[:, : self.table.width]
        return out


def _view(mapped: np.ndarray, offset: int, shape: tuple[int, ...], dtype) -> np.ndarray:
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    return mapped[offset : offset + size].view(dtype).reshape(shape)


@dataclass
class _Inputs:
    """The bound inputs and outputs of a step over a fixed number of tokens."""

    x: np.ndarray  # (1, T, width)
    cos: np.ndarray  # (T, head_size / 2)
    sin: np.ndarray
    seqlens_k: np.ndarray
    total: np.ndarray
    logits: np.ndarray  # (R, vocabulary)
    binding: object


class Buffers:
    """Keys and values of one window, and the bindings that update them in place."""

    def __init__(self, runtime: Runtime) -> None:
        config = runtime.config
        self._runtime, self._config = runtime, config
        shape = (2 * config.n_layer, config.n_kv_head, config.capacity, config.head_size)
        self._kv = np.zeros(shape, dtype=np.float32)
        half = config.head_size // 2
        self._frequencies = config.rotary_base ** (-np.arange(half, dtype=np.float64) / half)
        self._bound: dict[tuple[int, int], _Inputs] = {}  # by number of tokens and of logits

    def step(self, ids: list[int], past: int, position: int) -> np.ndarray:
        """Run tokens behind ``past`` buffered ones; returns the logits (vocabulary,) of the last.

        ``position`` is the true position of the first of them. The result is a copy.
        """
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            logits = self._run(self._inputs(len(part), 1), part, past + start, position + start)
        return logits[0].copy()

    def step_all(self, ids: list[int], past: int, position: int) -> np.ndarray:
        """As ``step``, but the logits (len(ids), vocabulary) of every token."""
        parts = []
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            inputs = self._inputs(len(part), len(part))
            parts.append(self._run(inputs, part, past + start, position + start).copy())
        return np.concatenate(parts)

    def move_to_front(self, first: int, length: int) -> None:
        """Entries first .. first + length - 1 become entries 0 .. length - 1."""
        for layer in self._kv:
            layer[:, :length] = layer[:, first : first + length].copy()

    def _run(self, inputs: _Inputs, ids: list[int], past: int, position: int) -> np.ndarray:
        count = len(ids)
        self._runtime.embed(np.asarray(ids), position, inputs.x[0])
        if self._config.positions == ROTARY:
            angles = np.arange(position, position + count)[:, None] * self._frequencies
            np.cos(angles, out=inputs.cos, casting="same_kind")
            np.sin(angles, out=inputs.sin, casting="same_kind")
        inputs.seqlens_k[0] = past + count - 1
        inputs.total[...] = past + count
        self._runtime.run(inputs.binding)
        return inputs.logits

    def _inputs(self, count: int, wanted: int) -> _Inputs:
        """Inputs for ``count`` tokens of which the last ``wanted`` ones' logits are asked for."""
        inputs = self._bound.get((count, wanted))
        if inputs is None:
            inputs = self._bind(count, np.arange(count - wanted, count, dtype=np.int64))
            if count <= MOST_BOUND:
                self._bound[count, wanted] = inputs
        return inputs

    def _bind(self, count: int, rows: np.ndarray) -> _Inputs:
        config = self._config
        inputs = _Inputs(
            x=np.zeros((1, count, config.n_embd), np.float32),
            cos=np.zeros((count, config.head_size // 2), np.float32),
            sin=np.zeros((count, config.head_size // 2), np.float32),
            seqlens_k=np.zeros(1, np.int32),
            total=np.zeros((), np.int32),
            logits=np.zeros((len(rows), config.vocabulary_size), np.float32),
            binding=self._runtime.binding(),
        )
        arrays = {"x": inputs.x, "seqlens_k": inputs.seqlens_k, "total": inputs.total, "rows": rows}
        if config.positions == ROTARY:
            ids = np.arange(count, dtype=np.int64)[None]
            arrays |= {"cos": inputs.cos, "sin": inputs.sin, "position_ids": ids}
        inputs.binding.arrays = arrays  # bound by address: they must live as long as the binding
        for name, array in arrays.items():
            _bind_array(inputs.binding.bind_input, name, array)
        _bind_array(inputs.binding.bind_output, "logits", inputs.logits)
        for index, buffer in enumerate(self._kv):
            layer, which = index // 2, "kv"[index % 2]
            _bind_array(inputs.binding.bind_input, f"past_{which}.{layer}", buffer[None])
            _bind_array(inputs.binding.bind_output, f"new_{which}.{layer}", buffer[None])
        return inputs


def _bind_array(bind, name: str, array: np.ndarray) -> None:
    bind(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
