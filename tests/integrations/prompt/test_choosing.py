"""Which of what the model and the session propose is shown; the model is a table here."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from codecomplete.engine import Suggestion
from codecomplete.integrations.prompt.choosing import SESSION as OF_SESSION
from codecomplete.integrations.prompt.choosing import Question, choose, others, proposals
from tests.integrations.prompt.objects import SESSION

NAMES = {**SESSION, "frame": pd.DataFrame({"region": ["a"], "amount": [1]})}


@dataclass(frozen=True)
class Candidate:
    name: str
    probability: float


def rank_by(**likely: float):
    """A model that finds some names likely and all others very unlikely."""

    def rank(names, typed):
        found = [Candidate(name, likely.get(name.strip('"='), 0.001)) for name in names]
        return sorted(found, key=lambda one: -one.probability)

    return rank


def shown(cell: str, text: str | None, threshold: float = 0.0, **likely: float) -> str | None:
    found = Suggestion(text, 0.5) if text is not None else None
    asked = Question(cell, "", NAMES)
    suggestion = choose(asked, found, rank_by(**likely), threshold)
    return suggestion.text if suggestion is not None else None


def test_a_false_attribute_gives_way_to_the_likeliest_true_one():
    assert shown("plain.dep", "ository", deposit=0.3) == "osit("
    assert shown("frame.", "sort(", sort_values=0.4) == "sort_values("


def test_where_both_agree_the_models_text_goes_on():
    assert shown("plain.dep", "osit(amount)", deposit=0.5) == "osit(amount)"


def test_keys_columns_and_keywords_are_proposed_where_the_model_is_silent():
    assert shown('settings["hid', None) == 'den units"]'
    assert shown('frame["am', None) == 'ount"]'
    assert shown("plot(frame, sh", None) == "ow_legend="
    assert shown("plot(", None, show_legend=0.5) == "show_legend="


def test_what_nobody_is_sure_of_is_not_shown():
    assert shown("p", None, threshold=0.5) is None
    assert shown("x = ", "nobody", threshold=0.0) is None


def test_a_number_is_not_continued():
    assert shown("x = 12", "8)") is None


def test_proposals_know_what_was_said_before():
    asked = Question("amount", "amount = 3\nprint(text)\n", NAMES)
    (again,) = proposals(asked, Suggestion(" = 3", 0.9), lambda names, typed: [])
    assert again.is_again and again.reassigns
    asked = Question("text.up", "text.upper().split()\n", NAMES)
    best = proposals(asked, None, rank_by(upper=0.9))[0]
    assert best.is_mentioned and best.is_near and not best.is_again


def test_alternatives_are_true_and_several():
    asked = Question("plain.", "", NAMES)
    found = others(asked, [Suggestion("nothing()", 0.4), Suggestion("items[0]", 0.3)], rank_by())
    texts = [one.text for one in found]
    assert "nothing()" not in texts and "items[0]" in texts and len(texts) >= 3
    assert OF_SESSION in {one.origin for one in found}


@pytest.mark.parametrize("cell", ["", "((", "x['", "import ", "'", "a.b.c("])
def test_it_never_fails_on_what_is_unfinished(cell):
    choose(Question(cell, "", NAMES), Suggestion("x", 0.5), rank_by())
