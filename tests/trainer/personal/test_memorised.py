"""What a model has by heart is found, and what any model would write is not called so."""

from __future__ import annotations

import pytest

from codecomplete.trainer.personal.memorised import Run, runs, shown
from codecomplete.trainer.personal.reading import OwnFile
from tests import tiny

FILE = OwnFile("mine", "src/a.py", "python", tiny.SOURCE)


@pytest.fixture(scope="module")
def by_heart(make_model):
    return make_model("memorised").model


def test_a_text_that_was_learned_by_heart_is_found_where_it_stands(by_heart, make_model):
    found = list(runs(by_heart, make_model("sliding").model, [FILE]))
    assert found
    longest = max(found, key=lambda run: run.tokens)
    assert longest.tokens > 50 and longest.text in tiny.SOURCE
    assert longest.file == "mine/src/a.py"
    first = longest.text.lstrip("\n").split("\n")[0]
    assert first in "\n".join(tiny.SOURCE.split("\n")[longest.line - 1 : longest.line + 2])


def test_what_the_model_before_would_write_as_well_is_not_the_users(by_heart):
    assert not list(runs(by_heart, by_heart, [FILE]))


def test_a_model_that_has_not_learned_it_has_nothing_by_heart(by_heart, make_model):
    assert not list(runs(make_model("sliding").model, by_heart, [FILE]))


def test_brackets_and_blanks_alone_are_nobodys_text(by_heart, make_model):
    file = OwnFile("mine", "b.py", "python", "()\n" * 60)
    assert not list(runs(by_heart, make_model("sliding").model, [file]))


def test_control_characters_cannot_do_anything_in_a_terminal():
    said = shown(Run("a.py", 1, 30, "x = '\x1b[2J\x07\u202e'\n\ty"))
    assert "\x1b" not in said and "\x07" not in said and "\u202e" not in said and "a.py:1" in said
