"""The study of hashed tables, at toy length: both arms begin as one function on the same rows."""

from __future__ import annotations

import argparse
import dataclasses

from codecomplete.trainer.learning.compute import Compute
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.presets import PRESETS
from codecomplete.trainer.runs.starting import Start
from codecomplete.trainer.studies import hashing


def test_both_arms_begin_alike_and_what_is_finished_is_read(shards, tmp_path, monkeypatch):
    monkeypatch.setattr(hashing, "VALIDATION_ROWS", 4)
    monkeypatch.setattr(hashing, "COMPUTE", Compute(compiled=False))
    toy = PRESETS["toy"]
    small = dataclasses.replace(PRESETS["small"], recipe=toy.recipe)
    monkeypatch.setattr(hashing, "PRESETS", {"small": small})
    tokens = 2 * toy.recipe.step_tokens
    options = argparse.Namespace(data=shards, work=tmp_path, tokens=tokens, peak=0.5)
    model = dataclasses.replace(toy.model, n_layer=1)
    start = Start(model, dict(Transformer(model).state_dict()), {})
    plain, tables = (hashing.measured(hashed, start, options) for hashed in (0, 256))
    assert plain["held out, before"] == tables["held out, before"]
    assert plain["held out, after"] != tables["held out, after"]
    assert hashing.measured(256, start, options) == tables
