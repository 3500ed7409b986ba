"""A trained model to a model directory that the engine loads.

Knows the graph builder and the model directory's format; not how the weights were trained.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from engine.config import ModelConfig
from engine.modeldir import TOKENIZER, seal
from engine.tokenizer import Tokenizer, language_tag

from .errors import ConfigError
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

    ``weights`` is the state of a ``trainer.model.Transformer``; ``training`` is provenance, stored
    as it is. Raises ConfigError if the tokenizer does not fit the model.
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
            "languages": _tagged_languages(vocabulary),
            "training": dict(training or {}),
        },
    )
    return directory


def _tagged_languages(vocabulary: Tokenizer) -> list[str]:
    from engine.languages import LANGUAGES

    return [
        language for language in LANGUAGES if vocabulary.special(language_tag(language)) is not None
    ]
