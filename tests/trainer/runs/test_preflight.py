"""Everything that is wrong is found before training starts, and named at once."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from codecomplete.engine.tokenizer import Tokenizer
from codecomplete.trainer.errors import CheckpointError, ConfigError
from codecomplete.trainer.learning import machine
from codecomplete.trainer.places import read_description
from codecomplete.trainer.runs import preflight, starting
from codecomplete.trainer.runs.presets import PRESETS
from codecomplete.trainer.runs.training import (
    Settings,
    at_constant_rate,
    start,
    with_peak,
    with_rows,
)

from ..toy import PLAIN, make_shards, preset

STEP = PRESETS["toy"].recipe.step_tokens


def options(data: Path, out: Path, **fields) -> preflight.Options:
    settings = {"tokens": 4 * STEP, "compute": PLAIN} | fields
    chosen = settings.pop("preset", PRESETS["toy"])
    return preflight.Options(chosen, data, out, **settings)


def problems(asked: preflight.Options) -> str:
    with pytest.raises(ConfigError) as caught:
        preflight.check(asked)
    return str(caught.value)


@pytest.fixture
def copied(shards, tmp_path) -> Path:
    return Path(shutil.copytree(shards, tmp_path / "copied"))


@pytest.fixture(scope="module")
def trained(shards, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "run"
    start(options(shards, out), Settings(), tell=lambda line: None)
    return out


def test_a_sound_run_has_no_problem(shards, tmp_path):
    preflight.check(options(shards, tmp_path / "run"))
    assert not (tmp_path / "run").exists(), "checking changed something"


def test_missing_shards_say_how_to_make_them(tmp_path):
    assert "python -m corpus build" in problems(options(tmp_path, tmp_path / "run"))


def test_an_altered_and_a_missing_shard_are_both_named(copied, tmp_path):
    first, second = copied / "train-00000.bin", copied / "validation-00000.bin"
    data = bytearray(first.read_bytes())
    data[100] ^= 1
    first.write_bytes(bytes(data))
    second.unlink()
    said = problems(options(copied, tmp_path / "run"))
    assert "train-00000.bin: SHA-256" in said and "validation-00000.bin: SHA-256" in said
    assert said.startswith("2 problems found before training")


def test_another_tokenizer_than_the_shards_were_made_with(copied, tmp_path):
    path = copied / "tokenizer.json"
    path.write_text(path.read_text().replace("<kotlin>", "<cobol>"))
    assert "is not the tokenizer that made these shards" in problems(
        options(copied, tmp_path / "run")
    )


def test_a_vocabulary_that_is_too_large_for_the_model(shards, tmp_path):
    said = problems(options(shards, tmp_path / "run", preset=PRESETS["characters"]))
    assert "a vocabulary of 438 tokens does not fit the 128 of preset characters" in said
    assert "python -m corpus recode" in said and "--recipe characters --vocabulary 128" in said


def test_a_tokenizer_that_is_larger_than_the_shards_say_is_counted(copied, tmp_path):
    facts = json.loads((copied / "shards.json").read_text())
    (copied / "shards.json").write_text(json.dumps(facts | {"vocabulary_size": 128}))
    said = problems(options(copied, tmp_path / "run", preset=PRESETS["characters"]))
    assert "a vocabulary of 438 tokens does not fit the 128" in said


def test_suffix_first_rows_need_their_marks(tmp_path):
    from codecomplete.corpus.vocabulary import characters

    path = tmp_path / "tokenizer.json"
    characters().save(str(path))
    Tokenizer.load(path)
    data = make_shards(tmp_path / "shards", path, {"train": ["a = 1\n" * 400]})
    chosen = preset(fim_rate=0.5, fim_tokens=64)
    assert "lacks <fim_prefix>" in problems(options(data, tmp_path / "run", preset=chosen))


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"tokens": 5}, "--tokens 5 is less than one step"),
        ({"tokens": None}, "give either --tokens or --minutes"),
        ({"minutes": 3.0}, "give either --tokens or --minutes"),
        ({"tokens": None, "minutes": -1.0}, "--minutes -1.0 is not a duration"),
        ({"tokens": None, "minutes": float("inf")}, "--minutes inf is not a duration"),
        ({"decay_from": 99}, "--decay-from 99 is not within the run's 4 steps"),
        ({"processes": 3}, "8 rows cannot be shared evenly by 3 processes"),
        ({"preset": preset(language="kotlin")}, "holds no kotlin, only python"),
    ],
)
def test_impossible_options(shards, tmp_path, fields, said):
    assert said in problems(options(shards, tmp_path / "run", **fields))


def test_several_problems_are_listed_together(copied, tmp_path):
    (copied / "train-00000.bin").unlink()
    (tmp_path / "run").write_text("in the way")
    said = problems(options(copied, tmp_path / "run", tokens=5))
    assert said.startswith("3 problems found") and "3. " in said
    for part in ("less than one step", "no such file", "is a file"):
        assert part in said


def test_too_little_memory_or_disk(shards, tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "available_memory", lambda device: 1_000)
    monkeypatch.setattr(preflight, "free_disk", lambda path: 1_000)
    said = problems(options(shards, tmp_path / "run"))
    assert "GB of memory are needed" in said and "checkpoints need" in said
    assert "does not fit with a single row" in said


def test_too_many_rows_for_the_memory_name_how_many_fit(shards, tmp_path, monkeypatch):
    chosen = preset(batch_rows=1024)
    needed = preflight._needed(options(shards, tmp_path, preset=chosen), 300)
    monkeypatch.setattr(preflight, "available_memory", lambda device: needed)
    said = problems(options(shards, tmp_path / "run", preset=chosen, tokens=10**6))
    assert "--rows 256 fits" in said
    preflight.check(options(shards, tmp_path, preset=with_rows(chosen, 256), tokens=10**6))


def test_the_checks_hand_on_what_they_have_opened(shards, tmp_path):
    opened = preflight.check(options(shards, tmp_path / "run"))
    assert opened.shards.directory == shards and opened.vocabulary.size == 438


def test_a_checkpoint_of_another_model(shards, trained):
    model = dataclasses.replace(PRESETS["toy"].model, n_layer=1)
    other = dataclasses.replace(PRESETS["toy"], model=model)
    assert "checkpoint of a model other than" in problems(options(shards, trained, preset=other))


def test_a_checkpoint_of_other_rows_or_another_length(shards, trained):
    said = problems(options(shards, trained, preset=preset(row_tokens=64), tokens=8 * STEP))
    assert "row_tokens 128, but 64" in said and "part of a run of 4 steps" in said


def test_a_checkpoint_of_another_tokenizer(trained, tmp_path):
    from tests import tiny

    path = tmp_path / "tokenizer.json"
    inner = tiny.train_tokenizer()
    inner.add_tokens([])
    inner.save(str(path))
    path.write_text(path.read_text().replace("<kotlin>", "<cobol>"))
    other = make_shards(tmp_path / "shards", path)
    assert "trained with another tokenizer" in problems(options(other, trained))


def test_a_damaged_checkpoint_is_found_beforehand(shards, trained, tmp_path):
    run = Path(shutil.copytree(trained, tmp_path / "run"))
    for path in run.glob("step-*/model.safetensors"):
        path.write_bytes(b"")
    assert "no intact checkpoint" in problems(options(shards, run))


def test_everything_derived_is_written_down(trained):
    facts = read_description(trained)
    assert facts["preset"] == "toy" and facts["plan"]["steps"] == 4
    assert facts["plan"]["parameters"] == 90_124
    assert facts["recipe"]["row_tokens"] == 128 and facts["compute"]["device"] == "cpu"
    assert (trained / "tokenizer.json").is_file() and (trained / "loss.png").is_file()


def test_rows_can_be_traded_for_passes():
    chosen = with_rows(PRESETS["toy"], 2)
    assert (chosen.recipe.batch_rows, chosen.recipe.accumulation) == (2, 4)
    assert chosen.recipe.step_tokens == STEP
    with pytest.raises(ConfigError, match="--rows 3 does not divide the 8 rows"):
        with_rows(PRESETS["toy"], 3)


def test_rates_can_rise_to_a_share_of_their_peaks():
    whole, half = PRESETS["small"], with_peak(PRESETS["small"], 0.5)
    assert half.recipe.matrix_rate == whole.recipe.matrix_rate / 2
    assert half.recipe.table_rate == whole.recipe.table_rate / 2
    assert half.recipe.weight_decay == whole.recipe.weight_decay
    for share in (0, 1.5):
        with pytest.raises(ConfigError, match="--peak"):
            with_peak(whole, share)


def test_a_constant_run_may_be_prolonged(shards, tmp_path):
    chosen = at_constant_rate(PRESETS["toy"])
    out = tmp_path / "run"
    start(options(shards, out, preset=chosen), Settings(), tell=lambda line: None)
    longer = options(shards, out, preset=chosen, tokens=6 * STEP, decay_from=4)
    start(longer, Settings(), tell=lambda line: None)
    assert read_description(out)["plan"]["steps"] == 6


def test_a_run_can_begin_with_the_weights_of_another(shards, trained, tmp_path):
    said = []
    chosen = preset(matrix_rate=1e-9, table_rate=1e-9, other_rate=1e-9, weight_decay=0.0)
    asked = options(shards, tmp_path / "run", preset=chosen, tokens=STEP)
    start(asked, Settings(start=trained), tell=said.append)
    from codecomplete.trainer.learning import checkpoint

    before = checkpoint.load_tensors(checkpoint.newest(trained), "model")
    after = checkpoint.load_tensors(checkpoint.newest(tmp_path / "run"), "model")
    assert all((after[name] - value).abs().max() < 1e-6 for name, value in before.items())


def test_a_run_can_begin_with_a_smaller_model_that_grows(shards, trained, tmp_path):
    still = preset(matrix_rate=1e-9, table_rate=1e-9, other_rate=1e-9, weight_decay=0.0)
    deeper = dataclasses.replace(still, model=dataclasses.replace(still.model, n_layer=3))
    asked = options(shards, tmp_path / "run", preset=deeper, tokens=STEP)
    start(asked, Settings(start=trained), tell=lambda line: None)
    grown = starting.read(tmp_path / "run", shards / "tokenizer.json")
    small = starting.read(trained, shards / "tokenizer.json")
    assert (grown.config.n_layer, grown.facts["began_with"]["grown_from_layers"]) == (3, 2)
    old, new = grown.weights["blocks.0.ffn.up.weight"], grown.weights["blocks.1.ffn.down.weight"]
    assert (old - small.weights["blocks.0.ffn.up.weight"]).abs().max() < 1e-6
    assert new.abs().max() < 1e-6


def test_a_model_of_other_sizes_is_refused_as_a_beginning(shards, trained, tmp_path):
    wider = dataclasses.replace(
        PRESETS["toy"], model=dataclasses.replace(PRESETS["toy"].model, n_hidden=256)
    )
    asked = options(shards, tmp_path / "run", preset=wider)
    with pytest.raises(CheckpointError, match="fewer layers and the same sizes"):
        start(asked, Settings(start=trained), tell=lambda line: None)


def test_memory_is_known():
    assert machine.available_memory(PLAIN.device) > 1_000_000
    assert machine.free_disk(Path("/no/such/place")) > 0


def test_the_manifest_of_the_corpus_travels_with_the_run(shards, trained):
    facts = json.loads((shards / "shards.json").read_text())
    assert read_description(trained)["corpus_manifest_sha256"] == facts["manifest_sha256"]
