"""A suggestion is as long as probably saves the most keys."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from codecomplete import engine
from codecomplete.engine.suggestions.length import GLANCE, TAKING, best_length
from codecomplete.engine.suggestions.suggestion import first_word


def shown(text, first, marks):
    length = best_length(text, first, marks)
    return text if length is None else text[: length.characters]


def words(text):
    while text:
        word = first_word(text)
        yield word
        text = text[len(word) :]


def marked(text, *probabilities):
    """A mark at the end of each word, each being so probable after those before it."""
    ends = itertools.accumulate(map(len, words(text)))
    totals = itertools.accumulate(map(math.log, probabilities))
    return list(zip(ends, totals, strict=True))


def test_a_sure_text_is_shown_whole():
    text = "range(len(values)):"
    assert shown(text, "range", marked(text, *[0.99] * 6)) == text


def test_a_text_ends_before_the_word_that_is_a_guess():
    text = "self.name = parent.title"
    marks = marked(text, 0.9, 0.95, 0.95, 0.9, 0.1, 0.9, 0.5)
    assert shown(text, "self", marks) == "self.name ="


def test_a_guess_that_ends_the_text_may_cost_more_than_it_saves():
    text = "append(value"
    assert shown(text, "append", marked(text, 0.8, 0.99, 0.2)) == "append("


def test_the_first_part_is_shown_however_doubtful_it_is():
    text = "(self, name)"
    marks = marked(text, 0.1, 0.1, 0.01, 0.01, 0.01)
    assert shown(text, "(self", marks).startswith("(self")


@pytest.mark.parametrize("text", ["", "name", "a b\n    c d", "(self", "   "])
def test_what_has_no_other_end_stays(text):
    marks = [(len(text), -9.0)]
    assert shown(text, text[:5], marks) == text


def test_without_probabilities_nothing_is_cut_off():
    assert shown("a b c", "a", []) == "a b c"


def expected(ends, likely, end):
    """Keys saved by a text up to ``end`` and by what is then shown, from the definition."""
    total = 0.0
    for right in range(1, end):  # words that are right, and the next is not
        chance = likely[right - 1] - likely[right]
        total += chance * (ends[right - 1] - right)
    left = [one - ends[end - 1] for one in ends[end:]]
    further = [one / likely[end - 1] for one in likely[end:]]
    later = max((expected(left, further, n + 1) for n in range(len(left))), default=0.0)
    return total + likely[end - 1] * (ends[end - 1] - TAKING + later)


@pytest.mark.parametrize("seed", range(20))
def test_no_other_end_saves_more(seed):
    chance = random.Random(seed)
    text = " ".join("x" * chance.randint(2, 9) for _ in range(chance.randint(2, 6)))
    count = len(list(words(text)))
    marks = marked(text, *[chance.choice([0.1, 0.5, 0.8, 0.95, 0.99]) for _ in range(count)])
    ends = [end for end, _ in marks]
    likely = [math.exp(total - marks[0][1]) for _, total in marks]
    length = best_length(text, first_word(text), marks)
    savings = [expected(ends, likely, n + 1) for n in range(len(ends))]
    assert savings[ends.index(length.characters)] == pytest.approx(max(savings))
    assert length.spared == pytest.approx(max(savings) + GLANCE)


@pytest.fixture(scope="module")
def model():
    return engine.load()


TYPED = [
    "import os\n\n\ndef walk(root):\n    for name in os.listdir(root):\n        ",
    "class Store:\n    def __init__(self, path):\n        self.path = path\n\n    def ",
    "def area(width, height):\n    return ",
]


@pytest.mark.parametrize("before", TYPED)
def test_what_is_shown_is_the_beginning_of_what_is_proposed(model, before):
    session = model.session("python")
    session.sync(before)
    whole, found = session.propose(), session.suggest(deadline_ms=None, threshold=1e-6)
    assert found.text == shown(whole.text, whole.first_word, whole.marks)
    assert session.suggest(deadline_ms=None, threshold=0).text == whole.text


def test_a_gap_is_filled_up_to_its_end(model):
    session = model.session("python")
    session.sync("def read(root, name):\n    path = os.", "(root, name)\n    return path\n")
    whole, found = session.propose(), session.suggest(deadline_ms=None, threshold=1e-6)
    assert found.text == whole.text
