"""What follows from a preset and a budget, checked against a real model."""

from __future__ import annotations

import pytest

from codecomplete.trainer.learning.optimiser import make_optimisers
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.plan import make_plan
from codecomplete.trainer.runs.presets import PRESETS

from ..toy import preset


def test_tokens_and_epochs_follow_from_the_steps():
    plan = make_plan(preset(), 10, corpus_tokens=5 * preset().recipe.step_tokens, half=False)
    assert plan.tokens == 10 * preset().recipe.step_tokens and plan.epochs == 2.0


def test_parameters_are_those_of_the_model_and_fit_the_memory_that_is_planned():
    toy = preset()
    plan, model = make_plan(toy, 1, 1, False), Transformer(toy.model)
    numbers = sum(parameter.numel() for parameter in model.parameters())
    assert plan.parameters == numbers
    assert make_optimisers(model, toy.recipe) and plan.memory_bytes > 4 * numbers * 2


def test_processes_share_the_rows_and_so_the_memory():
    small = PRESETS["flagship"]
    one, four = (make_plan(small, 1, 1, True, processes).memory_bytes for processes in (1, 4))
    assert four < one


@pytest.mark.parametrize("name", PRESETS)
def test_a_plan_is_told_in_lines(name):
    plan = make_plan(PRESETS[name], 100, 10**6, half=True)
    told = "\n".join(plan.lines())
    assert name in told and f"{plan.parameters:,}" in told
    assert plan.to_dict()["steps"] == 100
