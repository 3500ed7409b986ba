"""Exports a trained model as a model directory for the engine, and in other formats.

Knows the formats and their files; not how the weights were trained.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from codecomplete.corpus.outputs import fresh, fresh_file
from codecomplete.engine.languages import LANGUAGES
from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.engine.modeldir.directory import seal
from codecomplete.engine.modeldir.names import GATE, TOKENIZER, WEIGHTS
from codecomplete.engine.tokenizer import Tokenizer, language_tag

from ..errors import ConfigError, ExportError
from ..learning.checkpoint import best_weights, load_state
from ..places import GRAPH, MODEL, PLAIN_WEIGHTS, ZIP
from .rounding import Quantisation
from .weights import write


def export(
    config: ModelConfig,
    weights: Mapping[str, Tensor],
    tokenizer: Path,
    directory: Path,
    name: str,
    quantisation: Quantisation | None = None,
    training: Mapping[str, Any] | None = None,
    tuning: Path | None = None,
) -> Path:
    """Write a model directory; returns its path.

    ``weights`` is the state of a ``Transformer``; ``training`` is provenance, stored as it is;
    ``tuning`` is a ``gate.json`` to include. Raises ConfigError if the tokenizer does not fit the
    model, and OutputError if ``directory`` contains anything but a model.
    """
    quantisation = quantisation or Quantisation()
    vocabulary = fitting_vocabulary(config, tokenizer)
    description = {
        "name": name,
        "config": config.to_dict(),
        "quantisation": {
            "bits": quantisation.bits,
            "block": quantisation.block,
            "table_block": quantisation.table_block,
        },
        "languages": trained_languages(vocabulary, training or {}),
        "training": dict(training or {}),
    }
    with fresh(directory, MODEL) as folder:
        tensors = write(config, as_arrays(weights), folder / WEIGHTS, quantisation)
        shutil.copyfile(tokenizer, folder / TOKENIZER)
        if tuning is not None:
            shutil.copyfile(tuning, folder / GATE)
        stored = {name: tensor.to_dict() for name, tensor in tensors.items()}
        seal(folder, description | {"tensors": stored})
    return directory


def fitting_vocabulary(config: ModelConfig, tokenizer: Path) -> Tokenizer:
    """The loaded tokenizer. Raises ConfigError if the model has fewer tokens."""
    vocabulary = Tokenizer.load(tokenizer)
    if vocabulary.size > config.vocabulary_size:
        raise ConfigError(
            f"{tokenizer} has {vocabulary.size} tokens, the model {config.vocabulary_size}; "
            "use the tokenizer the model was trained with"
        )
    return vocabulary


def as_arrays(weights: Mapping[str, Tensor]) -> dict[str, Any]:
    """The weights as float32 arrays. Raises ExportError if no format supports the model."""
    if any(name.startswith("halting.") for name in weights):
        raise ExportError(
            "this model uses halting (each position decides how often the layer is applied), which "
            "no format supports; train with shared_layers alone"
        )
    if any(name.startswith("hashed.") for name in weights):
        raise ExportError("no format holds the tables of this model (hashed_rows); train without")
    return {key: value.float().cpu().numpy() for key, value in weights.items()}


def trained_languages(vocabulary: Tokenizer, training: Mapping[str, Any]) -> list[str]:
    """The languages on which the weights were trained, now or before, with a tag or without; all
    for which the vocabulary has a tag if the provenance names no languages."""
    trained: set[str] = set()
    sitting: Mapping[str, Any] | None = training
    while sitting:
        trained.update(sitting.get("languages", ()))
        sitting = sitting.get("began_with")
    if trained:
        return [name for name in LANGUAGES if name in trained]
    return [name for name in LANGUAGES if vocabulary.special(language_tag(name)) is not None]


def save_onnx(
    config: ModelConfig,
    weights: Mapping[str, Tensor],
    tokenizer: Path,
    directory: Path,
    quantisation: Quantisation | None = None,
) -> Path:
    """The step as an ONNX graph (``trainer/export/graph.py``) with the tokenizer beside it."""
    from ..network.padding import with_padded_heads
    from .graph import build

    fitting_vocabulary(config, tokenizer)
    config, arrays = with_padded_heads(config, as_arrays(weights))
    with fresh(directory, GRAPH) as folder:
        build(config, arrays, folder, quantisation or Quantisation())
        shutil.copyfile(tokenizer, folder / TOKENIZER)
        (folder / "config.json").write_text(json.dumps(config.to_dict(), indent=1) + "\n")
    return directory


def save_safetensors(checkpoint: Path, tokenizer: Path, directory: Path) -> Path:
    """The weights as ``model.safetensors`` with ``config.json`` and the tokenizer beside them."""
    state = load_state(checkpoint)
    weights = {name: value.contiguous() for name, value in best_weights(checkpoint).items()}
    config = {"config": state["model"], "step": state["step"], "tokens": state["tokens"]}
    with fresh(directory, PLAIN_WEIGHTS) as folder:
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
        shutil.copyfile(tokenizer, folder / TOKENIZER)
    return directory


def save_pth(checkpoint: Path, path: Path) -> Path:
    """The weights as a pickle under system A's name, for tools that expect one.

    Nothing in this project reads it: a pickle runs code when it is loaded.
    """
    state = load_state(checkpoint)
    contents = {
        "model_state_dict": best_weights(checkpoint),
        "config": state["model"],
        "step": state["step"],
    }
    with fresh_file(path, ZIP) as partial:
        torch.save(contents, partial)
    return path
