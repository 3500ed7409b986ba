"""The command sft on a toy run: it learns the answers, resumes, measures, and is exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.trainer.__main__ import main

FAST = ("--compile", "off", "--precision", "fp32")
NAMES = ("left", "right", "upper", "lower", "first", "last", "inner", "outer")


@pytest.fixture(scope="module")
def base(shards, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("base") / "run"
    arguments = ["train", "--preset", "toy", "--data", str(shards), "--out", str(out)]
    assert main([*arguments, "--tokens", "16384", *FAST]) == 0
    return out


@pytest.fixture(scope="module")
def pairs(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    lines = [
        {"instruction": f"Give {a} and {b}", "input": "", "output": f"{a} = {b}\nprint({a})\n"}
        for a in NAMES
        for b in NAMES
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture(scope="module")
def tuned(base, pairs, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("tuned") / "run"
    assert main(sft(base, pairs, out)) == 0
    return out


def sft(base: Path, pairs: Path, out: Path, *more: str) -> list[str]:
    places = ["--pairs", str(pairs), "--start", str(base), "--out", str(out)]
    sizes = ["--epochs", "15", "--peak", "0.5", "--rows", "4", "--answers", "5"]
    recipe = ["--set", "row_tokens=128"]
    return ["sft", *places, *sizes, *FAST, *(more or recipe)]


def test_answers_are_learned_and_stand_beside_what_was_and_the_emptiest(tuned):
    rows = json.loads((tuned / "sft.json").read_text())
    assert list(rows) == ["before", "tuned", "an empty answer"]
    assert rows["tuned"]["bits per byte"] < 0.5 * rows["before"]["bits per byte"]
    assert rows["tuned"]["edit similarity"] > rows["before"]["edit similarity"]
    assert rows["an empty answer"]["syntax pass rate"] == 1.0
    assert rows["an empty answer"]["answers that do something"] == 0.0


def test_it_is_exported_like_any_run_and_says_what_it_is(tuned, tmp_path):
    out = tmp_path / "model"
    assert main(["export", "--run", str(tuned), "--out", str(out)]) == 0
    training = engine.load(out).directory.training
    assert training["instruction"]["form"] == "inline" and training["began_with"]["tokens"] == 16384


def test_the_same_command_again_trains_nothing(tuned, base, pairs, capsys):
    before = (tuned / "loss_log.csv").read_text()
    assert main(sft(base, pairs, tuned)) == 0
    assert "resumes" in capsys.readouterr().out
    assert (tuned / "loss_log.csv").read_text() == before


def test_another_recipe_or_other_pairs_are_refused(tuned, base, pairs, tmp_path, capsys):
    assert main(sft(base, pairs, tuned, "--set", "row_tokens=128", "clip=0.5")) == 1
    assert "another recipe" in capsys.readouterr().err
    other = tmp_path / "other.jsonl"
    other.write_text("".join(pairs.read_text().splitlines(keepends=True)[:40]))
    assert main(sft(base, other, tuned)) == 1
    assert "another" in capsys.readouterr().err


def test_a_beginning_that_is_none_is_told(pairs, tmp_path, capsys):
    assert main(sft(tmp_path, pairs, tmp_path / "out")) == 1
    assert "expected a run or a model" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
