"""What a client can send that is not believed, and what is made of the rest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from codecomplete.trainer.federated.checks import (
    Update,
    combined,
    difference,
    epsilon,
    fault,
    norm,
    outliers,
)
from codecomplete.trainer.federated.settings import Plan

SENT = {"a": np.zeros((3, 2), np.float32), "b": np.ones(4, np.float32)}
PLAN = Plan(most_norm=10.0, most_examples=1000)


def update(by: float = 0.1, examples: float = 100, client: str = "1", **changed) -> Update:
    arrays = {name: (array + np.float32(by)).astype(np.float32) for name, array in SENT.items()}
    return Update(client, arrays | changed, examples)


def test_an_honest_update_is_believed():
    assert fault(update(), SENT, PLAN) is None


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (update(a=np.full((3, 2), np.nan, np.float32)), "not finite"),
        (update(a=np.full((3, 2), np.inf, np.float32)), "not finite"),
        (update(a=np.zeros((2, 3), np.float32)), "expected"),
        (update(a=np.zeros((3, 2), np.int64)), "expected"),
        (update(c=np.zeros(1, np.float32)), "other arrays"),
        (Update("1", {"a": SENT["a"]}, 1), "other arrays"),
        (update(by=100), "norm"),
        (update(examples=0), "claims"),
        (update(examples=-5), "claims"),
        (update(examples=math.nan), "claims"),
        (update(examples=math.inf), "claims"),
    ],
)
def test_an_update_that_makes_no_sense_is_refused_with_the_reason(wrong, reason):
    assert reason in fault(wrong, SENT, PLAN)


def test_a_mean_is_weighted_by_examples_up_to_the_cap():
    together = combined([update(0.0, 1000), update(1.0, 10**9)], SENT, PLAN)
    assert np.allclose(together["a"], 0.5)
    assert np.allclose(combined([update(0.0, 300), update(1.0, 100)], SENT, PLAN)["a"], 0.25)


@pytest.mark.parametrize("average", ["median", "trimmed"])
def test_a_robust_mean_is_not_moved_by_one_liar(average):
    updates = [*(update(0.1, client=str(at)) for at in range(4)), update(1.5, 1000, "liar")]
    plan = Plan(average=average, most_norm=10.0)
    assert np.allclose(combined(updates, SENT, plan)["a"], 0.1)
    assert combined(updates, SENT, Plan(most_norm=10.0))["a"].mean() > 0.3


def test_one_and_two_clients_can_be_trimmed():
    for count in (1, 2):
        updates = [update(0.2, client=str(at)) for at in range(count)]
        assert np.allclose(combined(updates, SENT, Plan(average="trimmed"))["a"], 0.2)


def test_what_is_far_larger_than_the_others_is_an_outlier_where_there_are_three():
    updates = [update(0.1, client="1"), update(0.12, client="2"), update(2.0, client="3")]
    assert {*outliers(updates, SENT, PLAN)} == {"3"}
    assert not outliers(updates[1:], SENT, PLAN)


def test_clipping_bounds_what_anybody_can_change_and_makes_all_weigh_the_same():
    plan = Plan(clip=0.5, most_norm=100.0)
    together = combined([update(3.0, 1), update(3.0, 1000)], SENT, plan)
    assert norm(difference(together, SENT)) == pytest.approx(0.5, rel=1e-3)


def test_noise_has_the_deviation_that_was_asked_for_and_is_never_the_same():
    sent = {"a": np.zeros(200_000, np.float32)}
    plan = Plan(clip=2.0, noise=1.5)
    one, two = (combined([Update("1", sent, 1)] * 4, sent, plan)["a"] for _ in range(2))
    assert one.std() == pytest.approx(1.5 * 2.0 / 4, rel=0.02)
    assert not np.array_equal(one, two)


def test_epsilon_is_that_of_the_gaussian_mechanism():
    # one round, sigma 4, delta 1e-5: the classic bound sqrt(2 ln(1.25 / delta)) / sigma is 1.21,
    # and Renyi composition cannot promise more than that many times the exact value, 0.93
    assert 0.93 < epsilon(4.0, 1, 1e-5) < 1.3
    assert epsilon(4.0, 10, 1e-5) < 10 * epsilon(4.0, 1, 1e-5)
    assert epsilon(1.0, 5, 1e-5) > epsilon(2.0, 5, 1e-5) > epsilon(2.0, 5, 1e-3)
    assert epsilon(0.0, 1, 1e-5) == math.inf
