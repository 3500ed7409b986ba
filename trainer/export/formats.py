"""A trained model to a model directory that the engine loads, and to two plain formats.

Knows the graph builder and the model directory's format; not how the weights were trained.
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

from codecomplete.engine.languages import LANGUAGES
from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.engine.modeldir.directory import TOKENIZER, seal
from codecomplete.engine.tokenizer import Tokenizer, language_tag

from ..errors import ConfigError
from ..learning.checkpoint import best_weights, load_state
from ..network.padding import with_padded_heads
from .graph import Quantisation, build


def export(
    config: ModelConfig,
    weights: Mapping[str, Tensor],
    tokenizer: Path,
    directory: Path,
    name: str,
    quantisation: Quantisation | None = None,
    training: Mapping[str, Any] | None = None,
) -> Path:
    """Write a model directory; returns its path.

    ``weights`` is the state of a ``Transformer``; ``training`` is provenance, stored as it
    is. Raises ConfigError if the tokenizer does not fit the model.
    """
    quantisation = quantisation or Quantisation()
    vocabulary = Tokenizer.load(tokenizer)
    if vocabulary.size > config.vocabulary_size:
        raise ConfigError(
            f"{tokenizer} has {vocabulary.size} tokens, the model {config.vocabulary_size}; "
            "use the tokenizer the model was trained with"
        )
    directory.mkdir(parents=True, exist_ok=True)
    arrays = {key: value.float().cpu().numpy() for key, value in weights.items()}
    config, arrays = with_padded_heads(config, arrays)
    tables = build(config, arrays, directory, quantisation)
    shutil.copyfile(tokenizer, directory / TOKENIZER)
    seal(
        directory,
        {
            "name": name,
            "config": config.to_dict(),
            "quantisation": {
                "bits": quantisation.bits,
                "block": quantisation.block,
                "table_block": quantisation.table_block,
            },
            "tables": tables,
            "languages": trained_languages(vocabulary, training or {}),
            "training": dict(training or {}),
        },
    )
    return directory


def trained_languages(vocabulary: Tokenizer, training: Mapping[str, Any]) -> list[str]:
    """The languages that the vocabulary has a tag for and the weights were trained on, now or
    before; where the provenance says nothing of languages, all that have a tag."""
    tagged = [name for name in LANGUAGES if vocabulary.special(language_tag(name)) is not None]
    trained: set[str] = set()
    sitting: Mapping[str, Any] | None = training
    while sitting:
        trained.update(sitting.get("languages", ()))
        sitting = sitting.get("began_with")
    return [name for name in tagged if name in trained] if trained else tagged


def save_safetensors(checkpoint: Path, tokenizer: Path, directory: Path) -> Path:
    """The weights as ``model.safetensors`` with ``config.json`` and the tokenizer beside them."""
    state = load_state(checkpoint)
    directory.mkdir(parents=True, exist_ok=True)
    weights = {name: value.contiguous() for name, value in best_weights(checkpoint).items()}
    save_file(weights, directory / "model.safetensors", metadata={"format": "pt"})
    config = {"config": state["model"], "step": state["step"], "tokens": state["tokens"]}
    (directory / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    shutil.copyfile(tokenizer, directory / TOKENIZER)
    return directory


def save_pth(checkpoint: Path, path: Path) -> Path:
    """The weights as a pickle under system A's name, for tools that expect one.

    Nothing in this project reads it: a pickle runs code when it is loaded.
    """
    state = load_state(checkpoint)
    path.parent.mkdir(parents=True, exist_ok=True)
    contents = {
        "model_state_dict": best_weights(checkpoint),
        "config": state["model"],
        "step": state["step"],
    }
    partial = path.with_suffix(".partial")
    torch.save(contents, partial)
    partial.replace(path)
    return path
