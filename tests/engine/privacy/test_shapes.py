"""A shape is found whole and while it is typed, and no line that has one lacks a hint of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.engine.privacy.shapes import AT_SIGHT, HINTS, SHAPES, cut_off, whole

LOOKAHEADS = re.compile(r"\(\?=[^)]*\)")


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.begin)
@settings(max_examples=30)
@given(data=st.data())
def test_every_token_of_a_shape_is_found_and_has_a_hint(shape, data):
    begin = LOOKAHEADS.sub("1a", shape.begin, count=1)
    begin = LOOKAHEADS.sub("", begin)
    pattern = re.compile(rf"{begin}{shape.body}{{{shape.least}}}", re.ASCII)
    token = data.draw(st.from_regex(pattern, fullmatch=True))
    assert whole().search(f'"{token}"')
    assert any(hint in token for hint in HINTS), token


@pytest.mark.parametrize("begin", sorted(AT_SIGHT))
@given(data=st.data())
def test_what_is_known_at_sight_is_known_before_more_is_typed(begin, data):
    text = data.draw(st.from_regex(re.compile(begin, re.ASCII), fullmatch=True))
    assert cut_off().search(f'x = "{text}')


def test_at_sight_names_only_beginnings_of_shapes():
    assert {shape.begin for shape in SHAPES} >= AT_SIGHT


@pytest.mark.parametrize("text", ["sketch", "key-value", "hf_model", "SG.", "ACCOUNT", "x-us"])
def test_words_that_begin_alike_are_none(text):
    assert not whole().search(text) and not cut_off().search(text)
