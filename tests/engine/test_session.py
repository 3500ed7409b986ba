"""What a session offers, beyond the state that ``test_incremental`` holds to the oracle."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest

from codecomplete import engine
from codecomplete.engine import Indentation
from codecomplete.engine.modeldir.names import PACKAGED
from codecomplete.engine.state.stream import Stopped
from tests.tiny import SOURCE

LINES = [line for line in SOURCE.split("\n") if len(line.strip()) > 8]


@pytest.fixture
def session(make_model):
    """A session of a model that knows SOURCE by heart."""
    return make_model("memorised").model.session("python")


def suggest(session, text: str, **options):
    session.sync(text)
    return session.suggest(deadline_ms=None, threshold=0, **options)


def places() -> list[str]:
    """SOURCE up to somewhere inside each longer line."""
    ends = [SOURCE.index(line) + len(line) // 2 for line in LINES]
    return [SOURCE[:end] for end in ends]


@pytest.mark.parametrize("text", places(), ids=lambda text: repr(text[-12:]))
def test_a_line_known_by_heart_is_finished(session, text):
    suggestion = suggest(session, text)
    rest = SOURCE[len(text) :].partition("\n")[0]
    assert suggestion is not None
    assert rest.startswith(suggestion.text) or suggestion.text == rest


def test_further_lines_are_indented_as_the_host_says_or_as_the_text_is(session):
    text = SOURCE[: SOURCE.index("    for name")]  # at the beginning of an empty line
    assert suggest(session, text).text.startswith("    for name")
    session.sync(text, indentation=Indentation(tabs=True, width=4, tab_width=4))
    assert session.suggest(deadline_ms=None, threshold=0).text.startswith("\tfor name")


def test_typing_letter_by_letter_never_changes_the_mind(session):
    """Behind every letter that agrees with it, the suggestion is the rest of what it was."""
    agreed, asked = 0, 0
    for text in places():
        first = suggest(session, text)
        word = first.first_word()
        for letters in range(1, len(word)):
            again = suggest(session, text + word[:letters])
            asked += 1
            agreed += again is not None and again.text == first.text[letters:]
    assert asked > 30
    assert agreed == asked


def test_asking_twice_gives_the_same_and_runs_nothing_again(session):
    for text in places():
        first = suggest(session, text)
        report = session.sync(text)
        assert (report.stepped, report.dropped) == (0, 0)
        assert session.suggest(deadline_ms=None, threshold=0) == first


@pytest.mark.parametrize("part", ["text", "first_word", "first_line"])
def test_accepting_costs_no_context_step(session, part):
    """What was decoded stays as context, whether all of it is taken or its first word or line."""
    total = 0
    for text in places():
        suggestion = suggest(session, text)
        taken = suggestion.text if part == "text" else getattr(suggestion, part)()
        total += session.sync(text + taken).stepped
    assert total == 0


def test_deleting_what_was_accepted_costs_no_context_step(session):
    text = places()[3]
    suggestion = suggest(session, text)
    session.sync(text + suggestion.text)
    assert session.sync(text).stepped == 0


def test_alternatives_begin_otherwise(session):
    for text in places()[:6]:
        first = suggest(session, text)
        others = session.alternatives(3, 8, deadline_ms=None)
        texts = [first.text, *(suggestion.text for suggestion in others)]
        assert len(set(texts)) == len(texts) <= 4
        assert all(a.confidence >= b.confidence for a, b in itertools.pairwise(others))


def test_confidence_falls_where_the_text_is_unknown(session):
    known = [suggest(session, text).confidence for text in places()]
    strange = suggest(session, SOURCE[:60] + "\nqz = zq + 77 // qx ^ ")
    assert min(known) > 0.5
    assert strange is None or strange.confidence < min(known)


def test_the_threshold_hides_what_is_unsure(session):
    session.sync(places()[2])
    assert session.suggest(deadline_ms=None, threshold=0) is not None
    assert session.suggest(deadline_ms=None, threshold=1.01) is None


def test_a_deadline_that_has_passed_gives_little_and_at_once(session):
    session.sync(places()[5])
    steps = session.steps
    session.suggest(32, deadline_ms=0, threshold=0)
    assert session.steps - steps <= 13, "one covering search at most"


def test_stopping_leaves_the_state_whole(session, make_model):
    text = places()[-1]
    with pytest.raises(Stopped):
        session.sync(text, stop=lambda: True)
    assert suggest(session, text) == suggest(make_model("memorised").model.session("python"), text)


def test_a_suggestion_before_any_text_is_a_mistake(session):
    with pytest.raises(RuntimeError, match="before sync"):
        session.suggest()


def test_an_unknown_language_is_none(make_model):
    session = make_model("memorised").model.session("klingon")
    assert session.sync("x = ").stepped >= 1


def test_sessions_do_not_share_state(make_model):
    model = make_model("memorised").model
    one, other = model.session("python"), model.session("python")
    one.sync(places()[0])
    other.sync(places()[7])
    assert suggest(one, places()[0]) == suggest(model.session("python"), places()[0])


def test_the_arithmetic_of_the_program_around_does_not_matter(make_model):
    """In a session of Python the user may have asked numpy to raise, or to print."""
    session = make_model("sliding").model.session("python")
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        session.sync("def f(x):\n    return ")
        session.learn()
        session.suggest(threshold=0, deadline_ms=None)


def test_a_known_name_that_goes_on_outside_the_vocabulary_is_not_suggested():
    one = engine.load(PACKAGED / "characters-tiny").session("typescript")
    one.sync("const café = 1;\ncaf")
    one.learn()
    assert one.propose_name() is None, "there is nothing of it to read"
    found = one.suggest(deadline_ms=None, threshold=0.0)
    assert found is None or "é" not in found.text
