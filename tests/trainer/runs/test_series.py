"""Several models from one packed corpus: who gets how long, and what happens when one fails."""

from __future__ import annotations

import dataclasses
import json

import pytest

from codecomplete import engine
from codecomplete.corpus.packing import pack
from codecomplete.trainer.errors import StoppedError
from codecomplete.trainer.runs import series as module
from codecomplete.trainer.runs.presets import CHARACTERS, PRESETS
from codecomplete.trainer.runs.series import LARGE_GPU, Part, Series, carry_out_series, minutes_for

from ..toy import PLAIN, preset


def renamed(name: str, **changes):
    return dataclasses.replace(preset(), name=name, **changes)


def sized(vocabulary: int):
    return dataclasses.replace(PRESETS["toy"].model, vocabulary_size=vocabulary)


@pytest.fixture(scope="module")
def packed(shards, tmp_path_factory):
    out = tmp_path_factory.mktemp("packed")
    pack(shards, out, part_bytes=100_000)
    return out


def test_every_vocabulary_comes_from_the_packed_shards(packed, shards, tmp_path):
    same = json.loads((shards / "shards.json").read_text())["vocabulary_size"]
    parts = (
        Part(renamed("characters", tokenizer=CHARACTERS, model=sized(128)), 0.02),
        Part(renamed("impossible", model=sized(100)), 0.02),
        Part(renamed("same", model=sized(same)), 0.02, tokens=3_000),
    )
    asked = Series(packed, tmp_path, 30.0, PLAIN, parts, 0.2, 2_000, around=0.0, least_minutes=0.0)
    report = carry_out_series(asked, tell=lambda line: None)
    outcomes = {name: found["outcome"] for name, found in report.items()}
    assert (outcomes["characters"], outcomes["same"]) == ("done", "done")
    assert outcomes["impossible"].startswith("failed: ConfigError: 1 problem")
    assert report["same"]["stages"]["train"]["tokens"] <= 3_000
    assert json.loads((tmp_path / "series.json").read_text()) == report
    assert engine.load(tmp_path / "characters" / "model").config.vocabulary_size == 128
    assert {path.name for path in (tmp_path / "shards").iterdir()} >= {"packed", "characters-128"}


def test_a_model_without_time_is_not_begun(packed, tmp_path):
    asked = Series(packed, tmp_path, 1.0, PLAIN, [Part(renamed("late"), 5.0)])
    report = carry_out_series(asked, tell=lambda line: None)
    assert report["late"]["outcome"].startswith("not begun: 0.0 minutes left")
    assert not (tmp_path / "late").exists()


def test_a_series_that_is_stopped_stops(packed, tmp_path, monkeypatch):
    def stopped(job, tell):
        raise StoppedError("told to stop")

    monkeypatch.setattr(module, "carry_out", stopped)
    same = Part(renamed("toy"), 1.0)
    with pytest.raises(StoppedError):
        carry_out_series(Series(packed, tmp_path, 30.0, PLAIN, [same, same]), lambda line: None)


def test_the_flagship_gets_what_the_others_leave():
    asked = Series(None, None, 28.0, PLAIN, around=2.0)
    assert [part.preset.name for part in LARGE_GPU] == ["system-a", "flagship", "characters"]
    control, flagship, characters = (
        minutes_for(asked, number, left) for number, left in enumerate((28.0, 17.0, 6.0))
    )
    assert (control, flagship, characters) == (9.0, 17.0 - 2.0 - (4.0 + 2.0), 4.0)
    assert minutes_for(asked, 2, 5.0) == 3.0
    assert minutes_for(asked, 0, 1.0) < 0


def test_the_control_sees_no_more_than_its_authors_tokens():
    assert LARGE_GPU[0].tokens == 49_152 * 32 * 256
