"""The study of other objectives, at toy length: every variant is trained and measured alike."""

from __future__ import annotations

import argparse
import dataclasses

import pytest

from codecomplete.trainer.learning.recipe import OBJECTIVES
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.studies import objectives


def test_every_objective_and_the_plain_one_take_part():
    names = {fields.get("objective") for fields in objectives.VARIANTS.values()}
    assert names == {None, *OBJECTIVES}
    for fields in objectives.VARIANTS.values():
        dataclasses.replace(objectives.RECIPE, **fields)


@pytest.mark.parametrize("name", ["lines", "one shared layer", "one shared layer, halting"])
def test_a_variant_is_measured_on_the_same_rows(shards, tmp_path, name, monkeypatch):
    monkeypatch.setattr(objectives, "VALIDATION_ROWS", 2)
    monkeypatch.setattr(objectives, "keystrokes", lambda *_: 0.0)
    options = argparse.Namespace(data=shards, work=tmp_path, tokens=4096, typed=0, seeds=1)
    row = objectives.averaged(name, options)
    losses = {f"loss, {what}" for what in objectives.SEEN}
    assert set(row) == losses | {"keystrokes saved", "layers applied"}
    assert (row["keystrokes saved"] is None) == name.endswith("halting")
    assert 1 <= row["layers applied"] <= objectives.MODEL.n_layer
    again = objectives.averaged(name, options)
    assert row == again, "what is finished is read, not trained again"


def test_held_out_rows_do_not_depend_on_the_variant(shards, monkeypatch):
    monkeypatch.setattr(objectives, "VALIDATION_ROWS", 2)
    model = Transformer(objectives.MODEL)
    losses = {
        what: objectives.held_out(model, shards, how) for what, how in objectives.SEEN.items()
    }
    assert losses == {
        what: objectives.held_out(model, shards, how) for what, how in objectives.SEEN.items()
    }
