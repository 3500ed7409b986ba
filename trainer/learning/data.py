"""Training rows from token shards.

Rows are a pure function of (seed, pass): resuming needs no saved state, and each process of a
data-parallel run can compute its own share. Knows shards only as memory-mapped ids and an index of
documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from codecomplete import corpus
from codecomplete.corpus import ShardSet
from codecomplete.engine.languages import LANGUAGES
from codecomplete.engine.modeldir.names import TOKENIZER
from codecomplete.engine.tokenizer import BOS, Tokenizer, language_tag

from .cutting import Definitions
from .fim import Split, SuffixFirst
from .objectives import Objective
from .recipe import DEFINITIONS, SHUFFLED, Recipe

Ids = np.ndarray  # of uint16


@dataclass(frozen=True)
class Place:
    """The start of a row: a shard, a position in it, and whether a document begins there."""

    shard: int
    start: int
    at_document: bool


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
        shuffled: bool = False,
        definitions: Definitions | None = None,
    ) -> None:
        self.shards = [(ids, index) for ids, index in shards if len(ids) > 2 * length]
        if not self.shards:
            raise ValueError(f"no shard holds two rows of {length} tokens")
        self.tags, self.length, self.definitions = tags, length, definitions
        self.document_starts, self.seed, self.shuffled = document_starts, seed, shuffled
        # contiguous and signed: searching the mapped index itself would copy it every time
        self._starts = [index["start"].astype(np.int64) for _, index in self.shards]
        sizes = np.array([len(ids) for ids, _ in self.shards], dtype=np.float64)
        self._shares = sizes / sizes.sum()
        self._order = lru_cache(maxsize=2)(self._epoch)

    @property
    def tokens(self) -> int:
        """The number of ids in all shards."""
        return sum(len(ids) for ids, _ in self.shards)

    def batch(self, number: int, rows: int) -> np.ndarray:
        """Ids of shape (rows, length + 1), int64, for the ``number``-th pass of a run."""
        return np.stack([self.row(place) for place in self.places(number, rows)]).astype(np.int64)

    def places(self, number: int, rows: int) -> list[Place]:
        """The starts of the rows of a pass."""
        random = np.random.default_rng((self.seed, number))
        if not self.shuffled:
            return [self._anywhere(random) for _ in range(rows)]
        return [self._in_turn(number * rows + row, random) for row in range(rows)]

    def row(self, place: Place) -> np.ndarray:
        """``length`` + 1 ids; a row that begins inside a document begins with its language tag."""
        ids, _ = self.shards[place.shard]
        row = np.array(ids[place.start : place.start + self.length + 1])
        if not place.at_document:
            row[0] = self.tag(place)
        return row

    def tag(self, place: Place) -> int:
        """The id that announces the language of the document at a place."""
        _, index = self.shards[place.shard]
        starts = self._starts[place.shard]
        document = int(np.searchsorted(starts, place.start, side="right")) - 1
        return self.tags[index["language"][document]]

    def _anywhere(self, random: np.random.Generator) -> Place:
        shard = int(random.choice(len(self.shards), p=self._shares))
        last = len(self.shards[shard][0]) - self.length - 1
        if random.random() < self.document_starts:
            starts = self._starts[shard]
            within = int(np.searchsorted(starts, last, side="right"))
            return Place(shard, int(starts[random.integers(within)]), True)
        start = int(random.integers(last + 1))
        if self.definitions is not None:
            start = min(last, self.definitions.next(self.shards[shard][0], start, self.length))
        return Place(shard, start, False)

    def _in_turn(self, number: int, random: np.random.Generator) -> Place:
        """The next row of a shuffled epoch; a share ``document_starts`` of the rows in which a
        document begins is moved forward to its beginning."""
        epoch, within = divmod(number, sum(self._rows_of(ids) for ids, _ in self.shards))
        shard, start = self._order(epoch)[within]
        ids, starts = self.shards[shard][0], self._starts[shard]
        following = int(np.searchsorted(starts, start))
        if following < len(starts) and random.random() < self.document_starts:
            moved = int(starts[following])
            if moved < start + self.length and moved + self.length < len(ids):
                return Place(int(shard), moved, True)
        return Place(int(shard), int(start), False)

    def _epoch(self, epoch: int) -> np.ndarray:
        """All rows of an epoch as (shard, start), shuffled; each epoch cuts at other places."""
        random = np.random.default_rng((self.seed, 0, epoch))
        offset = int(random.integers(self.length))
        rows = [
            (shard, offset + row * self.length)
            for shard, (ids, _) in enumerate(self.shards)
            for row in range(self._rows_of(ids))
        ]
        return random.permutation(np.array(rows, dtype=np.int64))

    def _rows_of(self, ids: Ids) -> int:
        return (len(ids) - self.length) // self.length


class RowSource(Protocol):
    """A source of a run's rows."""

    @property
    def tokens(self) -> int:
        """Ids that can be drawn from."""

    def batch(self, number: int, rows: int, rank: int = 0, size: int = 1) -> np.ndarray:
        """Ids (rows / size, length + 1) of pass ``number`` for one of ``size`` processes."""


