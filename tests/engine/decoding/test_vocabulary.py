"""Tokens by their bytes: bisection finds exactly what looking at every token would."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.decoding.vocabulary import Vocabulary


@pytest.fixture(scope="module")
def vocabulary(tokenizer) -> Vocabulary:
    return Vocabulary(tokenizer, tokenizer.size + 3)


PREFIXES = st.one_of(
    st.binary(max_size=6), st.text("abcdef_ (=\n", max_size=6).map(str.encode),
    st.sampled_from([b"\xff", b"\xff\xff", b"a\xff", b""]),
)  # fmt: skip


@given(prefix=PREFIXES)
def test_starting_with_is_every_token_that_starts_so(vocabulary, prefix):
    expected = {
        id_ for id_, text in enumerate(vocabulary.bytes) if text and text.startswith(prefix)
    }
    assert set(vocabulary.starting_with(prefix).tolist()) == expected


@given(text=PREFIXES)
def test_beginning_is_every_shorter_token_that_the_text_starts_with(vocabulary, text):
    found = {vocabulary.bytes[id_] for id_ in vocabulary.beginning(text)}
    assert found == {token for token in vocabulary.bytes
                     if token and len(token) < len(text) and text.startswith(token)}  # fmt: skip


def test_special_tokens_and_ids_beyond_the_tokenizer_are_silent(vocabulary, tokenizer):
    beyond = set(range(tokenizer.size, tokenizer.size + 3))
    assert set(vocabulary.silent.tolist()) == set(tokenizer.special_ids) | beyond


@given(text=st.text("abcdefghijklmnopqrstuvwxyz_", min_size=2, max_size=12))
def test_a_pair_may_follow_just_if_the_tokenizer_writes_it(vocabulary, tokenizer, text):
    ids = tokenizer.encode(text)
    for first, second in pairwise(ids):
        assert vocabulary.may_follow(first, second)
    letters = [tokenizer.encode(letter)[0] for letter in text]
    for first, second in pairwise(letters):
        both = (vocabulary.bytes[first] + vocabulary.bytes[second]).decode()
        assert vocabulary.may_follow(first, second) is (tokenizer.encode(both) == [first, second])
