"""The rate is a pure function of the step."""

from __future__ import annotations

import pytest

from codecomplete.trainer.learning.recipe import CONSTANT, COSINE, LINEAR, STABLE, Recipe
from codecomplete.trainer.learning.schedule import averaging_begins, rate_factor

STEPS = 100


def recipe(schedule: str, **fields) -> Recipe:
    return Recipe(schedule=schedule, warmup_steps=10, **{"decay_share": 0.5} | fields)


@pytest.mark.parametrize("schedule", [LINEAR, COSINE, CONSTANT, STABLE])
def test_warms_up_linearly(schedule):
    factors = [rate_factor(recipe(schedule), step, STEPS) for step in range(10)]
    assert factors == pytest.approx([(step + 1) / 10 for step in range(10)])


@pytest.mark.parametrize(
    "schedule, middle",
    [(LINEAR, 0.5), (COSINE, 0.5), (STABLE, 1 - 0.5**0.5), (CONSTANT, 1.0)],
)
def test_half_way_down(schedule, middle):
    assert rate_factor(recipe(schedule), 49, STEPS) == 1.0
    assert rate_factor(recipe(schedule), 75, STEPS) == pytest.approx(middle)


@pytest.mark.parametrize("schedule", [LINEAR, COSINE, STABLE])
def test_ends_at_the_final_rate(schedule):
    assert rate_factor(recipe(schedule, final_rate=0.1), STEPS, STEPS) == pytest.approx(0.1)


@pytest.mark.parametrize("schedule", [LINEAR, COSINE, STABLE])
def test_never_rises_after_the_warm_up(schedule):
    factors = [rate_factor(recipe(schedule), step, STEPS) for step in range(10, STEPS)]
    assert factors == sorted(factors, reverse=True)


def test_a_branch_ends_a_constant_run_as_the_stable_schedule_would():
    branch = [rate_factor(recipe(CONSTANT), step, STEPS, decay_from=50) for step in range(STEPS)]
    stable = [rate_factor(recipe(STABLE), step, STEPS) for step in range(STEPS)]
    assert branch == pytest.approx(stable)


def test_averaging_covers_the_last_part():
    assert averaging_begins(Recipe(average=0.9, average_share=0.2), STEPS) == 80
    assert averaging_begins(Recipe(), STEPS) == STEPS


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"schedule": "wavy"}, "schedule is 'wavy', expected linear or cosine"),
        ({"fim_rate": 2.0}, "fim_rate is 2.0, expected 0 to 1"),
        ({"matrix_rate": 0.0}, "matrix_rate is 0.0, expected more than 0"),
        ({"fim_rate": 0.5, "fim_tokens": 9_999}, "fim_tokens is 9999"),
    ],
)
def test_impossible_recipes_name_the_field(fields, said):
    with pytest.raises(ValueError, match="impossible recipe") as caught:
        Recipe(**fields)
    assert said in str(caught.value)


def test_every_problem_is_named_at_once():
    with pytest.raises(ValueError) as caught:
        Recipe(schedule="wavy", order="none", average=1.5)
    assert all(name in str(caught.value) for name in ("schedule", "order", "average"))
