"""Short measurements and estimates have the right shape; figures belong to the docs."""

from __future__ import annotations

import pytest

from codecomplete.trainer.learning.throughput import measure
from codecomplete.trainer.network.transformer import (
    mean_attended,
    parameter_count,
    step_flops_per_token,
)
from codecomplete.trainer.runs.plan import make_plan
from codecomplete.trainer.runs.presets import PRESETS
from codecomplete.trainer.studies.throughput import compare, ours, plain

from ..toy import PLAIN


def test_a_measurement_runs_real_steps():
    toy = PRESETS["toy"]
    speed = measure(toy.model, toy.recipe, PLAIN, seconds=0.1)
    assert speed.tokens_per_second > 0 and 0 < speed.mfu < 1


def test_a_token_of_a_row_sees_half_of_it_in_the_mean():
    assert mean_attended(8, 8) == 4.5
    assert mean_attended(4, 1) == 1.0
    assert mean_attended(1024, 256) == pytest.approx(224.125)


def test_arithmetic_of_system_a_is_six_per_weight_and_attention():
    model = PRESETS["system-a"].model
    tables = (8_000 + 256) * 512  # looked up, not multiplied
    flops = step_flops_per_token(model, 256)
    weights = parameter_count(model) - tables
    assert flops == pytest.approx(6 * weights + 12 * 8 * 512 * 128.5, rel=0.003)


def test_plans_count_optimiser_state_and_rows():
    toy, system_a = (make_plan(PRESETS[name], 10, 1_000, False) for name in ("toy", "system-a"))
    assert toy.tokens == 10 * 1_024 and toy.epochs == 10.24
    assert system_a.checkpoint_bytes == 12 * 33_551_168  # weights and two moments
    assert system_a.memory_bytes > 4 * 4 * 33_551_168


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_study_compares_the_two_loops_step_by_step(shards, monkeypatch):
    monkeypatch.setattr("codecomplete.trainer.studies.throughput.Compute", lambda: PLAIN)
    loops = {"plain": plain(PRESETS["toy"], shards), "ours": ours(PRESETS["toy"], shards)}
    found = compare(loops, 1_024, steps=2)
    assert found["plain"] > 0 and found["ours"] > 0 and found["ratio_median"] > 0
