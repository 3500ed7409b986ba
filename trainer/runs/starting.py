"""The weights that a run begins with: those of another run, or of an exported model directory.

So a released model is all that has to be kept for hours to be added to it on any machine: the rate
goes up again, then down, as in WSD-S (Wen et al. 2024, arXiv 2410.05192). Rounding to 8 bits costs
such a start nothing that a few steps do not mend.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor

from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.engine.modeldir.directory import (
    DESCRIPTION,
    TOKENIZER,
    ModelDirectory,
    open_directory,
    sha256,
)
from codecomplete.engine.state.runtime import Rows

from ..errors import CheckpointError
from ..learning import checkpoint
from ..network.transformer import Transformer


@dataclass(frozen=True)
class Start:
    """Weights, of which model, and where they came from (for the provenance)."""

    config: ModelConfig
    weights: dict[str, Tensor]
    facts: dict[str, Any]


def read(path: Path, tokenizer: Path) -> Start:
    """Read a run, a checkpoint or a model directory whose vocabulary is that of ``tokenizer``.

    Raises CheckpointError if there is none, or if it was trained on another vocabulary.
    """
    if (path / DESCRIPTION).is_file():
        start, own = _of_model(path), path / TOKENIZER
    else:
        start, own = _of_run(path), path / TOKENIZER
    if own.is_file() and sha256(own) != sha256(tokenizer):
        raise CheckpointError(
            f"{path} has another vocabulary than {tokenizer}; build the shards with "
            f"python -m corpus build --tokenizer {own}"
        )
    return start


def _of_run(path: Path) -> Start:
    found = path if (path / checkpoint.STATE).is_file() else checkpoint.newest_intact(path)
    if found is None:
        raise CheckpointError(f"{path}: no checkpoint and no model there to start from")
    state = checkpoint.load_state(found)
    facts = {
        "tokens": state["tokens"],
        "languages": state["provenance"].get("languages", []),
        "began_with": state["provenance"].get("began_with"),
    }
    config = ModelConfig.from_dict(state["model"])
    return Start(config, checkpoint.best_weights(found), facts)


def _of_model(path: Path) -> Start:
    directory = open_directory(path)
    training = directory.training
    facts = {
        "name": directory.name,
        "weights_sha256": sha256(directory.weights),
        "tokens": training.get("tokens"),
        "languages": training.get("languages", []),
        "began_with": training.get("began_with"),
    }
    return Start(directory.config, _weights(directory), facts)


def _weights(directory: ModelDirectory) -> dict[str, Tensor]:
    graph = onnx.load(directory.graph).graph
    stored = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    bits = directory.quantisation["bits"]
    with torch.device("meta"):
        shapes = {k: tuple(v.shape) for k, v in Transformer(directory.config).state_dict().items()}
    return {
        name: torch.from_numpy(np.array(_array(name, shape, stored, bits, directory)))
        for name, shape in shapes.items()
    }


def _array(
    name: str,
    shape: tuple[int, ...],
    stored: dict[str, np.ndarray],
    bits: int,
    where: ModelDirectory,
) -> np.ndarray:
    """What ``trainer.export.graph`` has written for a parameter, as float32 of its own shape."""
    stem, _, kind = name.rpartition(".")
    if f"{stem}.codes" in stored and kind == "weight":
        return _dequantised(stored[f"{stem}.codes"], stored[f"{stem}.scales"], bits, shape)
    if kind == "skip_gains":
        return np.stack([stored[f"{stem}.kept"], stored[f"{stem}.skipped"]]).reshape(shape)
    if stem in where.tables:
        table = where.tables[stem]
        out = np.empty((table.rows, table.width), np.float32)
        return Rows(where, table).take(np.arange(table.rows), out)
    if name not in stored:
        raise CheckpointError(f"{where.path}: its graph has no {name}; export it again")
    values = stored[name].astype(np.float32)
    return values.T if len(shape) == 2 else values.reshape(shape)  # products are stored turned


def _dequantised(
    codes: np.ndarray, scales: np.ndarray, bits: int, shape: tuple[int, ...]
) -> np.ndarray:
    rows, columns = shape
    if bits == 4:
        codes = np.stack([codes & 15, codes >> 4], axis=-1).reshape(*codes.shape[:2], -1)
    centred = codes.astype(np.float32) - 2 ** (bits - 1)
    return (centred * scales.reshape(*codes.shape[:2], 1)).reshape(rows, -1)[:, :columns]
