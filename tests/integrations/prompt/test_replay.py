"""The replay of whole sessions counts what it says it counts; and the fit finds what is there."""

from __future__ import annotations

from benchmarks.live_sessions import Shown, inputs_of, keys_of, own_sessions, replay, spared
from codecomplete.integrations.prompt.gate import features
from codecomplete.integrations.prompt.weights import WEIGHTS
from tests.integrations.fake import FakeModel
from tests.integrations.prompt.fitting import Row, examples_of, fitted, written
from tests.integrations.prompt.test_gate import ATTRIBUTE

SESSION = ">>> values = [1, 2]\n>>> total = sum(values)\n>>> def f():\n...     return 1\n"


def test_there_are_enough_inputs_to_measure_with():
    assert sum(len(inputs_of(text, name)) for name, text in own_sessions()) >= 300


def test_a_line_end_brings_its_indentation_along():
    assert keys_of("if x:\n    y") == [0, 1, 2, 3, 4, 5, 10]
    assert inputs_of(SESSION, "")[-1] == "def f():\n    return 1"


def test_right_partly_and_wrong():
    assert Shown("osit(1)", True, "osit(1)").is_right
    assert not Shown("osit(1)", True, "osit(2)").is_right
    assert Shown("osit(1)", True, "osit(2)").is_partly
    assert not Shown("amount", True, "amounts").is_partly


def test_a_typist_takes_what_comes_with_one_key():
    source = "print(x)"
    shown = [None, None, Shown("int(x)", True, "int(x)"), *[None] * 5]
    assert spared(shown, source, whole=True) == 5
    partly = [None, None, Shown("int(y)", True, "int(x)"), *[None] * 5]
    assert spared(partly, source, whole=True) == 0 and spared(partly, source, whole=False) == 2


def test_sessions_are_typed_and_run():
    tally = replay([("one", SESSION)], FakeModel(), threshold=0.0)
    assert tally.inputs == 3 and tally.right >= 1 and tally.wrong == 0
    assert tally.spared_whole >= len("m(values)") - 1


def test_the_fit_separates_what_can_be_separated(tmp_path):
    right, wrong = {"bias": 1.0, "sure": 2.0}, {"bias": 1.0, "sure": -2.0}
    weights = fitted([Row(right, True), Row(wrong, False)] * 20)
    assert weights["sure"] > 0.5
    assert "WEIGHTS = {" in written(weights)
    assert set(features(ATTRIBUTE)) <= set(WEIGHTS)


def test_examples_come_from_docstrings(tmp_path):
    (tmp_path / "one.py").write_text(
        'def f():\n    """\n    >>> a = 1\n    >>> b = 2\n    >>> c\n    """\n'
    )
    assert examples_of(tmp_path) == [["a = 1", "b = 2", "c"]]
