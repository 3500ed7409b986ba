"""The key/value buffer: the cheapest way to other ids gives the state of the straight one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.engine import Stopped
from codecomplete.engine.state.stream import Stream

IDS = st.lists(st.integers(20, 400), min_size=1, max_size=12)


def straight(runtime, ids: list[int]) -> np.ndarray:
    stream = Stream(runtime)
    stream.follow(0, ids)
    return stream.logits(len(ids))


@pytest.fixture(scope="module", params=["sliding", "block"])
def runtime(request, make_model):
    return make_model(request.param).model.runtime


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one - other).max() < 0.05 and one.argmax() == other.argmax())


@settings(max_examples=25)
@given(first=IDS, keep=st.integers(0, 12), then=IDS)
def test_following_is_the_same_as_starting_again(runtime, first, keep, then):
    stream, keep = Stream(runtime), min(keep, len(first))
    stream.follow(0, first)
    then = then[: 14 - keep]
    stream.follow(keep, then)
    wanted = first[:keep] + then
    assert stream.ids[: len(wanted)] == wanted
    assert same(stream.logits(len(wanted)), straight(runtime, wanted))


@given(ids=IDS)
def test_what_agrees_is_not_run_again(runtime, ids):
    stream = Stream(runtime)
    assert stream.follow(0, ids) == len(ids)
    assert stream.follow(0, ids) == 0
    assert stream.follow(len(ids) - 1, ids[-1:]) == 0
    assert stream.steps == len(ids)


def test_a_right_draft_costs_nothing_more_and_a_wrong_one_is_forgotten(runtime):
    stream = Stream(runtime)
    stream.follow(0, [30, 31])
    stream.foresee(2, [32], [33, 34])
    steps = stream.steps
    assert stream.follow(2, [32, 33, 34]) == 0 and stream.steps == steps
    stream.follow(2, [32, 40])
    assert same(stream.logits(4), straight(runtime, [30, 31, 32, 40]))


def test_a_stop_leaves_what_was_run(runtime):
    stream = Stream(runtime)
    with pytest.raises(Stopped):
        stream.follow(0, [30, 31], stop=lambda: True)
    assert stream.ids == [] and stream.steps == 0
    stream.follow(0, [30, 31])
    assert same(stream.logits(2), straight(runtime, [30, 31]))


def test_there_are_no_logits_before_the_first_id(runtime):
    with pytest.raises(ValueError, match="nothing has been run"):
        Stream(runtime).logits(0)