@dataclass(frozen=True)
class Batches:
    """The rows of a recipe: plain ones, some of them suffix first, some replayed."""

    plain: TokenRows
    recipe: Recipe
    suffix_first: SuffixFirst | None = None
    replay: TokenRows | None = None
    objective: Objective | None = None

    @property
    def tokens(self) -> int:
        """Ids that can be drawn from."""
        return self.plain.tokens

    def batch(self, number: int, rows: int, rank: int = 0, size: int = 1) -> np.ndarray:
        """Ids (rows / size, row_tokens + 1) of pass ``number`` for one of ``size`` processes."""
        sources = self._sources(number, rows)
        places = {id(source): source.places(number, rows) for source in {*sources}}
        mine = range(rank, rows, size)
        batch = [sources[row].row(places[id(sources[row])][row]) for row in mine]
        if self.objective is not None:
            batch = [self._turned(self.objective, ids, number, row)
                     for ids, row in zip(batch, mine, strict=True)]  # fmt: skip
        if self.suffix_first is not None:
            self._put_suffix_first(self.suffix_first, batch, number, mine, sources, places)
        return np.stack(batch).astype(np.int64)

    def _turned(self, objective: Objective, ids: np.ndarray, number: int, row: int) -> Any:
        random = np.random.default_rng((self.recipe.seed, number, 3, row))
        if random.random() >= self.recipe.objective_rate:
            return ids.astype(np.int64)
        return objective.row(ids, random)

    def _sources(self, number: int, rows: int) -> list[TokenRows]:
        if self.replay is None:
            return [self.plain] * rows
        random = np.random.default_rng((self.recipe.seed, number, 1))
        replayed = random.random(rows) < self.recipe.replay
        return [self.replay if again else self.plain for again in replayed]

    def _put_suffix_first(
        self,
        maker: SuffixFirst,
        batch: list[Any],
        number: int,
        mine: range,
        sources: list[TokenRows],
        places: dict[int, list[Place]],
    ) -> None:
        """Replace the chosen rows of a batch, in place, by examples made from their own ids."""
        splits: list[Split] = []
        parts: list[tuple[int, int]] = []  # row of the batch, splits made of it
        for at, row in enumerate(mine):
            random = np.random.default_rng((self.recipe.seed, number, 2, row))
            if random.random() >= self.recipe.fim_rate:
                continue
            source = sources[row]
            made = self._splits(maker, batch[at], source.tag(places[id(source)][row]), random)
            splits += made
            parts.append((at, len(made)))
        examples = iter(maker.examples(splits) if splits else [])
        for at, count in parts:
            ids = [id_ for _ in range(count) for id_ in next(examples)]
            batch[at] = _filled(ids, batch[at])

    def _splits(
        self, maker: SuffixFirst, ids: np.ndarray, tag: int, random: np.random.Generator
    ) -> list[Split]:
        length = maker.length
        room = length - 8  # for the tag, the marks, and ids that splitting a token adds
        made = (
            maker.split(ids[start : start + room], tag, random)
            for start in range(0, len(ids) - room + 1, length)
        )
        return [split for split in made if split is not None]


