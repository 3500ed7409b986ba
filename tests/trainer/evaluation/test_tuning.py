"""What is fitted for a tiny model is in its directory, sealed, and loaded with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir.directory import seal
from codecomplete.engine.modeldir.names import DESCRIPTION, GATE
from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.evaluation import tuning
from codecomplete.trainer.evaluation.files import held_out_files
from codecomplete.trainer.evaluation.gating import samples
from tests.engine.local.believing import random_mixer

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def few_steps(monkeypatch) -> None:
    monkeypatch.setattr(tuning, "FIT_STEPS", 50)


@pytest.fixture
def model(make_model, tmp_path) -> Path:
    return shutil.copytree(make_model("sliding").directory, tmp_path / "model")


@pytest.fixture
def files(tmp_path) -> Path:
    """Validation files: two of one package, so that there is a project beside each."""
    folder = tmp_path / "files" / "python" / "package"
    folder.mkdir(parents=True)
    for name in ("edits", "window"):
        shutil.copy(ROOT / f"engine/state/{name}.py", folder)
    return tmp_path / "files"


def test_both_parts_are_fitted_and_loaded(model, files):
    said: list[str] = []
    by_language = tuning.tune(model, files, 1500, 400, 10, said.append)
    loaded = engine.load(model).tuning  # which checks the seal, too
    assert loaded.mixer is not None and loaded.threshold == tuning.THRESHOLD
    assert loaded.gate.to_dict() == json.loads((model / GATE).read_text())["gate"]
    assert json.loads((model / DESCRIPTION).read_text())["training"]["tuning"] == tuning.FITTED
    rows = [row for rows in by_language.values() for row in rows]
    assert rows and all(0 <= share <= 1 and count > 0 for _, share, count in rows)
    assert any("the gate is fitted on" in line and "only" in line for line in said)
    alone, mixed = (float(line.split()[1]) for line in said if "bits per byte" in line or
                    "local text" in line)  # fmt: skip
    assert mixed < alone, "of random weights, local text knows more"


def test_only_the_languages_asked_for_are_fitted_on(model, files):
    other = files / "c" / "package" / "main.c"
    other.parent.mkdir(parents=True)
    other.write_text("int main(void)\n{\n    return 0;\n}\n" * 30)
    by_language = tuning.tune(model, files, 1500, 200, 10, str, languages=["c"])
    assert list(by_language) == ["c"]


def test_the_gate_sees_places_all_over_a_file(model, tmp_path):
    """At its beginning nothing stands above the window, so how far to believe what is known from
    there could not be learnt."""
    file = tmp_path / "files" / "python" / "package" / "long.py"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{'first' if n < 200 else 'second'} = {n}\n" for n in range(400)))
    found = samples(engine.load(model), tmp_path / "files", 1600, 20, ["python"])
    befores = [one.facts.before for one in found]
    assert any("first" in text for text in befores) and any("second" in text for text in befores)


def test_local_text_that_is_fitted_can_be_kept(model, files):
    with pytest.raises(ConfigError, match="no local text is fitted yet"):
        tuning.tune(model, files, 1500, 400, 10, str, keep_mixing=True)
    mixing = tuning.fit_mixing(model, held_out_files(files, 1500), files, str)
    tuning.write_tuning(model, mixing=mixing)
    tuning.tune(model, files, 1500, 400, 10, str, keep_mixing=True)
    assert json.loads((model / GATE).read_text())["mixing"] == mixing


def test_one_mixer_is_fitted_for_a_model_and_its_specialists(model, files, tmp_path):
    special = shutil.copytree(model, tmp_path / "special")
    tuning.write_tuning(special, threshold=0.6)
    tuning.write_tuning(model, threshold=0.5)
    shutil.move(special, model / "specialists" / "other")
    description = json.loads((model / DESCRIPTION).read_text())
    kept = {k: v for k, v in description.items() if k not in ("files", "format")}
    seal(model, kept | {"specialists": {"c": "other"}})
    (files / "c" / "package").mkdir(parents=True)
    (files / "c" / "package" / "main.c").write_text("int main(void)\n{\n    return 0;\n}\n" * 30)
    said: list[str] = []
    tuning.tune_together(model, files, 1500, said.append)
    general = engine.load(model)  # which checks the seals, too
    special = general.for_language("c")
    assert (general.tuning.threshold, special.tuning.threshold) == (0.5, 0.6)
    assert general.tuning.mixer is not None and special.tuning.mixer is not None
    assert general.tuning.mixer.to_dict() == special.tuning.mixer.to_dict()
    assert [line.split()[0] for line in said] == ["python", "c"]
    for line in said:
        before, after = (float(bits) for bits in line.split()[1::2])
        assert after < before


def test_a_mixer_fitted_near_another_suits_what_was_seen_better(model, files):
    texts = held_out_files(files, 1500)["python"]
    seen = tuning.observations(engine.load(model), texts, files)
    prior = random_mixer(1)
    fitted = tuning.fit(seen, prior)
    assert seen.bits_per_byte(fitted) < seen.bits_per_byte(prior)
    assert tuning.fit(seen, prior).to_dict() == fitted.to_dict(), "the same again"
