"""What the model is given: earlier inputs, then the open cell, and nothing that is no Python."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from codecomplete.engine import Suggestion
from codecomplete.integrations.prompt.conversation import (
    Conversation,
    ReplOptions,
    earlier,
    left_alone,
)
from codecomplete.integrations.shared.snapshot import Snapshot


@pytest.mark.parametrize(
    ("cell", "alone"),
    [
        ("%timeit x", True), ("  %timeit x", True), ("!ls", True), ("?x", True), ("x?", True),
        ("x.y??", True), ("x = !ls", True), ("a, b = %sx ls", True), ("x % y", False),
        ("x != y", False), ("print('?')", False), ("# what?", False), ("x = y % z", False),
        ("x", False), ("", False),
    ],
)  # fmt: skip
def test_lines_that_are_no_python(cell, alone):
    assert left_alone(cell, cell) is alone


def test_a_cell_of_another_language_is_left_alone_on_every_line():
    assert left_alone("%%bash\necho", "echo")


def test_earlier_inputs_stand_in_order():
    assert earlier(["a = 1", "%cd x", "", "%%bash\nls", "b = 2\n\n"], 100) == "a = 1\nb = 2\n"


def test_they_are_bounded_and_their_beginning_changes_seldom():
    inputs, beginnings = [], []
    for number in range(300):
        inputs.append(f"x{number:03} = {number:03}")
        text = earlier(inputs, 400)
        assert len(text) <= 400
        assert text.endswith(inputs[-1] + "\n")
        beginnings.append(text[:10])
    assert len(set(beginnings)) < 40


def make(inputs=("a = 1",), **options) -> Conversation:
    return Conversation(ReplOptions(**options), lambda: inputs, lambda: {"numbers": [1]})


def test_a_snapshot_knows_where_the_cell_begins():
    snapshot = make().snapshot("b = ", "\nc")
    assert replace(snapshot, path=None) == Snapshot("a = 1\nb = ", "\nc", "python", "repl", 6)
    assert Path(snapshot.path).parent == Path.cwd()  # whose project the prompt belongs to
    assert make().snapshot("%time ", "") is None


def test_the_context_is_made_once_per_input():
    inputs = ["a = 1"]
    conversation = make(inputs)
    first = conversation.snapshot("x", "").before
    assert conversation._context() is conversation._context()
    inputs.append("b = 2")
    assert conversation.snapshot("x", "").before == first[:-1] + "b = 2\nx"


def test_judging_can_be_switched_off_and_never_fails():
    snapshot, suggestion = Snapshot("numbers.", start=0), Suggestion("push(1)", 0.9)
    assert make().judge(snapshot, suggestion) is None
    assert make(check_names=False).judge(snapshot, suggestion) is suggestion
    broken = Conversation(ReplOptions(), list, lambda: 1 / 0)
    assert broken.judge(snapshot, suggestion) is suggestion


def test_a_name_of_the_session_keeps_the_confidence():
    judged = make().judge(Snapshot("numb"), Suggestion("ing()", 0.5))
    assert judged == Suggestion("ers", 0.5)
