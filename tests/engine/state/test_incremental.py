"""Typing, deleting and jumping: the state equals the oracle's, and costs the steps it should.

A script is a list of texts before the caret. After each, the logits of the session's state are
compared with one full forward pass over what the session holds, under the policy's own oracle.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from codecomplete.engine.session import Session
from codecomplete.engine.state.context import Context
from tests.tiny import SOURCE, TinyModel

TOLERANCE = 1e-4


class Differ:
    """Follows a session text by text, and checks result and work together."""

    def __init__(self, tiny: TinyModel) -> None:
        self.tiny = tiny
        self.session = Session(tiny.model, "python")
        self.left: list[int] = []  # ids that left the window since the start point
        drop = self.session._buffer.context.drop

        def remember(count: int) -> None:
            self.left += [entry.id for entry in self.session._buffer.context.entries[:count]]
            drop(count)

        self.session._buffer.context.drop = remember

    def sync(self, text: str):
        report = self.session.sync(text)
        self._follow_stream()
        self._compare(text)
        return report

    def _follow_stream(self) -> None:
        stream, entries = self.session._buffer.stream, self.session._buffer.context.entries
        ids = [entry.id for entry in entries]
        assert stream.ids[: len(ids)] == ids
        if self.tiny.model.config.policy == "sliding":
            self.left = self.left[len(self.left) - stream.origin :]

    def _compare(self, text: str) -> None:
        stream, context = self.session._buffer.stream, self.session._buffer.context
        state = stream._buffers  # the logits after the context, without what was remembered
        last = len(context.entries) - 1
        found = state.step([context.entries[-1].id], last, last + self._shift())
        wanted = self.tiny.oracle_logits(self._oracle_ids())
        error = np.abs(found - wanted).max() / np.abs(wanted).max()
        assert error < TOLERANCE, f"{error:.1e} off the oracle after {text[-40:]!r}"
        held_start = context.start + (context.entries[-1].end if context.entries else 0)
        assert text[held_start:] == self.session._buffer.held

    def _shift(self) -> int:
        return (
            self.session._buffer.stream.origin if self.tiny.model.config.policy == "sliding" else 0
        )

    def _oracle_ids(self) -> list[int]:
        """Sliding: the whole stream since the start point. Block: the current window."""
        if self.tiny.model.config.policy == "sliding":
            return self.left + [entry.id for entry in self.session._buffer.context.entries]
        return [entry.id for entry in self.session._buffer.context.entries]


@pytest.fixture(params=["sliding", "block"])
def differ(request, make_model) -> Differ:
    return Differ(make_model(request.param))


def test_typing_a_file_letter_by_letter_rolls_and_equals_the_oracle(differ):
    total = 0
    for end in range(len(SOURCE)):
        total += differ.sync(SOURCE[:end]).stepped
    tokens = len(differ.tiny.model.tokenizer.encode(SOURCE))
    if differ.tiny.model.config.policy == "sliding":
        assert differ.session._buffer.stream.origin > 3 * 16, "the script should roll several times"
        assert total <= tokens + 2, "a sliding window runs every token once"
    else:
        assert total <= 3 * tokens, "a block window runs a token again once per roll at most"


def test_letters_inside_a_word_cost_no_step(differ):
    differ.sync("import os\nvalue = so")
    for text in ("import os\nvalue = som", "import os\nvalue = some", "import os\nvalue = some_na"):
        report = differ.sync(text)
        assert (report.stepped, report.dropped) == (0, 0)
    assert report.held == " some_na"


def test_finishing_a_word_steps_only_that_word(differ):
    differ.sync("value = some")
    report = differ.sync("value = some(")
    assert report.stepped == len(differ.tiny.model.tokenizer.encode(" some"))
    assert report.held == "("


def test_deleting_the_last_letter_costs_no_step(differ):
    differ.sync("def f(x):\n    return so")
    assert differ.sync("def f(x):\n    return s").stepped == 0


def test_the_same_text_again_costs_nothing(differ):
    differ.sync("for name in names:")
    report = differ.sync("for name in names:")
    assert (report.stepped, report.dropped) == (0, 0)


def test_an_edit_above_replays_from_the_edit_only(make_model):
    differ = Differ(make_model("sliding"))
    first = differ.sync("a = 1\nb = 2\nc = 3\nd =")
    report = differ.sync("a = 1\nb = 5\nc = 3\nd =")
    assert 0 < report.stepped < first.stepped


def test_an_empty_text_is_a_text(differ):
    differ.sync("")
    differ.sync("x")
    differ.sync("")


def edit(text: str, rng: random.Random) -> str:
    """One random edit near the end, as people make them."""
    kind = rng.choice(["type", "type", "type", "delete", "paste", "above", "jump", "odd"])
    if kind == "type":
        start = rng.randrange(len(SOURCE))
        return text + SOURCE[start : start + rng.randint(1, 3)]
    if kind == "delete":
        return text[: max(0, len(text) - rng.choice([1, 1, 2, 5, 60]))]
    if kind == "paste":
        start = rng.randrange(len(SOURCE))
        return text + SOURCE[start : start + rng.randint(1, 200)]
    if kind == "above" and text:
        place = rng.randrange(len(text))
        return (
            text[:place]
            + rng.choice(["", "x", "\n", "  ", "é"])
            + text[place + rng.randint(0, 2) :]
        )
    if kind == "jump":
        return SOURCE[: rng.randrange(len(SOURCE))]
    return text + rng.choice(
        ["é", "\t", "\r\n", "\x00", "日本", "e\u0301", "\ud800", "<bos>", "   "]
    )


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_equal_the_oracle(differ, seed):
    rng, text = random.Random(seed), ""
    for _ in range(60):
        text = edit(text, rng)
        differ.sync(text)
        if rng.random() < 0.3:
            differ.session.suggest(max_tokens=6, deadline_ms=None, threshold=0)


def test_context_never_grows_beyond_the_buffer(make_model):
    session = Session(make_model("sliding").model, "python")
    for end in range(0, 40 * len(SOURCE), 37):
        session.sync((SOURCE * 40)[:end])
        context: Context = session._buffer.context
        assert len(context.entries) <= make_model("sliding").model.config.capacity
        assert len(context.known) < 20_000
