"""Public code that is replayed among the user's own, so that a model does not forget the rest.

It comes from token shards (``python -m corpus build``) in the vocabulary of the model. The package
contains none: other people's code may be learned from, but not distributed without its notices.
Without shards, the user is told the consequences. Knows shards and texts, no models.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecomplete import corpus
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.names import TOKENIZER
from codecomplete.engine.tokenizer import Tokenizer

from ..errors import ConfigError
from ..learning.data import TokenRows, documents, language_tags
from ..learning.recipe import Recipe

VALIDATION_BYTES = 20_000  # per language

Texts = list[tuple[str, str]]
"""(language, text)."""


@dataclass(frozen=True)
class Public:
    """Rows to replay, texts to measure forgetting, and a description of their origin."""

    rows: TokenRows | None
    validation: Texts
    origin: str


NONE = Public(
    None,
    [],
    "none: what the model knows of other code fades faster; give shards with --replay",
)


def public(shards: Path | None, tokenizer: Path, recipe: Recipe) -> Public:
    """Public rows in the vocabulary of ``tokenizer``. Raises ConfigError for another vocabulary."""
    return NONE if shards is None else _of_shards(shards, tokenizer, recipe)


def _of_shards(shards: Path, tokenizer: Path, recipe: Recipe) -> Public:
    opened = corpus.open_shards(shards)
    if sha256(shards / TOKENIZER) != sha256(tokenizer):
        raise ConfigError(
            f"{shards}: shards in another vocabulary than the model's; build them with "
            f"python -m corpus build --tokenizer {tokenizer}, or leave --replay out"
        )
    arrays = [(shard.ids, shard.index) for shard in opened.split("train")]
    has_validation = "validation" in opened.description["splits"]
    texts = list(documents(shards, "validation", VALIDATION_BYTES)) if has_validation else []
    return Public(_rows(arrays, tokenizer, recipe), texts, f"shards in {shards}")


def _rows(arrays: list[Any], tokenizer: Path, recipe: Recipe) -> TokenRows | None:
    tags = language_tags(Tokenizer.load(tokenizer))
    try:
        return TokenRows(
            arrays, tags, recipe.row_tokens, recipe.document_starts, recipe.seed, False
        )
    except ValueError:  # fewer tokens than two rows
        return None
