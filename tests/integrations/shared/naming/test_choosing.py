"""When a known name takes the place of the model's suggestion."""

from __future__ import annotations

import pytest

from codecomplete.engine import Ranked, Suggestion
from codecomplete.integrations.shared.naming.choosing import KNOWN, chosen
from codecomplete.integrations.shared.naming.places import place_at

PLACE = place_at("os.pa")


def ranked(*shares: tuple[str, float]) -> list[Ranked]:
    return [Ranked(name, name[2:], probability) for name, probability in shares]


LIKELY = ranked(("path", 0.09), ("pardir", 0.01))


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (None, "th"),
        (Suggestion("rse(", 0.3), "th"),  # no such name, and less sure
        (Suggestion("rse(", 0.9), "rse("),  # whoever knows names need not know all
        (Suggestion("rdir", 0.3), "rdir"),  # one of them
        (Suggestion("th.join(a)", 0.3), "th.join(a)"),
        (Suggestion("(", 0.3), "th"),
    ],
)
def test_a_name_takes_the_place_of_what_is_none(found, shown):
    assert chosen(PLACE, found, LIKELY, None).text == shown


def test_it_is_told_apart():
    assert chosen(PLACE, None, LIKELY, None).origin == KNOWN


def test_names_that_are_alike_likely_are_not_shown():
    assert chosen(PLACE, None, ranked(("path", 0.02), ("pardir", 0.02)), None) is None


def test_who_wants_to_see_everything_does():
    assert chosen(PLACE, None, ranked(("path", 0.02), ("pardir", 0.02)), 0.0).text == "th"


def test_before_the_first_letter_the_model_has_its_way():
    assert chosen(place_at("os."), None, [Ranked("path", "path", 0.5)], 0.0) is None


def test_without_names_the_model_has_its_way():
    found = Suggestion("rse(", 0.3)
    assert chosen(PLACE, found, [], None) is found
    assert chosen(PLACE, None, [], None) is None


def test_an_argument_that_is_named_is_known_without_its_sign():
    place = place_at("open(path, enc")
    names = [Ranked("encoding=", "oding=", 0.5)]
    found = Suggestion("oding='utf-8')", 0.3)
    assert chosen(place, found, names, None) is found
    assert chosen(place, None, names, None).text == "oding="


def test_a_name_of_which_one_letter_is_left_spares_no_key():
    assert chosen(place_at("os.pat"), None, [Ranked("path", "h", 0.5)], None) is None
