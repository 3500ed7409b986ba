"""Converts a model directory of format 1 to the current one, with the same codes and scales.

In format 1 the step was an ONNX graph, ``model.onnx``, whose initializers name the arrays in
``weights.bin``. Nothing is rounded again: 8-bit codes stay as they are, and 4-bit codes, which were
evenly spaced then, become 8-bit codes with the same scales. Of a tied table that was stored twice,
in 4 bits and in 8, the 8-bit copy is used. Needs the ``onnx`` package.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from codecomplete.corpus.outputs import fresh
from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.engine.modeldir.directory import seal
from codecomplete.engine.modeldir.layout import EMBEDDING, POSITIONS, Tensor, sizes
from codecomplete.engine.modeldir.names import DESCRIPTION, GATE, TOKENIZER, WEIGHTS

from ..errors import ExportError
from ..places import MODEL
from .weights import append, append_codes

OLD_FORMAT = 1
GRAPH = "model.onnx"


def convert(old: Path, new: Path) -> Path:
    """Convert the directory ``old`` of format 1 to the model directory ``new``; returns its
    path."""
    description = json.loads((old / DESCRIPTION).read_text(encoding="utf-8"))
    if description.get("format") != OLD_FORMAT:
        raise ExportError(f"{old}: format {description.get('format')}, expected {OLD_FORMAT}")
    if new.exists() and new.samefile(old):
        raise ExportError(f"{old}: the converted model needs a directory of its own")
    config = ModelConfig.from_dict(description["config"])
    kept = {name: description[name] for name in ("name", "config", "quantisation")}
    also = {name: description[name] for name in ("languages", "training")}
    with fresh(new, MODEL) as folder:
        with (folder / WEIGHTS).open("wb") as file:
            tensors = _write_all(file, config, Arrays(old, description))
        for name in (TOKENIZER, GATE):
            if (old / name).exists():
                shutil.copyfile(old / name, folder / name)
        layout = {name: tensor.to_dict() for name, tensor in tensors.items()}
        seal(folder, kept | {"tensors": layout} | also)
    return new


class Arrays:
    """The arrays of a directory of format 1, under their old names."""

    def __init__(self, directory: Path, description: Mapping[str, Any]) -> None:
        import onnx

        graph = onnx.load(directory / GRAPH).graph
        self._stored = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
        self._weights = np.fromfile(directory / WEIGHTS, np.uint8)
        self._tables = description["tables"]
        self._bits = description["quantisation"]["bits"]

    def __getitem__(self, name: str) -> Any:
        return self._stored[name]

    def codes(self, name: str) -> tuple[Any, Any] | None:
        """Codes around zero (rows, blocks, block) and scales of a matrix; None if it has none."""
        stem = name.removesuffix(".weight")
        if f"{stem}.codes" in self._stored and stem not in self._tables:
            codes, scales = self._stored[f"{stem}.codes"], self._stored[f"{stem}.scales"]
            return self._centred(codes), scales.reshape(codes.shape[:2])
        table = self._tables.get(stem)
        if table is None or table["bits"] == 32:
            return None
        shape = (table["rows"], -(-table["width"] // table["block"]), table["block"])
        codes = self._at(table["offset"], shape, np.uint8)
        scales = self._at(table["scales_offset"], shape[:2], np.float32)
        return (codes.astype(np.int16) - 128).astype(np.int8), scales

    def _centred(self, codes: Any) -> Any:
        if self._bits == 4:
            codes = np.stack([codes & 15, codes >> 4], axis=-1).reshape(*codes.shape[:2], -1)
        return (codes.astype(np.int16) - 2 ** (self._bits - 1)).astype(np.int8)

    def floats(self, name: str, shape: tuple[int, ...]) -> Any:
        """A float32 tensor."""
        stem, _, kind = name.rpartition(".")
        if kind == "skip_gains":
            both = [self._stored[f"{stem}.kept"], self._stored[f"{stem}.skipped"]]
            return np.stack(both).reshape(shape).astype(np.float32)
        if stem in self._tables and name in (EMBEDDING, POSITIONS):
            table = self._tables[stem]
            return self._at(table["offset"], (table["rows"], table["width"]), np.float32)
        values = self._stored[name].astype(np.float32)
        return (
            values.T if len(shape) == 2 else values.reshape(shape)
        )  # matrices of products were transposed

    def _at(self, offset: int, shape: tuple[int, ...], dtype: Any) -> Any:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        return self._weights[offset : offset + size].view(dtype).reshape(shape)


def _write_all(file: BinaryIO, config: ModelConfig, arrays: Arrays) -> dict[str, Tensor]:
    tensors = {}
    for name, shape in sizes(config).items():
        found = arrays.codes(name) if len(shape) == 2 else None
        if found is None:
            tensors[name] = append(file, name, arrays.floats(name, shape))
        else:
            tensors[name] = append_codes(file, name, shape, *found, bits=8)
    return tensors
