"""When a suggestion is worth showing."""

from __future__ import annotations

import json

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir.tuning import read
from codecomplete.engine.suggestions.gate import FEATURES, UNFITTED, Facts, Gate
from codecomplete.trainer.evaluation.replay import is_right
from codecomplete.trainer.evaluation.tuning import calibration, fit_gate


def facts(log_first_word: float, **changes) -> Facts:
    values = {
        "before": "x = so", "held": " so", "text": "me(", "first_word": "me",
        "log_first_word": log_first_word,
    }  # fmt: skip
    return Facts(**values | changes)


def test_features_are_those_that_are_named():
    found = dict(zip(FEATURES, facts(-0.5).features(), strict=True))
    assert found["log_first_word"] == -0.5
    assert found["word_is_name"] == 1.0
    assert found["inside_name"] == 1.0
    assert found["line_begins"] == 0.0


def test_confidence_is_a_probability_whatever_the_facts():
    for value in (0.0, -1.0, -1e9, float("-inf")):
        assert 0 <= UNFITTED.confidence(facts(value).features()) <= 1


def test_fitting_finds_what_tells_right_from_wrong():
    samples = [(facts(-0.1 * k), k < 5 or (k < 10 and k % 2 == 0)) for k in range(30)] * 4
    gate = fit_gate(samples)
    assert gate.confidence(facts(-0.1).features()) > 0.8
    assert gate.confidence(facts(-2.5).features()) < 0.1
    total = sum(count for _, _, count in calibration(gate, samples))
    assert total == len(samples)


def test_confidence_falls_as_a_word_becomes_less_likely():
    samples = [(facts(-0.1 * k), k > 20) for k in range(30)] * 4  # the wrong way round
    gate = fit_gate(samples)
    found = [gate.confidence(facts(-0.2 * k).features()) for k in range(40)]
    assert found == sorted(found, reverse=True)


def test_a_gate_that_rises_for_less_likely_words_is_refused():
    values = Gate((-1.0, *[0.0] * (len(FEATURES) - 1)), 0.0).to_dict()
    with pytest.raises(ValueError, match="expected 0 or more"):
        Gate.from_dict(values)


@pytest.mark.parametrize(
    ("word", "rest", "right"),
    [("foo", "foo(", True), ("foo", "foobar", False), (" in", " in x", True), ("(", "()", True)],
)
def test_a_part_of_a_longer_word_is_not_right(word, rest, right):
    assert is_right(word, rest) == right


def test_a_gate_is_written_and_read(tmp_path):
    gate = Gate(tuple(range(len(FEATURES))), 0.5)
    path = tmp_path / "gate.json"
    path.write_text(json.dumps({"gate": gate.to_dict(), "threshold": 0.6}))
    tuning = read(path)
    assert tuning.gate == gate and tuning.threshold == 0.6 and tuning.mixer is None


@pytest.mark.parametrize("text", ["", "[]", '{"gate": {"bias": 0, "weights": {"magic": 1}}}'])
def test_what_is_no_tuning_is_refused(tmp_path, text):
    path = tmp_path / "gate.json"
    path.write_text(text)
    with pytest.raises(engine.ModelDirectoryError, match="not a tuning file"):
        read(path)
