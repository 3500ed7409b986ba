"""The study of an output bias that learns: what it adds, what moves it, how it is compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from codecomplete.engine.decoding.decoder import softmax
from codecomplete.engine.state.stream import Stream
from codecomplete.trainer.evaluation.files import SourceText
from codecomplete.trainer.evaluation.replay import Stretch, Tally, replay
from codecomplete.trainer.evaluation.scores import prompt, rolled_logits
from codecomplete.trainer.evaluation.sources import EngineSource
from codecomplete.trainer.studies import biases
from codecomplete.trainer.studies.biases import BiasedSource, Reader, Variant, moved
from tests.tiny import SOURCE

ALL_SHOWN = Variant("", raised=-1)
FILE = SourceText(Path("a.py"), "python", SOURCE)


@pytest.fixture
def model(make_model):
    return make_model("memorised").model


def test_a_token_that_was_read_is_likelier_afterwards_and_the_sum_stays():
    logits = np.random.default_rng(0).normal(size=40).astype(np.float32)
    bias = np.zeros(40, np.float32)
    after = moved(bias, logits, 3, 0.3)
    assert softmax(logits + after)[3] > softmax(logits + bias)[3]
    assert abs(float(after.sum())) < 1e-6
    assert not bias.any(), "what was known before is left alone"


def test_it_is_a_step_up_the_gradient_of_the_log_probability():
    rng = np.random.default_rng(1)
    logits, bias = rng.normal(size=(2, 12))
    step = moved(bias, logits, 5, 1.0) - bias
    for index in range(12):
        nudge = np.eye(12)[index] * 1e-5
        up, down = (np.log(softmax(logits + bias + sign * nudge)[5]) for sign in (1, -1))
        assert step[index] == pytest.approx((up - down) / 2e-5, abs=1e-4)


def test_the_bias_depends_on_the_text_and_not_on_how_it_was_reached(model):
    at_once = Reader(model, FILE, Variant("", 0.3)).upto(len(SOURCE) // 2)
    slowly = Reader(model, FILE, Variant("", 0.3))
    for settled in range(len(SOURCE) // 2 + 1):
        bias = slowly.upto(settled)
    assert (bias == at_once).all() and bias.any()


def test_only_tokens_within_reach_move_it(model):
    ends = [token.end for token in model.tokenizer.tokens(SOURCE)]
    ids = model.tokenizer.encode(SOURCE)
    reader = Reader(model, FILE, Variant("", 0.3, reach=0))
    assert not reader.upto(ends[9]).any()
    bias = reader.upto(ends[10])
    rows = np.concatenate([rows for rows, _ in rolled_logits(model, prompt(model, "python"), ids)])
    assert np.allclose(bias, moved(0 * bias, rows[10].astype(np.float32), ids[10], 0.3))


def test_without_a_rate_it_suggests_what_the_engine_does(model):
    stretch = Stretch(FILE, 0, 120)
    plain, biased = (
        replay(source, [stretch])
        for source in (EngineSource(model, 0), BiasedSource(model, ALL_SHOWN))
    )
    assert plain.shown
    assert {**vars(plain), "milliseconds": 0} == {**vars(biased), "milliseconds": 0}


def test_the_bias_is_added_to_the_logits_that_suggestions_are_made_of(model):
    source = BiasedSource(model, Variant("", 0.3, raised=-1))
    source.open(FILE)
    half = len(SOURCE) // 2
    source.suggest(SOURCE[:half], "")
    stream = source._session._buffer.stream
    own, biased = Stream.logits(stream, len(stream.ids)), stream.logits(len(stream.ids))
    held = source._session.sync(SOURCE[:half]).held
    bias = Reader(model, FILE, Variant("", 0.3)).upto(half - len(held))
    assert (biased == own + bias).all() and (biased != own).any()


def test_a_difference_that_every_file_has_has_no_spread():
    tallies = {
        Path(name): [Tally(100, 60, shown=9, accepted=4), Tally(100, 59, shown=11, accepted=4)]
        for name in "abc"
    }
    rows = biases.compared(tallies, [Variant("none"), Variant("more")])
    assert rows["none"]["more"] == "+0.00 (+0.00 to +0.00)"
    assert rows["more"] == {
        "keys saved, %": 41.0,
        "more": "+1.00 (+1.00 to +1.00)",
        "wrong per 100": 7.0,
        "more wrong": "+2.00 (+2.00 to +2.00)",
    }


def test_the_interval_is_of_files_and_not_of_characters():
    size = np.full(50, 100)
    even = biases.spread(np.full(50, 2), size)
    one = biases.spread(np.eye(50)[0] * 100, size)
    assert even == "+2.00 (+2.00 to +2.00)"
    assert one.startswith("+2.00 (+0.00 to ")


def test_every_way_of_reading_is_tried_at_every_rate_beside_the_engine_as_it_is():
    first, second, *learning = biases.variants([0.1, 0.3], 0.05)
    assert first == Variant("none") and second.raised == 0.05 and not second.rate
    ways = {(variant.rate, variant.reach) for variant in learning}
    assert ways == {(rate, reach) for rate in (0.1, 0.3) for reach in (None, 512, 0)}
    assert len(learning) == 6 and not any(variant.raised for variant in learning)
