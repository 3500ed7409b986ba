"""Gaps in files: the same for every source, whole, and honestly marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.engine import Suggestion
from codecomplete.trainer.evaluation.files import SourceText
from codecomplete.trainer.evaluation.suffix import (
    BRACKETS,
    KINDS,
    LINE,
    OPENED,
    WORDS,
    Gap,
    Marks,
    answer,
    choose_gaps,
    doubles,
)

TEXT = """import os


def read(root, name):
    path = os.path.join(root, name)
    with open(path) as file:
        return file.read()
"""
FILE = SourceText(Path("a.py"), "python", TEXT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_gap_and_what_is_around_it_make_up_the_file(kind):
    for gap in choose_gaps([FILE], kind, 30, 1):
        if kind == OPENED:
            opened, _, rest = gap.after.partition("\n")
            assert opened == "" and not gap.missing
            assert gap.before.rpartition("\n")[0] + "\n" + rest == TEXT
        else:
            assert gap.before + gap.missing + gap.after == TEXT and gap.missing.strip()


def test_gaps_are_what_their_kinds_say():
    for gap in choose_gaps([FILE], WORDS, 30, 1):
        assert "\n" not in gap.missing and gap.after.partition("\n")[0].strip()
    for gap in choose_gaps([FILE], LINE, 30, 1):
        assert not gap.before.rpartition("\n")[2].strip() and gap.after.startswith("\n")
    for gap in choose_gaps([FILE], BRACKETS, 30, 1):
        assert gap.before[-1] in "([{" and gap.after[0] in ")]}"


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_gaps_for_everyone(kind):
    assert choose_gaps([FILE], kind, 9, 1) == choose_gaps([FILE], kind, 9, 1)
    assert choose_gaps([FILE], kind, 9, 1) != choose_gaps([FILE], kind, 9, 2)


def test_a_file_without_such_gaps_ends_the_search():
    assert choose_gaps([SourceText(Path("a.py"), "python", "x\n")], BRACKETS, 5, 1) == []


class Knowing:
    """A source that always says the same."""

    name = "knowing"

    def __init__(self, text: str) -> None:
        self._text = text

    def open(self, file) -> None:
        pass

    def suggest(self, before, after):
        return Suggestion(self._text) if self._text else None


def gap(missing: str, before: str = "    f(", after: str = ")\nnext_line()\n") -> Gap:
    return Gap(WORDS, FILE, before, missing, after)


@pytest.mark.parametrize(
    ("said", "missing", "exact", "first_word", "doubled"),
    [
        ("name", "name", 1, 1, 0),
        ("name)", "name", 0, 1, 1),
        ("name, other", "name", 0, 1, 0),
        ("names", "name", 0, 0, 0),
        ("", "name", 0, 0, 0),
    ],
)
def test_marks(said, missing, exact, first_word, doubled):
    marks = answer(Knowing(said), [gap(missing)])
    assert (marks.exact, marks.first_word, marks.doubles) == (exact, first_word, doubled)


def test_a_suggestion_that_says_the_next_line_repeats_it():
    marks = Marks()
    opened = Gap(OPENED, FILE, "    a()\n    ", "", "\n\n    next_line()\n")
    marks.add(opened, "next_line()", 1.0)
    marks.add(opened, "next_line", 1.0)
    assert marks.repeats == 1


def test_a_line_that_was_unbalanced_in_truth_is_not_held_against_a_suggestion():
    assert not doubles(gap("a)", before="    f(", after="))\n"), "a)")
