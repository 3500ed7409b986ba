"""Studies that continue one model, at toy length: arms begin as one function on the same rows."""

from __future__ import annotations

import dataclasses
import json

import pytest
import torch

from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.learning.compute import Compute
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.presets import PRESETS
from codecomplete.trainer.studies import continued, filling, hashing

MODEL = dataclasses.replace(PRESETS["toy"].model, n_layer=1)


@pytest.fixture
def options(shards, vocabulary_file, tmp_path, monkeypatch) -> list[str]:
    """A model to go on from, and ten steps to go: after two, arms may agree in four digits."""
    toy = dataclasses.replace(PRESETS["toy"].recipe, fim_tokens=96)
    monkeypatch.setattr(continued, "VALIDATION_ROWS", 4)
    monkeypatch.setattr(continued, "COMPUTE", Compute(compiled=False))
    monkeypatch.setattr(
        continued, "PRESETS", {"small": dataclasses.replace(PRESETS["small"], recipe=toy)}
    )
    start = tmp_path / "start"
    torch.manual_seed(1)
    export(
        MODEL, Transformer(MODEL).state_dict(), vocabulary_file, start, "start", Quantisation(32)
    )
    return [
        *("--data", str(shards), "--work", str(tmp_path / "work"), "--start", str(start)),
        *("--tokens", str(10 * toy.step_tokens)),
    ]


def results(tmp_path) -> dict:
    return json.loads((tmp_path / "work" / "results.json").read_text())


def test_tables_begin_as_the_model_without_them_and_what_is_finished_is_read(
    options, tmp_path, capsys
):
    hashing.main([*options, "--rows", "256"])
    plain, tables = results(tmp_path).values()
    assert plain["held out, before"] == tables["held out, before"]
    assert plain["held out, after"] != tables["held out, after"]
    assert "| two tables of 256 rows |" in capsys.readouterr().out
    (finished,) = (tmp_path / "work").glob("tables-256.json")
    finished.write_text(json.dumps(tables | {"held out, after": 1.5}))
    hashing.main([*options, "--rows", "256"])
    assert results(tmp_path)["two tables of 256 rows"]["held out, after"] == 1.5


def test_gaps_are_measured_without_the_suffix_and_with_it(options, tmp_path, capsys):
    filling.main([*options, "--rate", "0.5", "--gaps", "6"])
    plain, turned = results(tmp_path).values()
    assert plain["held out, before"] == turned["held out, before"]
    assert plain["held out, after"] != turned["held out, after"]
    assert plain[filling.TURNED] is None and plain[filling.ALONE] != turned[filling.ALONE]
    assert 0 < turned[filling.TURNED] < 10 and f"| {filling.TURNED} |" in capsys.readouterr().out


def test_both_rows_of_a_gap_end_alike_and_only_one_has_what_follows(options, shards):
    asked = continued.parser(None)
    asked.add_argument("--gaps", type=int)
    found = filling.gaps(asked.parse_args([*options, "--gaps", "6"]))
    assert found
    for gap in found:
        assert gap.turned[-filling.LAST :] == gap.plain[-filling.LAST :]
        assert gap.turned[0] == gap.plain[0] and len(gap.turned) > len(gap.plain)
        assert gap.turned[-len(gap.plain) + 1 :] == gap.plain[1:]
