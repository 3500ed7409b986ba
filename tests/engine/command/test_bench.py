"""The bench counts every key once, and its time once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecomplete.engine.command import bench
from codecomplete.engine.errors import EngineError

ROOT = Path(__file__).parents[3]
EXAMPLES = [str(ROOT / "examples" / name) for name in ("ledger.py", "wordcount.c")]


@pytest.fixture(scope="module")
def tally(make_model):
    model, tally = make_model("memorised").model, bench.Tally()
    for path in EXAMPLES:
        bench.type_text(model, Path(path).read_text()[:120], "python", tally)
    return tally


def test_every_key_belongs_to_one_class(tally):
    assert tally.keys == 240
    assert set(tally.classes) <= set(bench.CLASSES)
    assert len(tally.ms) == tally.keys - tally.classes[bench.FOLLOWED]


def test_time_in_the_runtime_is_part_of_the_time_of_the_keys(tally):
    assert 0 < tally.runtime_ms < sum(tally.ms)
    found = bench.measures(tally)
    assert found["runtime_ms_per_keystroke"] > 0 and found["overhead_ms_per_keystroke"] > 0
    assert sum(found["share"].values()) == pytest.approx(1, abs=1e-3)
    assert found["ms_median"] <= found["ms_p95"] <= found["ms_p99"]


def test_the_runtime_is_its_own_again_afterwards(make_model):
    model = make_model("memorised").model
    with bench.timed(model):
        assert "run" in vars(model.runtime)
    assert "run" not in vars(model.runtime)


def test_a_yardstick_that_cannot_run_is_told(make_model, monkeypatch):
    monkeypatch.setattr(bench, "BASELINE", "codecomplete.trainer.studies.missing")
    with pytest.raises(EngineError, match="against torch"):
        bench.plain_torch(EXAMPLES, make_model("memorised").model, 3)


def test_the_yardstick_answers(make_model):
    found = bench.plain_torch(EXAMPLES[:1], make_model("memorised").model, 3)
    assert json.dumps(found) and found["keys"] == 3
    assert set(found) == {"cache", "plain", "keys", "rss_mb"}
