"""Local text bends a distribution, and leaves it one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.local.mixing import SHAPE, Mixer
from codecomplete.engine.local.ngrams import NgramIndex

IDS = st.lists(st.integers(0, 9), min_size=1, max_size=40)


def mixer(share: float) -> Mixer:
    return Mixer({"file": np.full(SHAPE, share, np.float32)})


@given(text=IDS, context=IDS, share=st.floats(0, 0.99), seed=st.integers(0, 100))
def test_the_result_is_a_distribution(text, context, share, seed):
    probabilities = np.random.default_rng(seed).dirichlet(np.ones(10)).astype(np.float32)
    index = NgramIndex([np.array(text, dtype=np.uint16)])
    mixed = mixer(share).mix(probabilities, [("file", index.matches(context))])
    assert mixed.min() >= 0
    assert mixed.sum() == pytest.approx(1, abs=1e-4)


def test_what_followed_before_becomes_likelier():
    index = NgramIndex([np.array([1, 2, 3, 1, 2, 3], dtype=np.uint16)])
    uniform = np.full(10, 0.1, np.float32)
    mixed = mixer(0.5).mix(uniform, [("file", index.matches([1, 2]))])
    assert mixed.argmax() == 3
    assert (mixed[[0, 4, 5, 6, 7, 8, 9]] < 0.1).all()


def test_without_matches_or_for_an_unknown_source_nothing_changes():
    uniform = np.full(10, 0.1, np.float32)
    assert (mixer(0.5).mix(uniform, [("file", [])]) == uniform).all()
    index = NgramIndex([np.array([1, 2], dtype=np.uint16)])
    assert (mixer(0.5).mix(uniform, [("elsewhere", index.matches([1]))]) == uniform).all()


def test_a_mixer_is_written_and_read():
    again = Mixer.from_dict(mixer(0.25).to_dict())
    assert (again.shares["file"] == 0.25).all()


@pytest.mark.parametrize("table", [[0.1, 0.2], np.full(SHAPE, 1.0).tolist(), "x"])
def test_tables_that_are_none_are_refused(table):
    with pytest.raises(ValueError):
        Mixer.from_dict({"file": table})
