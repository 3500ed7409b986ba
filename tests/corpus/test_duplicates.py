"""Exact and near duplicates: what counts as one, and which of two stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.corpus import duplicates
from codecomplete.corpus.duplicates import (
    exact_repeats,
    near_repeats,
    shingles,
    signatures,
    text_digest,
)
from tests.corpus.helpers import program


def test_the_first_of_equal_texts_stays() -> None:
    digests = [text_digest(text) for text in ("a", "b", "a", "c", "b")]
    assert exact_repeats(digests) == [False, False, True, False, True]


def test_a_small_change_is_a_near_repeat_and_another_text_is_not() -> None:
    text = program(1)
    texts = [text, program(2), text.replace("return", "yield"), "   \n" + text]
    assert near_repeats(signatures(texts)) == [-1, -1, 0, 0]


def test_layout_does_not_hide_a_copy() -> None:
    text = program(3)
    assert np.array_equal(
        shingles(text), shingles(text.replace("    ", "\t").replace("\n", "\n\n"))
    )


def test_only_kept_texts_are_compared_with() -> None:
    """A chain of small changes must not pull unlike texts together."""
    rows = np.arange(3 * 128, dtype=np.uint32).reshape(3, 128)
    rows[1, :] = rows[0]
    rows[1, 112:] = 1  # 87 % like the first: dropped
    rows[2, :] = rows[1]
    rows[2, 96:112] = 2  # 87 % like the second, 75 % like the first: kept
    assert near_repeats(rows) == [-1, 0, -1]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 40), st.integers(0, 10**6))
def test_estimated_similarity_is_near_the_true_one(changed: int, seed: int) -> None:
    lines = program(seed).split("\n")
    other = program(seed + 1).split("\n")
    texts = ["\n".join(lines), "\n".join([*other[:changed], *lines[changed:]])]
    sets = [set(shingles(text).tolist()) for text in texts]
    true = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
    rows = signatures(texts)
    assert abs((rows[0] == rows[1]).mean() - true) < 0.25  # 5.6 standard deviations at worst


@pytest.mark.parametrize("text", ["", " ", "x", "a b c d"])
def test_tiny_texts_have_a_signature(text: str) -> None:
    assert signatures([text]).shape == (1, duplicates.PERMUTATIONS)


def test_no_texts_have_no_signatures() -> None:
    assert signatures([]).shape == (0, duplicates.PERMUTATIONS)
    assert near_repeats(signatures([])) == []


def test_signatures_do_not_depend_on_their_neighbours() -> None:
    texts = [program(seed) for seed in range(5)]
    together = signatures(texts)
    alone = np.concatenate([signatures([text]) for text in texts])
    assert np.array_equal(together, alone)
