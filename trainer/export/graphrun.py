"""Runs an exported ONNX graph as the engine runs its kernel: tokens in, logits out.

Used to test exports, and to measure the kernel against. Buffers are bound once and updated in
place. Needs ``onnxruntime``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from codecomplete import quiet
from codecomplete.engine.modeldir.config import LEARNED, ROTARY, ModelConfig

from .graph import GRAPH

CHUNK = 32  # tokens run at once when there are many


class Graph:
    """A loaded directory of ``python -m trainer export --format onnx``, with one window."""

    def __init__(self, directory: Path, threads: int = 1) -> None:
        self.config = ModelConfig.from_dict(json.loads((directory / "config.json").read_text()))
        onnxruntime = quiet.onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = str(directory / GRAPH)
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(path, options, providers=providers)
        c = self.config
        shape = (2 * c.n_layer, 1, c.n_kv_head, c.capacity, c.head_size)
        self._kv = np.zeros(shape, np.float32)
        half = c.head_size // 2
        self._frequencies = c.rotary_base ** (-np.arange(half, dtype=np.float64) / half)
        self._bound: dict[tuple[int, int], tuple[Any, dict[str, np.ndarray]]] = {}

    def step(self, ids: Sequence[int], past: int, position: int, wanted: int = 1) -> np.ndarray:
        """Run tokens after ``past`` buffered ones. Returns logits (wanted, vocabulary)."""
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            last = min(wanted, len(part))
            logits = self._run(part, past + start, position + start, last)
        return logits

    def _run(self, ids: Sequence[int], past: int, position: int, wanted: int) -> np.ndarray:
        count = len(ids)
        if (count, wanted) not in self._bound:
            self._bound[count, wanted] = self._bind(count, wanted)
        binding, arrays = self._bound[count, wanted]
        arrays["ids"][0] = ids
        places = np.arange(position, position + count)
        if "places" in arrays:
            arrays["places"][0] = places
        if "cos" in arrays:
            angles = places[:, None] * self._frequencies
            np.cos(angles, out=arrays["cos"], casting="same_kind")
            np.sin(angles, out=arrays["sin"], casting="same_kind")
        arrays["seqlens_k"][0] = past + count - 1
        arrays["total"][...] = past + count
        self._session.run_with_iobinding(binding)
        return arrays["logits"]

    def _bind(self, count: int, wanted: int) -> tuple[Any, dict[str, np.ndarray]]:
        c, binding = self.config, self._session.io_binding()
        arrays: dict[str, np.ndarray] = {
            "ids": np.zeros((1, count), np.int64),
            "seqlens_k": np.zeros(1, np.int32),
            "total": np.zeros((), np.int32),
            "rows": np.arange(count - wanted, count, dtype=np.int64),
        }
        if c.positions == LEARNED:
            arrays["places"] = np.zeros((1, count), np.int64)
        if c.positions == ROTARY:
            half = (count, c.head_size // 2)
            arrays |= {"cos": np.zeros(half, np.float32), "sin": np.zeros(half, np.float32)}
            arrays["position_ids"] = np.arange(count, dtype=np.int64)[None]
        for name, array in arrays.items():
            _bind(binding.bind_input, name, array)
        arrays["logits"] = np.zeros((wanted, c.vocabulary_size), np.float32)
        _bind(binding.bind_output, "logits", arrays["logits"])
        for index, buffer in enumerate(self._kv):
            layer, which = index // 2, "kv"[index % 2]
            _bind(binding.bind_input, f"past_{which}.{layer}", buffer)
            _bind(binding.bind_output, f"new_{which}.{layer}", buffer)
        return binding, arrays


def _bind(bind: Callable[..., None], name: str, array: np.ndarray) -> None:
    bind(name, "cpu", 0, array.dtype.type, array.shape, array.ctypes.data)
