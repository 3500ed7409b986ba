"""Public code that is read among the user's own, so that a model does not forget the rest.

From token shards (``python -m corpus build``) in the vocabulary of the model, or from the sample
that comes with the trainer. Where there is neither, the user is told: what the model knew of other
code will fade faster. Knows shards and texts, no models.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecomplete import corpus
from codecomplete.corpus import encoding
from codecomplete.corpus.documents import Document
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.names import TOKENIZER
from codecomplete.engine.tokenizer import Tokenizer

from ..errors import ConfigError
from ..learning.data import TokenRows, documents, language_tags
from ..learning.recipe import Recipe

SAMPLE = Path(__file__).parent / "public" / "sample.jsonl.xz"
VALIDATION_BYTES = 20_000  # per language
EVERY = 12  # of the sample, one document in so many is held out

Texts = list[tuple[str, str]]
"""(language, text)."""


@dataclass(frozen=True)
class Public:
    """Rows to replay, texts to see what is forgotten, and where they came from, in words."""

    rows: TokenRows | None
    validation: Texts
    origin: str


NONE = Public(
    None,
    [],
    "none: what the model knows of other code fades faster; give shards with --replay",
)


def public(shards: Path | None, tokenizer: Path, recipe: Recipe) -> Public:
    """Public rows in the vocabulary of ``tokenizer``. ConfigError if the shards are in another."""
    if shards is not None:
        return _of_shards(shards, tokenizer, recipe)
    return _of_sample(tokenizer, recipe) if SAMPLE.is_file() else NONE


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


def _of_sample(tokenizer: Path, recipe: Recipe) -> Public:
    read = sample()
    learned = [document for at, document in enumerate(read) if at % EVERY]
    part = encoding.encode(learned, encoding.load_tokenizer(tokenizer))
    texts = [(document.language, document.text) for document in read[::EVERY]]
    rows = _rows([(part.ids, part.index)], tokenizer, recipe)
    return Public(rows, texts, f"the sample of {len(read)} public files that comes along")


def sample() -> list[Document]:
    """The public files that come with the trainer, in order."""
    with lzma.open(SAMPLE, "rt", encoding="utf-8", newline="\n") as file:
        return [Document(**json.loads(line)) for line in file]


def _rows(arrays: list[Any], tokenizer: Path, recipe: Recipe) -> TokenRows | None:
    tags = language_tags(Tokenizer.load(tokenizer))
    try:
        return TokenRows(
            arrays, tags, recipe.row_tokens, recipe.document_starts, recipe.seed, False
        )
    except ValueError:  # fewer tokens than two rows
        return None
