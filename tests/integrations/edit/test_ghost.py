"""The ghost text of one buffer without a widget: what it follows, drops and asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codecomplete.engine import Suggestion
from codecomplete.integrations.edit.ghost import Answer, Ghost
from codecomplete.integrations.shared.snapshot import Snapshot

START = Snapshot("def ar", "", "python", 1)


class Asked:
    """In place of the suggester: remembers what it was asked, knows what is shown."""

    def __init__(self) -> None:
        self.requests: list[Snapshot] = []
        self.cancelled = 0
        self.offers = True
        self.shown: tuple[Snapshot, Suggestion] | None = None

    def request(self, snapshot, deliver):
        self.requests.append(snapshot)
        self.shown = None
        return True

    def alternatives(self, snapshot, deliver, count):
        self.requests.append(snapshot)
        return self.offers

    def show(self, snapshot, text):
        self.shown = snapshot, text

    def follow(self, snapshot):
        if self.shown is None:
            return None
        was, text = self.shown
        typed = snapshot.before.removeprefix(was.before)
        if replace(was, before=snapshot.before) != snapshot or not snapshot.before.startswith(
            was.before
        ):
            return None
        return text.typed(typed) if typed else text

    def cancel(self):
        self.cancelled += 1
        self.shown = None

    def accepted(self, text):
        pass


@pytest.fixture
def ghost() -> Ghost:
    changes: list[str] = []
    made = Ghost(Asked(), lambda answer: None, lambda: changes.append(made.text))
    made.changes = changes
    return made


def shown(ghost: Ghost, text: str = "ea(r)") -> Ghost:
    ghost.typed(START)
    ghost.answered(Answer(START, Suggestion(text)))
    return ghost


def test_an_answer_is_shown_if_it_is_for_what_is_there(ghost):
    shown(ghost)
    assert ghost.text == "ea(r)" and ghost.changes == ["ea(r)"]


def test_an_answer_for_other_text_is_dropped(ghost):
    ghost.typed(START)
    ghost.typed(replace(START, before="def arx"))
    ghost.answered(Answer(START, Suggestion("ea")))
    assert ghost.text == ""


def test_an_answer_after_clear_is_dropped(ghost):
    ghost.typed(START)
    ghost.clear()
    ghost.answered(Answer(START, Suggestion("ea")))
    assert ghost.text == "" and ghost.suggester.cancelled == 1


@pytest.mark.parametrize("first", [None, Suggestion("eb")])
def test_a_better_answer_may_follow_while_the_caret_rests(ghost, first):
    """Found by a longer look, or by somebody who knows names."""
    ghost.typed(START)
    ghost.answered(Answer(START, first))
    ghost.answered(Answer(START, Suggestion("ea(r)")))
    assert ghost.text == "ea(r)"


def test_a_better_answer_that_comes_after_a_key_is_dropped(ghost):
    shown(ghost)
    ghost.typed(replace(START, before="def are"))
    ghost.answered(Answer(START, Suggestion("x")))
    assert ghost.text == "a(r)"
    ghost.clear()
    ghost.answered(Answer(START, Suggestion("x")))
    assert ghost.text == ""


def test_typing_through_shows_the_rest_and_never_nothing(ghost):
    shown(ghost)
    ghost.typed(replace(START, before="def are"))
    assert ghost.text == "a(r)" and "" not in ghost.changes
    assert len(ghost.suggester.requests) == 1


def test_brackets_that_changed_after_the_caret_are_followed_only_if_they_are_pairs(ghost):
    shown(ghost, "e(r)")
    typed = replace(START, before="def are(", after=")")
    ghost.typed(typed, paired=True)
    assert ghost.text == "r)"
    ghost.typed(replace(typed, before="def are(r", after="else"))
    assert ghost.text == ""


def test_where_nothing_may_be_suggested_a_running_request_stops(ghost):
    shown(ghost)
    ghost.typed(None)
    assert ghost.text == "" and ghost.suggester.cancelled == 1


def test_alternatives_are_asked_for_once_and_none_is_twice(ghost):
    shown(ghost)
    ghost.cycle(1)
    ghost.answered(
        Answer(START, [Suggestion("x"), Suggestion("ea(r)"), Suggestion("x"), Suggestion("y")])
    )
    assert (ghost.text, ghost.place) == ("x", "2/3")
    ghost.cycle(1)
    ghost.cycle(1)
    assert (ghost.text, ghost.place) == ("ea(r)", "1/3")
    ghost.cycle(-1)
    assert (ghost.text, ghost.place) == ("y", "3/3")
    assert len(ghost.suggester.requests) == 2


def test_without_alternatives_the_first_one_stays(ghost):
    shown(ghost)
    ghost.cycle(1)
    ghost.answered(Answer(START, []))
    assert (ghost.text, ghost.place) == ("ea(r)", "1/1")


def test_cycling_without_ghost_text_asks_nothing(ghost):
    ghost.cycle(1)
    assert ghost.suggester.requests == []


@pytest.mark.parametrize("lost", [False, True])
def test_two_keys_are_one_request_for_the_newest_text(lost):
    """If both come within one frame, or the frame after the first never came."""
    later: list = []
    ghost = Ghost(Asked(), lambda answer: None, lambda: None, later.append)
    newest = replace(START, before="def are")
    ghost.typed(START)
    if lost:  # as when what was to be drawn is gone
        later.clear()
    ghost.typed(newest)
    for call in later:
        call()
    assert ghost.suggester.requests == [newest]
