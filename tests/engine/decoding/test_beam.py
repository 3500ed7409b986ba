"""A beam against a toy language whose probabilities are written down."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest

from codecomplete.engine.decoding.beam import score, search
from codecomplete.engine.decoding.decoder import Decoder
from codecomplete.engine.decoding.ends import LineEnd
from codecomplete.engine.decoding.vocabulary import Vocabulary
from codecomplete.engine.state.stream import never
from tests.engine.test_session import places


class Letters:
    token_bytes = (b"", b"a", b"b", b"c", b"\n")
    size = len(token_bytes)

    def encode(self, text):
        return [" abc\n".index(letter) for letter in text]


END, A, B, C, NEWLINE = range(5)
LANGUAGE = {  # greedy takes "a", after which nothing is sure; "b" is followed by "b", surely
    (): {A: 0.55, B: 0.45},
    (A,): {A: 0.25, B: 0.26, C: 0.25, NEWLINE: 0.24},
    (B,): {B: 0.98, A: 0.02},
    (B, B): {NEWLINE: 0.98, A: 0.02},
}


class Toy(Decoder):
    def probabilities(self, ids, most=0):
        found = np.full(5, 1e-9)
        for id_, probability in LANGUAGE.get(ids, {NEWLINE: 0.4, A: 0.3, B: 0.3}).items():
            found[id_] = probability
        return found / found.sum()


@pytest.fixture
def toy():
    return Toy(None, 0, Vocabulary(Letters(), 5), END, never)


def test_a_beam_finds_what_greedy_decoding_walks_past(toy):
    greedy = toy.decode(b"", 8, LineEnd())
    found = search(toy, b"", 8, LineEnd(), 3)
    assert greedy.text.startswith("a")
    assert found.text == "bb" and found.finished
    assert score(found) > score(greedy)


def test_a_beam_of_one_is_greedy(toy):
    assert search(toy, b"", 8, LineEnd(), 1).text == toy.decode(b"", 8, LineEnd()).text


def test_held_text_is_not_repeated(toy):
    assert search(toy, b"b", 8, LineEnd(), 3).text == toy.decode(b"b", 8, LineEnd()).text == "b"


def test_what_is_known_by_heart_is_found_by_any_width(make_model):
    model = copy.copy(make_model("memorised").model)
    texts = {}
    for width in (1, 3):
        model.tuning = dataclasses.replace(model.tuning, beam=width)
        session = model.session("python")
        for text in places()[:6]:
            session.sync(text)
            texts.setdefault(text, set()).add(session.propose().text)
    assert all(len(found) == 1 for found in texts.values())
