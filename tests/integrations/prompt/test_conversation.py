"""What the model is given of what was said, and what is shown of what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from codecomplete.engine import Suggestion
from codecomplete.integrations.prompt.conversation import ASKED, Conversation, ReplOptions
from codecomplete.integrations.prompt.said import Said
from codecomplete.integrations.shared.snapshot import Snapshot

ONE = (Said("a = 1"),)


def make(said=ONE, **options) -> Conversation:
    return Conversation(ReplOptions(**options), lambda: said, lambda: {"numbers": [1]})


def choose(conversation: Conversation, before: str, text: str, confidence: float = 0.9):
    found = Suggestion(text, confidence)
    return conversation.choose(Snapshot(before), found, lambda names, typed: [], 0.0)


def test_a_snapshot_knows_where_the_cell_begins():
    snapshot = make().snapshot("b = ", "\nc")
    assert replace(snapshot, path=None) == Snapshot("a = 1\nb = ", "\nc", "python", "repl", 6)
    assert Path(snapshot.path).parent == Path.cwd()  # whose project the prompt belongs to
    assert make().snapshot("%time ", "") is None


def test_the_context_is_made_once_per_input():
    said = [Said("a = 1")]
    conversation = make(said)
    first = conversation.snapshot("x", "").before
    assert conversation._context() is conversation._context()
    said.append(Said("b = 2"))
    assert conversation.snapshot("x", "").before == first[:-1] + "b = 2\nx"


def test_what_failed_is_neither_shown_to_the_model_nor_suggested():
    said = [Said("a = 1"), Said("totl + 1", "NameError", "totl")]
    assert make(said).snapshot("to", "").before == "a = 1\nto"
    assert make(said).doubtful() == {"totl + 1"}


def test_what_is_false_is_not_chosen():
    assert choose(make(), "numbers.", "push(1)") is None
    assert choose(make(), "numbers.", "append(1)").text == "append(1)"
    assert make().least == ASKED


def test_checking_can_be_switched_off():
    conversation = make(check_names=False)
    assert conversation.least is None
    assert choose(conversation, "numbers.", "push(1)").text == "push(1)"
    assert conversation.holds(Snapshot("nobody"), " + 1")


def test_what_cannot_be_checked_is_shown_if_the_model_is_sure():
    broken = Conversation(ReplOptions(), list, lambda: 1 / 0)
    assert choose(broken, "numbers.", "push(1)").text == "push(1)"
    assert choose(broken, "numbers.", "push(1)", 0.1) is None
    assert broken.holds(Snapshot("nobody"), " + 1")


def test_of_a_long_cell_the_end_is_looked_at():
    cell = "x = 1\n" * 5_000 + "numbers."
    assert choose(make(), cell, "push(1)") is None
