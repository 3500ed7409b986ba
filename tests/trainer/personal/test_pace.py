from __future__ import annotations

import pytest

from codecomplete.trainer.personal.pace import Pace
from codecomplete.trainer.personal.training import ADAPTERS, FULL, recipe_for


def test_a_pass_reads_every_token_as_often_as_the_pace_says():
    assert Pace(readings=2.0).steps(3_000, 1_000) == 6.0
    assert Pace(readings=0.5).steps(3_000, 1_000) == 1.5


def test_the_peak_scales_every_rate_but_that_of_adapters_matrices():
    slow, fast = (recipe_for(FULL, 1, 100, peak) for peak in (0.2, 0.4))
    for rate in ("matrix_rate", "table_rate", "other_rate"):
        assert getattr(fast, rate) == pytest.approx(2 * getattr(slow, rate))
    rates = {recipe_for(ADAPTERS, 1, 100, peak).matrix_rate for peak in (0.2, 0.4)}
    assert len(rates) == 1
