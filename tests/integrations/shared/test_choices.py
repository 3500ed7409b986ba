"""A key steps through alternatives, around the end, and meets none twice."""

from __future__ import annotations

from codecomplete.engine import Suggestion
from codecomplete.integrations.shared.choices import MOST_CHOICES, Choices


def texts(*names: str) -> list[Suggestion]:
    return [Suggestion(name, 0.5) for name in names]


def test_stepping_goes_around_both_ends():
    choices = Choices.among(texts("a", "b", "c"))
    found = [choices.step(step) for step in (1, 1, 1, -1)]
    assert [(shown.text, place) for shown, place in found] == [
        ("b", "2/3"), ("c", "3/3"), ("a", "1/3"), ("c", "3/3"),
    ]  # fmt: skip


def test_none_is_met_twice_and_there_are_not_too_many():
    assert [one.text for one in Choices.among(texts("a", "b", "a")).texts] == ["a", "b"]
    assert len(Choices.among(texts(*"abcdefghij")).texts) == MOST_CHOICES


def test_where_there_is_nothing_there_is_no_choice():
    assert Choices.among([]) is None
