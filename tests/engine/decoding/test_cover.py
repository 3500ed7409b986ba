"""Covering held bytes, against brute force over a tiny vocabulary."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.engine.decoding.cover import EXACT, TYPING, cover, largest
from codecomplete.engine.decoding.vocabulary import Vocabulary


class Letters:
    """A tokenizer of a few short tokens; id 0 is special."""

    token_bytes = (b"", b"a", b"b", b"ab", b"ba", b"abb", b"bb", b"aba")
    size = len(token_bytes)


VOCABULARY = Vocabulary(Letters(), size=9)  # one id more than the tokenizer knows


def random_model(seed: int):
    """Probabilities that depend on every id before."""

    def probabilities(ids):
        powers = np.exp(np.random.default_rng([seed, *ids]).normal(scale=2.0, size=9))
        powers[[0, 8]] = 0.0
        return powers / powers.sum()

    return probabilities


def brute_force(held: bytes, model) -> dict[tuple[int, ...], float]:
    """The probability of every sequence that covers ``held`` with its last token only."""
    found = {}
    for length in range(1, len(held) + 1):
        for ids in itertools.product(range(1, 8), repeat=length):
            body = b"".join(Letters.token_bytes[i] for i in ids[:-1])
            whole = body + Letters.token_bytes[ids[-1]]
            if len(body) < len(held) and held.startswith(body) and whole.startswith(held):
                found[ids] = math.prod(model(ids[:i])[id_] for i, id_ in enumerate(ids))
    return found


@settings(max_examples=60, deadline=None)
@given(held=st.text(alphabet="ab", min_size=1, max_size=5), seed=st.integers(0, 10_000))
def test_the_best_covering_is_the_likeliest_of_all(held, seed):
    model, held = random_model(seed), held.encode()
    every = brute_force(held, model)
    found = cover(held, VOCABULARY, model, longest=16)
    best = max(every, key=every.get)
    assert every[found[0].ids] == pytest.approx(every[best])
    assert all(covering.ids in every for covering in found)
    assert sum(covering.share for covering in found) <= 1 + 1e-6


@settings(max_examples=60, deadline=None)
@given(held=st.text(alphabet="ab", min_size=1, max_size=5), seed=st.integers(0, 10_000))
def test_without_limits_every_covering_has_its_exact_share(held, seed):
    model, held = random_model(seed), held.encode()
    every = brute_force(held, model)
    whole = sum(every.values())
    found = cover(held, VOCABULARY, model, longest=16, limits=EXACT)
    assert {covering.ids for covering in found} == set(every)
    for covering in found:
        assert covering.share == pytest.approx(every[covering.ids] / whole)


def open_paths(held: bytes, searched: set[tuple[int, ...]]) -> int:
    """How many beginnings of coverings were reached and not searched further."""
    reached = {(*ids, id_) for ids in searched for id_ in range(1, 8)} - searched
    spelled = (b"".join(Letters.token_bytes[i] for i in ids) for ids in reached)
    return sum(len(body) < len(held) and held.startswith(body) for body in spelled)


@settings(max_examples=60, deadline=None)
@given(held=st.text(alphabet="ab", min_size=1, max_size=4), seed=st.integers(0, 10_000))
def test_the_limits_of_typing_cost_little_of_a_share(held, seed):
    """A path that is left open counts as if all of it covered the text, so a share is never too
    large. Each has less than the least share of the best covering, so for each that is open, the
    whole is too large by at most that share of the best. Four letters need fewer steps than typing
    allows."""
    model, held = random_model(seed), held.encode()
    every, searched = brute_force(held, model), set()

    def watched(ids):
        searched.add(ids)
        return model(ids)

    best = cover(held, VOCABULARY, watched, longest=16)[0]
    exact = every[best.ids] / sum(every.values())
    assert len(searched) < TYPING.expansions and best.share <= exact + 1e-9
    most = TYPING.least_share * open_paths(held, searched)
    assert 1 / best.share - 1 / exact <= most + 1e-9


def test_a_search_that_is_stopped_takes_one_step_and_gives_what_it_has():
    asked = []
    model = random_model(3)

    def counting(ids):
        asked.append(ids)
        return model(ids)

    found = cover(b"abab", VOCABULARY, counting, longest=16, stop=lambda: True)
    assert asked == [()]
    assert all(b"".join(map(Letters.token_bytes.__getitem__, c.ids)) for c in found)


def test_only_pairs_that_the_tokenizer_writes_are_followed():
    pairs = set()

    def may_follow(first, second):
        pairs.add((first, second))
        return (first, second) != (1, 2)  # "a", "b" would have been merged into "ab"

    found = cover(b"abb", VOCABULARY, random_model(1), 16, EXACT, may_follow)
    assert (1, 2) in pairs and found
    assert not any((1, 2) in zip(c.ids, c.ids[1:-1], strict=False) for c in found)


def test_nothing_covers_what_the_vocabulary_cannot_spell():
    assert cover(b"xyz", VOCABULARY, random_model(0), longest=16) == []


def test_paths_are_no_longer_than_asked():
    found = cover(b"abab", VOCABULARY, random_model(1), longest=2)
    assert found and all(len(covering.ids) <= 2 for covering in found)


@given(prefix=st.binary(max_size=4))
def test_tokens_starting_with_a_prefix_are_all_found(prefix):
    expected = {i for i, text in enumerate(Letters.token_bytes) if text and text.startswith(prefix)}
    assert set(VOCABULARY.starting_with(prefix).tolist()) == expected


@given(text=st.text(alphabet="ab", max_size=6))
def test_tokens_that_begin_a_text_are_all_found(text):
    whole = text.encode()
    expected = {
        i
        for i, t in enumerate(Letters.token_bytes)
        if t and len(t) < len(whole) and whole.startswith(t)
    }
    assert set(VOCABULARY.beginning(whole)) == expected


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.data())
def test_of_equally_large_values_the_first_are_chosen(numbers, data):
    count = data.draw(st.integers(1, len(numbers)))
    best = largest(np.array(numbers, np.float32), count)
    assert best.tolist() == sorted(range(len(numbers)), key=lambda i: (-numbers[i], i))[:count]
