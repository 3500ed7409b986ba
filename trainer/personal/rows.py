"""Rows of a personal run: a fixed number of the user's own in every pass, the others public.

Each of the user's tokens occurs once per epoch, whatever the share of public rows. Knows ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from codecomplete.corpus import encoding
from codecomplete.corpus.documents import Document
from codecomplete.engine.tokenizer import Tokenizer

from ..learning.data import TokenRows, language_tags
from ..learning.recipe import Recipe
from .reading import OwnFile


@dataclass(frozen=True)
class Mixed:
    """A row source (see ``learning/data.py``); ``public_rows`` rows of each pass are replayed."""

    own: TokenRows
    public: TokenRows | None
    public_rows: int

    @property
    def tokens(self) -> int:
        """The number of the user's own ids."""
        return self.own.tokens

    def batch(self, number: int, rows: int, rank: int = 0, size: int = 1) -> np.ndarray:
        """Ids (rows / size, length + 1) of pass ``number`` for one of ``size`` processes."""
        replayed = self.public_rows if self.public is not None else 0
        parts = [self.own.batch(number, rows - replayed)]
        if self.public is not None and replayed:
            parts.append(self.public.batch(number, replayed))
        return np.concatenate(parts)[rank::size]

    def in_order_of(self, seed: int) -> Mixed:
        """The same rows, drawn in another order."""
        public = None if self.public is None else _seeded(self.public, seed)
        return replace(self, own=_seeded(self.own, seed), public=public)


def _seeded(rows: TokenRows, seed: int) -> TokenRows:
    return TokenRows(rows.shards, rows.tags, rows.length, rows.document_starts, seed, rows.shuffled)


def own_rows(files: Iterable[OwnFile], tokenizer: Path, recipe: Recipe, seed: int) -> TokenRows:
    """Rows of the user's files, every token once per epoch. Raises ValueError for too few."""
    documents = (Document(f.project, f.path, f.language, "", f.text) for f in files)
    part = encoding.encode(documents, encoding.load_tokenizer(tokenizer))
    tags = language_tags(Tokenizer.load(tokenizer))
    return TokenRows(
        [(part.ids, part.index)], tags, recipe.row_tokens, recipe.document_starts, seed, True
    )