def _filled(ids: list[int], row: np.ndarray) -> np.ndarray:
    """Ids of the length of ``row``: cut, or followed by the end of the row itself."""
    kept = np.array(ids[: len(row)], dtype=row.dtype)
    return np.concatenate([kept, row[len(kept) :]])


def open_rows(directory: Path, split: str, recipe: Recipe) -> Batches:
    """The rows of a split of a shard directory (see ``corpus.open_shards``)."""
    vocabulary = Tokenizer.load(directory / TOKENIZER)
    return rows_of(corpus.open_shards(directory), vocabulary, split, recipe)


def rows_of(opened: ShardSet, vocabulary: Tokenizer, split: str, recipe: Recipe) -> Batches:
    """The rows of a split of open shards, in their vocabulary."""
    shards = [(shard.ids, shard.index) for shard in opened.split(split)]
    tags = language_tags(vocabulary)

    def rows(chosen: Sequence[tuple[Ids, np.ndarray]]) -> TokenRows:
        return TokenRows(
            chosen,
            tags,
            recipe.row_tokens,
            recipe.document_starts,
            recipe.seed,
            recipe.order == SHUFFLED,
            definitions,
        )

    definitions = Definitions(vocabulary) if recipe.cut == DEFINITIONS else None
    objective = Objective(recipe.objective, vocabulary) if recipe.objective else None
    fim = SuffixFirst(vocabulary, recipe.fim_tokens) if recipe.fim_rate else None
    if not recipe.languages:
        return Batches(rows(shards), recipe, fim, None, objective)
    own = [only_languages(ids, index, recipe.languages) for ids, index in shards]
    return Batches(rows(own), recipe, fim, rows(shards) if recipe.replay else None, objective)


def only_languages(ids: Ids, index: np.ndarray, languages: Sequence[str]) -> tuple[Ids, np.ndarray]:
    """A shard's documents in some languages, copied one after another, with their index."""
    numbers = [LANGUAGES.index(language) for language in languages]
    kept = np.array(index[np.isin(index["language"], numbers)])
    parts = [ids[int(d["start"]) : int(d["start"]) + int(d["length"])] for d in kept]
    kept["start"] = np.cumsum([0, *kept["length"][:-1]]) if len(kept) else 0
    return (np.concatenate(parts) if parts else np.zeros(0, np.uint16)), kept


def language_tags(vocabulary: Tokenizer) -> list[int]:
    """The tag of each language, by its place in ``engine.languages.LANGUAGES``.

    A language without one gets the token that begins a document instead, as the engine does.
    """
    begin = vocabulary.special(BOS) or 0
    tags = (vocabulary.special(language_tag(language)) for language in LANGUAGES)
    return [begin if tag is None else tag for tag in tags]


def documents(directory: Path, split: str, limit: int) -> Iterator[tuple[str, str]]:
    """(language, text) of documents spread over a split, about ``limit`` bytes of each language.

    Texts are decoded ids: exactly the source wherever the tokenizer is lossless.
    """
    vocabulary = Tokenizer.load(directory / TOKENIZER)
    for number, language in enumerate(LANGUAGES):
        left = limit
        for shard in corpus.open_shards(directory).split(split):
            of_language = shard.index[shard.index["language"] == number]
            stride = max(1, int(of_language["bytes"].sum()) // max(1, limit))
            for row in of_language[::stride]:
                if left <= 0:
                    break
                start, length = int(row["start"]), int(row["length"])
                text = vocabulary.decode(shard.ids[start : start + length].tolist())
                left -= len(text.encode())
                yield language, text


Row = TypeVar("Row")


def prefetched(make: Callable[[int], Row], numbers: Iterable[int]) -> Iterator[Row]:
    """``make`` of each number in order, with the next one already running on another thread."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        ahead = None
        for number in numbers:
            now, ahead = ahead, pool.submit(make, number)
            if now is not None:
                yield now.result()
        if ahead is not None:
            yield ahead.result()
