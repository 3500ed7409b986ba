"""Local text bends a distribution, and leaves it one; the kernel and NumPy bend it alike."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.engine.kernel import KernelUnavailable, Native
from codecomplete.engine.local.mixing import (
    MATCH_FACTS,
    MOST_CORRECTED,
    MOST_NATS,
    SOURCES,
    TOKEN_FACTS,
    Evidence,
    Mixer,
    Network,
)
from codecomplete.engine.local.ngrams import NgramIndex
from tests.engine.local.believing import believing, constant, random_mixer

IDS = st.lists(st.integers(0, 9), min_size=1, max_size=60)
BROAD = np.arange(40, dtype=np.uint16)  # more tokens than are corrected


def compiled():
    try:
        return Native().mix
    except KernelUnavailable:
        pytest.skip("no compiled kernel here")


def indexed(*texts) -> list:
    """What followed the same tokens in one text for each source."""
    return [NgramIndex([np.array(text, dtype=np.uint16)]) for text in texts]


def found(context, *texts):
    pairs = zip(SOURCES, indexed(*texts), strict=True)
    return [(source, index.matches(context)) for source, index in pairs]


def some_distribution(seed: int, size: int = 10) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(size)).astype(np.float32)


@given(project=IDS, file=IDS, window=IDS, context=IDS, seed=st.integers(0, 1000))
def test_the_result_is_a_distribution(project, file, window, context, seed):
    matches = found(context, project, file, window)
    mixed = random_mixer(seed).mix(some_distribution(seed), matches)
    assert mixed.min() >= 0
    assert mixed.sum() == pytest.approx(1, abs=1e-4)


@given(project=IDS, file=IDS, window=IDS, context=IDS, seed=st.integers(0, 1000))
def test_the_kernel_and_numpy_agree(project, file, window, context, seed):
    matches = found(context, project, file, window)
    mixer, before = random_mixer(seed), some_distribution(seed)
    ours = before.copy()
    mixed = mixer.mix(before, matches, compiled())
    assert np.allclose(mixed, mixer.mix(before, matches), rtol=1e-4, atol=1e-7)
    assert (before == ours).all(), "what was given stays as it was"


def test_they_agree_where_more_tokens_follow_than_are_corrected():
    texts = [np.stack([np.full(40, 50), np.roll(BROAD, by)], 1).ravel() for by in (0, 7, 19)]
    matches = found([50], *texts)
    assert len(matches[0][1][0].ids) > 2 * MOST_CORRECTED
    mixer, before = random_mixer(3), some_distribution(3, 60)
    assert np.allclose(
        mixer.mix(before, matches, compiled()), mixer.mix(before, matches), rtol=1e-4
    )


def test_what_followed_before_becomes_likelier():
    uniform = np.full(10, 0.1, np.float32)
    matches = [("file", indexed([1, 2, 3, 1, 2, 3])[0].matches([1, 2]))]
    mixed = believing(0.5).mix(uniform, matches)
    assert mixed.argmax() == 3
    assert (mixed[[0, 4, 5, 6, 7, 8, 9]] < 0.1).all()


def test_a_match_pulls_by_its_share_and_the_longer_has_the_last_word():
    uniform = np.full(10, 0.1, np.float32)
    index = indexed([5, 2, 4, 1, 2, 3])[0]  # after 2: 4 and 3; after 1, 2: 3 alone
    mixed = believing(0.5, "file").mix(uniform, [("file", index.matches([1, 2]))])
    once = 0.5 * uniform + 0.5 * np.eye(10)[[3, 4]].mean(axis=0)
    assert mixed == pytest.approx(0.5 * once + 0.5 * np.eye(10)[3], abs=1e-6)


def test_a_correction_changes_the_odds_of_what_followed_and_of_nothing_else():
    before = some_distribution(1)
    matches = [("window", indexed([1, 3, 1, 4])[0].matches([1]))]
    even = believing(0.3, "window")
    pulled = even.mix(before, matches)
    for nats in (1.0, -2.0, 50.0):
        mixed = Mixer(even.pull, constant(TOKEN_FACTS, nats)).mix(before, matches)
        times = math.exp(min(nats, MOST_NATS))
        assert mixed[3] / mixed[0] == pytest.approx(times * pulled[3] / pulled[0], rel=1e-4)
        assert mixed[4] / mixed[3] == pytest.approx(pulled[4] / pulled[3], rel=1e-4)
        assert mixed[5] / mixed[0] == pytest.approx(pulled[5] / pulled[0], rel=1e-4)


def test_without_matches_or_for_an_unknown_source_nothing_changes():
    uniform = np.full(10, 0.1, np.float32)
    assert (believing(0.5).mix(uniform, [("file", [])]) == uniform).all()
    index = indexed([1, 2])[0]
    assert (believing(0.5).mix(uniform, [("elsewhere", index.matches([1]))]) == uniform).all()


@pytest.mark.parametrize("fault", ["id", "source", "followers", "total"])
def test_the_kernel_refuses_evidence_that_does_not_fit(fault):
    evidence = Evidence.of(found([1], [1, 2], [1, 3, 1, 2], [2, 1]))
    assert evidence is not None
    if fault == "id":
        evidence.ids[0] = 10
    else:
        column = {"source": 0, "followers": 3, "total": 2}[fault]
        evidence.matches[0, column] = {"source": 3, "followers": 99, "total": 0}[fault]
    mixer = random_mixer(0)
    networks = [(network.packed, len(network.bias)) for network in (mixer.pull, mixer.correct)]
    with pytest.raises(ValueError, match="the kernel refused a call"):
        compiled()(networks, some_distribution(0), evidence.matches, evidence.ids, evidence.counts)


def test_a_mixer_is_written_and_read():
    mixer = random_mixer(4)
    again = Mixer.from_dict(json.loads(json.dumps(mixer.to_dict())))
    for before, after in ((mixer.pull, again.pull), (mixer.correct, again.correct)):
        assert after.packed == pytest.approx(before.packed, abs=1e-4)


GOOD = constant(MATCH_FACTS, 0.0).to_dict()


@pytest.mark.parametrize(
    "values",
    [
        [0.1, 0.2],
        "x",
        {},
        GOOD | {"bias": [1.0, 2.0]},
        GOOD | {"outward": [[1.0]]},
        GOOD | {"outward": [math.nan]},
        GOOD | {"offset": math.inf},
        GOOD | {"inward": [], "bias": [], "outward": []},
        constant(MATCH_FACTS + 1, 0.0).to_dict(),
    ],
)
def test_networks_that_are_none_are_refused(values):
    assert Network.from_dict(GOOD, MATCH_FACTS)
    with pytest.raises((ValueError, KeyError, TypeError)):
        Mixer.from_dict({"pull": values, "correct": constant(TOKEN_FACTS, 0.0).to_dict()})
