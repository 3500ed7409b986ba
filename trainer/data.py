"""Training rows from token shards.

Rows are a pure function of (seed, step): nothing has to be saved to resume. Knows shards only as
memory-mapped ids and an index of documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import corpus
from engine.languages import LANGUAGES
from engine.modeldir import TOKENIZER
from engine.tokenizer import BOS, Tokenizer, language_tag

from .recipe import Recipe

Ids = np.ndarray  # of uint16


class TokenRows:
    """Rows of ``length`` + 1 ids from the shards of one split.

    A row begins either where a document begins or anywhere. A row that begins inside a document
    has the document's language tag in place of its first id, as the engine does after a jump.
    """

    def __init__(
        self,
        shards: Sequence[tuple[Ids, np.ndarray]],
        tags: Sequence[int],
        length: int,
        document_starts: float,
        seed: int,
    ) -> None:
        self.shards = [(ids, index) for ids, index in shards if len(ids) > length + 1]
        if not self.shards:
            raise ValueError(f"no shard holds a row of {length} tokens")
        self.tags, self.length = tags, length
        self.document_starts, self.seed = document_starts, seed
        sizes = np.array([len(ids) for ids, _ in self.shards], dtype=np.float64)
        self._shares = sizes / sizes.sum()

    def batch(self, step: int, rows: int) -> np.ndarray:
        """Ids of shape (rows, length + 1), int64, for one step of one process."""
        random = np.random.default_rng((self.seed, step))
        return np.stack([self._row(random) for _ in range(rows)]).astype(np.int64)

    def _row(self, random: np.random.Generator) -> np.ndarray:
        ids, index = self.shards[random.choice(len(self.shards), p=self._shares)]
        last = len(ids) - self.length - 1
        if random.random() < self.document_starts:
            starts = index["start"]
            within = int(np.searchsorted(starts, last, side="right"))
            start = int(starts[random.integers(within)])
            return np.array(ids[start : start + self.length + 1])
        start = int(random.integers(last + 1))
        row = np.array(ids[start : start + self.length + 1])
        document = int(np.searchsorted(index["start"], start, side="right")) - 1
        row[0] = self.tags[index["language"][document]]
        return row


def open_rows(directory: Path, split: str, recipe: Recipe) -> TokenRows:
    """The rows of a split of a shard directory (see ``corpus.open_shards``)."""
    shards = corpus.open_shards(directory).split(split)
    vocabulary = Tokenizer.load(directory / TOKENIZER)
    return TokenRows(
        [(shard.ids, shard.index) for shard in shards],
        language_tags(vocabulary),
        recipe.row_tokens,
        recipe.document_starts,
        recipe.seed,
    )


def language_tags(vocabulary: Tokenizer) -> list[int]:
    """The tag of each language, by its place in ``engine.languages.LANGUAGES``.

    Vocabularies without tags get the token that begins a document instead.
    """
    begin = vocabulary.special(BOS) or 0
    tags = (vocabulary.special(language_tag(language)) for language in LANGUAGES)
    return [begin if tag is None else tag for tag in tags]
