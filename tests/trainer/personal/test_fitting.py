"""What is fitted again for a personal model: on files that say when to stop, near what it was."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.engine.suggestions.gate import UNFITTED, Facts
from codecomplete.trainer.evaluation import tuning
from codecomplete.trainer.evaluation.gating import Sample
from codecomplete.trainer.personal import fitting
from codecomplete.trainer.personal.figures import PROJECT, Held, Measuring
from codecomplete.trainer.personal.workplace import Workplace
from tests.engine.local.believing import believing

BEFORE = believing(0.05)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch) -> None:
    monkeypatch.setattr(tuning, "NEAR_STEPS", 50)


@pytest.fixture
def model(base, tmp_path) -> Path:
    return shutil.copytree(base, tmp_path / "model")


@pytest.fixture
def place(mine, tmp_path) -> Workplace:
    return Workplace(tmp_path / "work")


@pytest.fixture
def stopping(place, mine) -> Measuring:
    sides = place.snapshot([mine]).sides
    return Measuring(Held(place.files, sides.stopping, sides.learned, 1_500))


def test_what_is_fitted_again_suits_the_files_better_and_is_loaded(model, stopping):
    before, said = replace(engine.load(model).tuning, mixer=BEFORE), []
    values = fitting.refitted(model, before, stopping, 100, said.append)
    after = engine.load(model)  # which checks the seal, too
    assert after.tuning.threshold == before.threshold == 0.3, "how sure is for the user to say"
    assert after.tuning.gate.to_dict() == values["gate"]
    as_before = engine.load(model)
    as_before.tuning = before
    assert stopping.bits(after).bits[PROJECT] < stopping.bits(as_before).bits[PROJECT]
    assert said[0].startswith("local text")


def proposals(right: int, of: int) -> list[Sample]:
    facts = Facts("x = so", " so", "me(", "me", -0.7)
    return [Sample("python", facts, k % of < right) for k in range(2 * fitting.FEWEST_SAMPLES)]


def test_the_gate_follows_proposals_that_are_right_more_often():
    features = proposals(1, 1)[0].facts.features()
    found = fitting.fitted_gate(proposals(19, 20), UNFITTED, str)
    assert UNFITTED.confidence(features, "python") < 0.6 < 0.85 < found.confidence(features)
    assert fitting.fitted_gate(proposals(19, 20)[:300], UNFITTED, str) == UNFITTED


def test_the_gate_stays_where_other_files_do_not_gain():
    first, second = proposals(19, 20), proposals(1, 20)
    said: list[str] = []
    assert fitting.fitted_gate([*first, *second], UNFITTED, said.append) == UNFITTED
    assert "not fitted on" in said[0]


def test_of_a_few_proposals_nothing_is_concluded(model, stopping):
    before, said = engine.load(model).tuning, []
    values = fitting.refitted(model, before, stopping, 100, said.append)
    assert values["gate"] == before.gate.to_dict() and "as it was" in said[-1]
    assert "mixing" not in values, "of a model that never believed local text"


def test_files_that_judge_are_not_read(model, place, stopping):
    sides = place.snapshot([]).sides
    for file in sides.judging:
        (place.files / file.project / file.path).unlink()
    before = replace(engine.load(model).tuning, mixer=BEFORE)
    assert fitting.refitted(model, before, stopping, 50, str)["mixing"]
