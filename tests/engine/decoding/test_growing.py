"""Candidates for a gap and where they end: the packaged model, real text."""

from __future__ import annotations

import math

import pytest

from codecomplete import engine
from codecomplete.engine.decoding import growing
from codecomplete.engine.decoding.ends import LineEnd
from codecomplete.engine.decoding.growing import Growing, log_total
from codecomplete.engine.decoding.infill import tail_of

JOIN = (
    "import os\n\ndef read(root, name):\n    path = os.path.",
    "(root, name)\n    return path\n",
)
LINE = (
    "class A:\n    def __init__(self, one, two):\n        self.one = one\n        ",
    "\n        x\n",
)


@pytest.fixture(scope="module")
def model():
    return engine.load()


def grown(model, before, after, stop=lambda: False, language="python"):
    session = model.session(language)
    session.sync(before, after)
    decoder = session._proposals._decoder(16, stop)
    tail, held = tail_of(after, model.tokenizer, 6), session._buffer.held_bytes
    return Growing(decoder, tail, held, 16, LineEnd()), session


@pytest.mark.parametrize(
    ("before", "after", "language", "missing"),
    [
        (
            "def names(users):\n    return [user.name for ",
            " if user.active]\n",
            "python",
            "user in users",
        ),
        (
            "class Cache {\n    private final Map<String, String> entries = new HashMap<>();\n\n"
            "    void put(String key, String value) {\n        ",
            "(key, value);\n    }\n",
            "java",
            "entries.put",
        ),
    ],
)
def test_what_follows_may_want_the_second_choice_of_any_word(
    model, before, after, language, missing
):
    session = model.session(language)
    session.sync(before, after)
    session.learn()
    found = session.suggest(deadline_ms=None, threshold=0)
    assert found is not None and found.text == missing


def test_a_search_is_over_when_nothing_left_can_be_as_good(model):
    sure, session = grown(model, *JOIN)
    assert "join" in {end.text for end in sure.ends()}
    assert session.steps < growing.MOST_GROWN


@pytest.mark.parametrize(
    ("before", "after", "language"),
    [
        (
            "class Cache {\n    private final Map<String, String> entries = new HashMap<>();\n\n"
            "    void put(String key, String value) {\n        ",
            "(key, value);\n    }\n",
            "java",
        ),
        (
            "static int sum(const int *values, int count)\n{\n    int total = 0;\n\n    ",
            "; i++)\n        total += values[i];\n",
            "c",
        ),
    ],
)
def test_a_search_seldom_runs_again_what_its_texts_share(model, before, after, language):
    """It goes on with the text at hand, instead of changing from one to another and back."""
    growing_, session = grown(model, before, after, language=language)
    read = session.steps
    growing_.ends()
    looked_at = len(growing_.decoder.seen)
    assert looked_at > 20 and session.steps - read < 1.5 * looked_at


def test_an_estimate_is_the_text_with_the_beginning_of_what_follows(model):
    growing_, _ = grown(model, *JOIN)
    for end in growing_.ends():
        whole = b"".join(growing_.decoder.vocabulary.bytes[id_] for id_ in end.decoded.ids)
        if whole.decode() != growing_.held.decode() + end.text:
            continue  # its last token goes on into what follows
        ids = tuple(end.decoded.ids)
        share = growing_.decoder.probabilities(ids)[growing_._following].sum()
        expected = log_total(growing_.decoder, ids) + math.log(max(share, 1e-30))
        assert end.score == pytest.approx(expected, abs=1e-3)


def test_before_a_line_end_a_candidate_is_a_whole_line(model):
    growing_, _ = grown(model, *LINE)
    ends = growing_.ends()
    assert ends, "the model knows an end"
    for end in ends:
        *most, last = end.decoded.ids
        if b"\n" in growing_.decoder.vocabulary.bytes[last]:
            continue  # it has gone on to the next line
        share = growing_.decoder.probabilities((*most, last))[growing_._following].sum()
        assert share >= growing.LEAST_END, end.text


def test_a_line_without_an_end_in_sight_is_suggested_as_at_the_end_of_a_file(model):
    """As far as it goes; what the model has begun would else be given up."""
    before = (
        "import os\n\n\nclass Reader:\n    def __init__(self, name):\n        self.name = name\n\n"
    )
    session = model.session("python")
    session.sync(before + "    def ", "\n\n    x = 1\n")
    assert session.suggest(deadline_ms=None, threshold=0) is not None


def test_when_time_is_up_what_was_found_is_all(model):
    calls = []
    growing_, session = grown(model, *JOIN, stop=lambda: bool(calls.append(1)) or len(calls) > 3)
    growing_.ends()
    late, other = grown(model, *JOIN)
    late.ends()
    assert session.steps < other.steps
