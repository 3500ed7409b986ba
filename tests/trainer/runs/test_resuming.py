"""A run that goes on is the one that was begun: another recipe, corpus or length is refused."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.runs import preflight
from codecomplete.trainer.runs.options import Options
from codecomplete.trainer.runs.presets import PRESETS
from codecomplete.trainer.runs.training import Settings, at_constant_rate, start, with_peak

from ..toy import PLAIN, preset

STEP = PRESETS["toy"].recipe.step_tokens


def options(data: Path, out: Path, chosen=PRESETS["toy"], **fields) -> Options:
    return Options(chosen, data, out, **{"tokens": 4 * STEP, "compute": PLAIN} | fields)


def problems(asked: Options) -> str:
    with pytest.raises(ConfigError) as caught:
        preflight.check(asked)
    return str(caught.value)


@pytest.fixture(scope="module")
def trained(shards, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "run"
    start(options(shards, out), Settings(), tell=lambda line: None)
    return out


@pytest.fixture
def constant(shards, tmp_path) -> Path:
    out = tmp_path / "constant"
    start(options(shards, out, at_constant_rate(preset())), Settings(), tell=lambda line: None)
    return out


def test_the_same_options_are_no_problem(shards, trained):
    preflight.check(options(shards, trained))


@pytest.mark.parametrize(
    "chosen, said",
    [
        (with_peak(preset(), 0.5), "matrix_rate 0.02, but 0.01"),
        (preset(schedule="cosine"), "schedule linear, but cosine"),
        (preset(decay_share=0.2), "decay_share 0.7, but 0.2"),
        (preset(epsilon=1e-6), "epsilon 1e-10, but 1e-06"),
        (preset(weight_decay=0.0), "weight_decay 0.1, but 0.0"),
        (preset(seed=5), "seed 1, but 5"),
        (at_constant_rate(preset()), "schedule linear, but constant"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_recipe_is_refused(shards, trained, chosen, said):
    assert said in problems(options(shards, trained, chosen))


def test_another_corpus_is_refused(shards, trained, tmp_path):
    other = Path(shutil.copytree(shards, tmp_path / "other"))
    facts = json.loads((other / "shards.json").read_text())
    (other / "shards.json").write_text(json.dumps(facts | {"manifest_sha256": "f" * 64}))
    said = problems(options(other, trained))
    assert "trained on other shards (manifest 00000000)" in said and "--start" in said


def test_another_number_of_steps_is_refused_unless_the_rate_is_constant(shards, trained, constant):
    assert "its rate would jump" in problems(options(shards, trained, tokens=8 * STEP))
    preflight.check(options(shards, constant, at_constant_rate(preset()), tokens=8 * STEP))


def test_a_falling_rate_falls_on_as_it_was_planned(shards, constant):
    chosen = at_constant_rate(preset())
    branch = {"decay_from": 4, "tokens": 8 * STEP}
    preflight.check(options(shards, constant, chosen, **branch))
    start(options(shards, constant, chosen, **branch), Settings(), tell=lambda line: None)
    preflight.check(options(shards, constant, chosen, **branch))
    said = problems(options(shards, constant, chosen, **branch | {"decay_from": 6}))
    assert "the rate has been falling since step 4, but --decay-from 6" in said
    assert "but none was requested" in problems(options(shards, constant, chosen, tokens=8 * STEP))
    said = problems(options(shards, constant, chosen, **branch | {"tokens": 12 * STEP}))
    assert "its rate would jump" in said


def test_a_rate_cannot_have_fallen_from_a_step_that_is_past(shards, constant):
    said = problems(
        options(shards, constant, at_constant_rate(preset()), decay_from=2, tokens=8 * STEP)
    )
    assert "--decay-from 2:" in said and "give 4 or more" in said


def test_a_run_that_was_asked_for_in_tokens_is_not_continued_by_minutes(shards, trained):
    said = problems(options(shards, trained, tokens=None, minutes=5.0))
    assert f"was started with --tokens {4 * STEP:,}" in said


def test_a_run_of_an_earlier_version_says_less_and_goes_on(shards, trained, tmp_path):
    run = Path(shutil.copytree(trained, tmp_path / "run"))
    facts = json.loads((run / "run.json").read_text())
    del facts["asked"]
    (run / "run.json").write_text(json.dumps(facts))
    preflight.check(options(shards, run))
    preflight.check(dataclasses.replace(options(shards, run), tokens=None, minutes=5.0))
