"""Drafts change how a text is decoded, never which."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from codecomplete.engine.decoding import draft as drafting
from codecomplete.engine.local.mixing import FILE, WINDOW
from codecomplete.engine.local.ngrams import NgramIndex
from codecomplete.engine.modeldir.tuning import Tuning
from tests.engine.local.believing import believing
from tests.engine.test_session import places
from tests.tiny import SOURCE

TEXTS = (b"", b"a", b"b", b"c", b"\n")


def found(*texts: list[int]):
    index = NgramIndex([np.array(text, np.uint16) for text in texts])
    return lambda ids: [("file", index.matches([1, 2, 3, *ids]))]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([[1, 2, 3, 1, 2, 2]], [1, 2, 2]),  # as far as the text goes
        ([[1, 2, 3, 1, 4, 2, 2]], [1, 4]),  # no further than the line
        ([[1, 2, 3, 1], [1, 2, 3, 2]], []),  # two ways to go on
        ([[2, 2, 3, 1, 1]], []),  # too short a match
        ([[1, 2, 3, *[1, 2, 3] * 9]], [1, 2, 3, 1, 2, 3]),  # no more than is worth it
    ],
)
def test_only_what_local_text_is_clear_about_is_drafted(texts, expected):
    assert drafting.draft(found(*texts), TEXTS, (), 32) == expected


def test_a_draft_leaves_room():
    assert drafting.draft(found([1, 2, 3, 1, 2, 2]), TEXTS, (), 2) == [1, 2]


def proposals(model) -> tuple[list[str], int]:
    """What is proposed all over a file that stands above already, and calls of the runtime."""
    session, texts = model.session("python"), []
    calls = 0
    run = session._buffer.stream._buffers._run

    def counted(*arguments):
        nonlocal calls
        calls += 1
        return run(*arguments)

    session._buffer.stream._buffers._run = counted
    for text in places():
        session.sync(SOURCE * 3 + text)
        session.learn()
        facts = session.propose()
        texts.append(facts.text if facts else "")
    return texts, calls


@pytest.mark.parametrize("kind", ["memorised", "sliding", "block"])
def test_the_same_is_proposed_with_drafts_and_without(make_model, monkeypatch, kind):
    model = copy.copy(make_model(kind).model)
    model.tuning = Tuning(mixer=believing(0.5, FILE, WINDOW))
    with_drafts, few = proposals(model)
    monkeypatch.setattr(drafting, "MOST_DRAFTED", 0)
    without, many = proposals(model)
    assert with_drafts == without and any(without)
    if kind == "memorised":
        assert few < 0.8 * many
