"""When a suggestion is worth showing."""

from __future__ import annotations

import json

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir.tuning import read
from codecomplete.engine.suggestions.gate import FEATURES, UNFITTED, Facts, Gate, name_of, needed
from codecomplete.trainer.evaluation.gating import Sample, calibration, fit_gate
from codecomplete.trainer.evaluation.replay import is_right


def facts(log_first_word: float, **changes) -> Facts:
    values = {
        "before": "x = so", "held": " so", "text": "me(", "first_word": "me",
        "log_first_word": log_first_word,
    }  # fmt: skip
    return Facts(**values | changes)


def test_features_are_those_that_are_named():
    found = dict(zip(FEATURES, facts(-0.5).features(), strict=True))
    assert found["log_word_name"] == -0.5 and found["is_name"] == 1.0
    assert found["log_word_mark"] == found["is_mark"] == 0.0
    assert found["inside_name"] == 1.0
    assert found["line_begins"] == 0.0


def test_confidence_is_a_probability_whatever_the_facts():
    for value in (0.0, -1.0, -1e9, float("-inf")):
        assert 0 <= UNFITTED.confidence(facts(value).features()) <= 1


def test_fitting_finds_what_tells_right_from_wrong():
    outcomes = [(facts(-0.1 * k), k < 5 or (k < 10 and k % 2 == 0)) for k in range(30)] * 4
    samples = [Sample("python", *outcome) for outcome in outcomes]
    gate = fit_gate(samples)
    assert gate.confidence(facts(-0.1).features()) > 0.8
    assert gate.confidence(facts(-2.5).features()) < 0.1
    total = sum(count for _, _, count in calibration(gate, samples))
    assert total == len(samples)


def test_confidence_falls_as_a_word_becomes_less_likely():
    samples = [Sample("c", facts(-0.1 * k), k > 20) for k in range(30)] * 4  # the wrong way round
    gate = fit_gate(samples)
    found = [gate.confidence(facts(-0.2 * k).features()) for k in range(40)]
    assert found == sorted(found, reverse=True)


def test_a_gate_that_rises_for_less_likely_words_is_refused():
    values = Gate((-1.0, *[0.0] * (len(FEATURES) - 1)), 0.0).to_dict()
    with pytest.raises(ValueError, match="expected 0 or more"):
        Gate.from_dict(values)


def test_no_growing_word_becomes_surer_than_was_hoped():
    """Decoding stops at the first token after which there is no hope: it must not err."""
    weights = tuple(1.0 if name.startswith("log_") else -0.3 for name in FEATURES)
    gate = Gate(weights, 1.0)
    hoped = gate.hope(facts(-0.5).features())
    for changes in (
        {"log_boundary": -1.0},
        {"known": "near", "only_known": True},
        {"first_word": "me_of_many", "known": "file"},
        {"log_fit": -0.2, "log_gap": -3.0},
    ):
        assert gate.confidence(facts(-0.5, **changes).features()) <= hoped


def test_a_language_the_model_was_not_trained_on_is_trusted_least():
    samples = [
        Sample(name, facts(-0.1 * k), k < most)
        for name, most in (("python", 15), ("c", 5))
        for k in range(30)
    ] * 8
    gate, features = fit_gate(samples), facts(-0.7).features()
    assert gate.confidence(features, "python") > gate.confidence(features, "c")
    assert gate.confidence(features, None) == gate.confidence(features, "c")


def test_a_fit_uses_samples_of_languages_not_trained_on():
    samples = [
        Sample(name, facts(-0.1 * k), k < most)
        for name, most in (("python", 15), ("", 3))
        for k in range(30)
    ] * 8
    features = facts(-0.7).features()
    assert fit_gate(samples).confidence(features, None) < 0.3


def outcomes(language: str, right: int, of: int) -> list[Sample]:
    """Proposals that are all alike, of which so many are right."""
    return [Sample(language, facts(-0.7), k < right) for k in range(of)]


def test_a_gate_that_is_fitted_again_follows_what_it_sees_and_else_stays_as_it_was():
    prior = Gate(UNFITTED.weights, 0.5, {"python": 0.0, "c": -0.4, "": -1.0})
    features = facts(-0.7).features()
    fitted = fit_gate(outcomes("python", right=380, of=400), prior)
    assert prior.confidence(features, "python") < 0.2 < 0.8 < fitted.confidence(features, "python")
    assert [fitted.languages[name] for name in ("c", "")] == [-0.4, -1.0]
    few = fit_gate(outcomes("python", right=200, of=400), fit_gate([*outcomes("c", 1, 2)], prior))
    assert few.languages["c"] != -0.4 and 0.4 < few.confidence(features, "python") < 0.6


def test_a_gate_that_is_fitted_again_still_rises():
    prior = Gate(UNFITTED.weights, 3.0)
    wrong_way_round = [Sample("c", facts(-0.1 * k), k > 20) for k in range(30)] * 8
    fitted = fit_gate(wrong_way_round, prior)
    assert Gate.from_dict(fitted.to_dict()) == fitted
    found = [fitted.confidence(facts(-0.2 * k).features()) for k in range(40)]
    assert found == sorted(found, reverse=True)


def test_a_language_that_the_gate_does_not_know_begins_as_all_others_do():
    prior = Gate(UNFITTED.weights, 0.0, {"": -2.0})
    fitted = fit_gate(outcomes("go", right=1, of=2), prior)
    assert fitted.languages[""] == -2.0 and "go" in fitted.languages


@pytest.mark.parametrize(("spared", "least"), [(1, 0.727), (4, 0.4), (40, 0.28)])
def test_a_short_suggestion_must_be_surer_than_a_long_one(spared, least):
    assert needed(0.4, spared) == pytest.approx(least, abs=1e-3)


def test_who_wants_to_see_everything_does():
    assert needed(0.0, 1) == 0.0


@pytest.mark.parametrize(
    ("before", "word", "name"),
    [
        ("x = so", "me", "some"),
        ("print", "(value", "value"),
        ("a.", "b", "b"),
        ("f(x", ")", ""),
        ("x = some\n", "name", "name"),  # letters of the line above are no part of it
    ],
)
def test_the_name_of_a_word_has_the_letters_that_stand_there(before, word, name):
    assert name_of(before, word) == name


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
