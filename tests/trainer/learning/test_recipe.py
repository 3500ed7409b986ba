"""How a model is trained, as data: checked on creation, and read from older checkpoints."""

from __future__ import annotations

import pytest

from codecomplete.trainer.learning.recipe import Recipe
from codecomplete.trainer.runs.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_s_recipe_is_written_and_read(name):
    recipe = PRESETS[name].recipe
    assert Recipe.from_dict(recipe.to_dict()) == recipe


def test_every_problem_is_named_at_once():
    with pytest.raises(ValueError) as error:
        Recipe(schedule="up", fim_rate=2, row_tokens=0, matrix_rate=0, average=1)
    for part in ("schedule is 'up', expected linear or", "fim_rate is 2, expected 0 to 1",
                 "row_tokens is 0", "matrix_rate is 0", "average is 1"):  # fmt: skip
        assert part in str(error.value)


def test_an_example_must_fit_its_row():
    with pytest.raises(ValueError, match="fim_tokens is 64, expected 16 to 32"):
        Recipe(row_tokens=32, fim_rate=0.5, fim_tokens=64)


def test_assignments_change_a_recipe_and_are_checked():
    recipe = Recipe().changed(["row_tokens=64", "rate = 0.5", "fading_decay=yes", "order=shuffled"])
    assert (recipe.row_tokens, recipe.matrix_rate, recipe.order) == (64, 0.5, "shuffled")
    assert recipe.fading_decay is True
    with pytest.raises(ValueError, match="order is 'sorted', expected random or"):
        Recipe().changed(["order=sorted"])
    for wrong in ("clip=nan", "row_tokens=1.5", "fading_decay=maybe", "clip", "=1"):
        with pytest.raises(ValueError, match=r"is no|expected NAME=VALUE"):
            Recipe().changed([wrong])


def test_a_step_is_all_its_passes():
    assert Recipe(row_tokens=32, batch_rows=4, accumulation=3).step_tokens == 384


def test_fields_of_other_versions_are_left_out():
    known = Recipe(seed=7).to_dict()
    del known["replay"]
    assert Recipe.from_dict(known | {"of_tomorrow": 1}) == Recipe(seed=7)
