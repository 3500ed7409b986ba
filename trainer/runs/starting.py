"""The initial weights of a run: those of another run, or of an exported model directory.

So a released model is enough to continue its training on any machine: the rate rises again, then
falls, as in WSD-S (Wen et al. 2024, arXiv 2410.05192). A few steps make up for the rounding to 8
bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.directory import ModelDirectory, open_directory
from codecomplete.engine.modeldir.names import DESCRIPTION, GATE, TOKENIZER

from ..errors import CheckpointError
from ..export import huggingface, weights
from ..learning import checkpoint


@dataclass(frozen=True)
class Start:
    """Weights, their model, their origin (for the provenance), and the tuning that was fitted to
    them.

    ``facts`` say what a run that begins with them must tell; ``training`` is all that was stored
    with them.
    """

    config: ModelConfig
    weights: dict[str, Tensor]
    facts: dict[str, Any]
    tuning: Path | None = None  # a gate.json
    training: dict[str, Any] = field(default_factory=dict)


def read(path: Path, tokenizer: Path) -> Start:
    """Read a run, a checkpoint, a model directory or a GPT-2 of ``transformers``.

    Its vocabulary must be that of ``tokenizer``.

    Raises CheckpointError if there is none, or if it was trained on another vocabulary.
    """
    if (path / DESCRIPTION).is_file():
        start, own = _of_model(path), path / TOKENIZER
    elif huggingface.is_gpt2(path):
        start, own = _of_gpt2(path), path / TOKENIZER
    else:
        start, own = _of_run(path), path / TOKENIZER
    if own.is_file() and sha256(own) != sha256(tokenizer):
        raise CheckpointError(
            f"{path} has a different vocabulary from {tokenizer}; build the shards with "
            f"python -m corpus build --tokenizer {own}"
        )
    return start


def _of_run(path: Path) -> Start:
    alone = (path / checkpoint.STATE).is_file()  # one checkpoint, or a stem
    if alone and (problems := checkpoint.damage(path)):
        raise CheckpointError(f"{'; '.join(problems)}; restore it from a copy")
    found = path if alone else checkpoint.newest_intact(path)
    if found is None:
        raise CheckpointError(f"{path}: no checkpoint and no model there to start from")
    state = checkpoint.load_state(found)
    facts = {
        "tokens": state["tokens"],
        "languages": state["provenance"].get("languages", []),
        "began_with": state["provenance"].get("began_with"),
    }
    config = ModelConfig.from_dict(state["model"])
    weights = {name: value.float() for name, value in checkpoint.best_weights(found).items()}
    tuning = (found if alone else found.parent) / GATE
    known = tuning if tuning.is_file() else None
    return Start(config, weights, facts, known, provenance(state))


def provenance(state: Mapping[str, Any]) -> dict[str, Any]:
    """What a model directory says about the training of a checkpoint."""
    return dict(state["provenance"]) | {
        "steps": state["step"],
        "tokens": state["tokens"],
        "recipe": state["recipe"],
    }


def _of_gpt2(path: Path) -> Start:
    config, weights = huggingface.load(path)
    digest = sha256(path / huggingface.WEIGHTS)
    return Start(config, weights, {"name": path.name, "weights_sha256": digest, "languages": []})


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
    known = {"languages": [*directory.languages]} | dict(training)
    return Start(directory.config, _weights(directory), facts, directory.gate, known)


def _weights(directory: ModelDirectory) -> dict[str, Tensor]:
    found = weights.read(directory)
    return {name: torch.from_numpy(values) for name, values in found.items()}
