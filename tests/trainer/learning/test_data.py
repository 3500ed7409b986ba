"""Rows are a pure function of seed and pass, and every process finds its own."""

from __future__ import annotations

import numpy as np
import pytest

from codecomplete.corpus.documents import Document
from codecomplete.corpus.encoding import encode, load_tokenizer
from codecomplete.corpus.shards import INDEX
from codecomplete.engine.languages import LANGUAGES
from codecomplete.engine.state.context import Context
from codecomplete.engine.tokenizer import BOS, FIM_PREFIX, Tokenizer
from codecomplete.trainer.learning.data import (
    Place,
    TokenRows,
    documents,
    language_tags,
    only_languages,
    open_rows,
    prefetched,
)
from codecomplete.trainer.learning.recipe import RANDOM, SHUFFLED, Recipe

LENGTH = 32


def recipe(**fields) -> Recipe:
    return Recipe(row_tokens=LENGTH, batch_rows=4, **fields)


@pytest.mark.parametrize("order", [RANDOM, SHUFFLED])
@pytest.mark.parametrize("fim_rate", [0.0, 0.5])
def test_the_same_pass_has_the_same_rows(shards, order, fim_rate):
    made = [
        open_rows(shards, "train", recipe(order=order, fim_rate=fim_rate, fim_tokens=LENGTH))
        for _ in range(2)
    ]
    for number in (0, 3, 1000):
        first, second = (rows.batch(number, 4) for rows in made)
        assert first.shape == (4, LENGTH + 1)
        assert np.array_equal(first, second)
    assert not np.array_equal(made[0].batch(0, 4), made[0].batch(1, 4))


@pytest.mark.parametrize("fim_rate", [0.0, 0.5])
def test_processes_share_a_pass_without_overlap(shards, fim_rate):
    rows = open_rows(shards, "train", recipe(fim_rate=fim_rate, fim_tokens=LENGTH))
    whole = rows.batch(7, 4)
    parts = [rows.batch(7, 4, rank, 2) for rank in range(2)]
    assert np.array_equal(whole[0::2], parts[0])
    assert np.array_equal(whole[1::2], parts[1])


def test_a_shuffled_epoch_sees_every_token_once():
    ids = np.arange(10 * LENGTH, dtype=np.uint16)
    index = np.zeros(1, dtype=INDEX)
    rows = TokenRows([(ids, index)], [0], LENGTH, 0.0, seed=1, shuffled=True)
    starts = [place.start for place in rows.places(0, 9)]
    assert len(set(starts)) == 9 and np.all(np.diff(sorted(starts)) == LENGTH)
    assert sorted(starts) != starts
    following = sorted(place.start for place in rows.places(1, 9))
    assert following != sorted(starts), "the next epoch is cut at other places"


def test_rows_begin_with_a_document_or_with_its_language(shards):
    vocabulary = Tokenizer.load(shards / "tokenizer.json")
    begins = {vocabulary.special(BOS), vocabulary.special("<python>")}
    for order in (RANDOM, SHUFFLED):
        rows = open_rows(shards, "train", recipe(order=order, document_starts=0.5))
        assert {int(row[0]) for row in rows.batch(1, 900)} == begins


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_begin_as_the_engine_begins_a_window(shards, language):
    vocabulary = Tokenizer.load(shards / "tokenizer.json")
    text = "a text that is long enough for a few rows\n" * 40
    part = encode([Document("", "", language, "", text)], load_tokenizer(shards / "tokenizer.json"))
    rows = TokenRows([(part.ids, part.index)], language_tags(vocabulary), LENGTH, 0.0, seed=1)
    for at_document, room in ((True, 10_000), (False, LENGTH)):
        context = Context(vocabulary, language)
        prompt = [token.id for token in context.fresh(text, room).tokens if not token.end]
        assert context.pinned is at_document
        row = rows.row(Place(0, 0 if at_document else 50, at_document))
        assert row[: len(prompt)].tolist() == prompt


def test_one_language_is_cut_out_of_a_mixed_shard():
    ids = np.array([1, 10, 11, 2, 1, 20, 2, 1, 30, 31, 32, 2], np.uint16)
    index = np.array([(0, 4, 0, 0, 3), (4, 3, 1, 0, 2), (7, 5, 0, 0, 4)], dtype=INDEX)
    own, kept = only_languages(ids, index, ["python"])
    assert own.tolist() == [1, 10, 11, 2, 1, 30, 31, 32, 2]
    assert kept["start"].tolist() == [0, 4]


def test_a_replayed_share_comes_from_all_languages(shards):
    rows = open_rows(shards, "train", recipe(language="python", replay=0.5))
    sources = rows._sources(3, 200)
    assert 60 < sum(source is rows.replay for source in sources) < 140


def test_documents_come_back_as_text(shards):
    texts = [text for _, text in documents(shards, "validation", 100_000)]
    assert any(text.startswith('"""') and "def clean(" in text for text in texts)


def test_prefetching_changes_nothing():
    made = prefetched(lambda number: np.array([number]), range(5))
    assert [int(row[0]) for row in made] == [0, 1, 2, 3, 4]


def test_the_chosen_share_of_rows_is_suffix_first(shards):
    rows = open_rows(shards, "train", recipe(fim_rate=0.3, fim_tokens=LENGTH))
    batch = rows.batch(0, 400)
    mark = Tokenizer.load(shards / "tokenizer.json").special(FIM_PREFIX)
    share = (batch == mark).any(axis=1).mean()
    assert 0.2 < share < 0.4
