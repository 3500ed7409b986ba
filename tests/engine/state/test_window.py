"""Window plans: integers in, integers out."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.state.window import Roll, can_cut, largest_room, roll, start_length
from tests.tiny import CONFIGS

SLIDING, BLOCK = CONFIGS["sliding"], CONFIGS["block"]  # windows of 16


@pytest.mark.parametrize(
    ("config", "length", "room", "expected"),
    [
        (SLIDING, 0, 16, Roll(0, 0)),
        (SLIDING, 47, 1, Roll(0, 0)),
        (SLIDING, 48, 1, Roll(16, 0)),
        (SLIDING, 40, 16, Roll(8, 0)),
        (BLOCK, 15, 1, Roll(0, 0)),
        (BLOCK, 16, 1, Roll(8, 8)),
        (BLOCK, 12, 8, Roll(8, 4)),
        (BLOCK, 16, 8, Roll(8, 8)),
    ],
)
def test_rolls(config, length, room, expected):
    assert roll(config, length, room) == expected


@given(config=st.sampled_from([SLIDING, BLOCK]), data=st.data())
def test_a_roll_always_makes_room_and_keeps_what_it_can(config, data):
    length = data.draw(st.integers(0, config.capacity))
    room = data.draw(st.integers(1, largest_room(config)))
    plan = roll(config, length, room)
    kept = length - plan.drop
    assert kept >= 0 and kept + room <= config.capacity
    assert plan.replay in (0, kept)
    if config is SLIDING and plan.drop:
        assert kept >= config.window - 1, "the next token needs the window - 1 entries before it"


@given(length=st.integers(0, 48), room=st.integers(17, 60))
def test_more_room_than_can_be_given_is_a_mistake(length, room):
    if length + room > SLIDING.capacity:
        with pytest.raises(ValueError, match="room for"):
            roll(SLIDING, length, room)


def test_cutting_after_an_eviction_needs_a_full_window():
    assert can_cut(SLIDING, origin=0, keep=0)
    assert can_cut(SLIDING, origin=5, keep=16)
    assert not can_cut(SLIDING, origin=5, keep=15)
    assert can_cut(BLOCK, origin=5, keep=0)


def test_a_fresh_start_fits_the_buffer_and_leaves_room():
    for config in (SLIDING, BLOCK, dataclasses.replace(SLIDING, window=256)):
        assert start_length(config) + largest_room(config) <= config.capacity
