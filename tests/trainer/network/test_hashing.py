"""Tables of pairs and triples of tokens, looked up beside a model."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from codecomplete.engine.modeldir.config import ModelConfig
from codecomplete.trainer.errors import ExportError
from codecomplete.trainer.export.formats import as_arrays
from codecomplete.trainer.learning.recipe import Recipe
from codecomplete.trainer.network.hashing import HashedTables
from codecomplete.trainer.network.transformer import Transformer

CONFIG = ModelConfig(
    vocabulary_size=64, n_layer=2, n_head=2, n_kv_head=2, head_size=8, n_embd=16, n_hidden=32,
    window=16, softcap=30.0,
)  # fmt: skip
IDS = torch.tensor([[5, 9, 13, 9, 13, 5]])


def rows(ids: torch.Tensor) -> list[list[int]]:
    return [found[0].tolist() for found in HashedTables(1024, 4, 2).buckets(ids)]


def test_a_place_looks_up_what_its_last_tokens_say_and_nothing_later():
    pairs, triples = rows(IDS)
    assert pairs[2] == pairs[4], "the same pair"
    assert triples[2] != triples[4], "another token before it"
    shorter = [found[:3] for found in rows(IDS)]
    assert shorter == rows(IDS[:, :3])


def test_order_matters_and_rows_spread():
    ids = torch.arange(64).repeat_interleave(2)[None]
    pairs, triples = rows(ids)
    assert rows(IDS)[0][1] != rows(IDS.flip(1))[0][-1]
    assert len(set(pairs)) > 110 and len(set(triples)) > 110, "of 128 places, few share a row"


def test_a_model_begins_as_the_same_function_and_learns_its_tables():
    torch.manual_seed(0)
    plain = Transformer(CONFIG)
    with_tables = Transformer(CONFIG)
    with_tables.add_tables(256)
    with_tables.load_state_dict(with_tables.fresh_tables() | plain.state_dict())
    assert torch.equal(plain(IDS), with_tables(IDS))
    with_tables(IDS).square().sum().backward()
    tables = with_tables.get_submodule("hashed.tables")
    assert all(part.get_parameter("weight").grad.abs().sum() > 0 for part in tables.children())


def test_no_format_takes_a_model_with_tables():
    model = Transformer(CONFIG)
    model.add_tables(256)
    with pytest.raises(ExportError, match="hashed_rows"):
        as_arrays(model.state_dict())


@pytest.mark.parametrize("wrong", [{"hashed_rows": 100}, {"hashed_rows": -1}])
def test_a_recipe_says_which_sizes_there_are(wrong):
    with pytest.raises(ValueError, match="hashed_rows"):
        dataclasses.replace(Recipe(), **wrong)
