"""The scaling study: what the real sizes cost, and small ones that are real models."""

from __future__ import annotations

import pytest

from codecomplete.trainer.network.transformer import parameter_count
from codecomplete.trainer.studies import scaling

from ..test_documentation import TEXT


def test_costs_are_arithmetic_over_tokens_and_speed():
    rows = scaling.costs()
    for name, row in rows.items():
        flops = row["MFLOP/token"] * 1e6 * row["M tokens"] * 1e6
        assert row["EFLOP"] == pytest.approx(flops / 1e18, rel=0.02)
        seconds = row["M tokens"] * 1e6 / row["tokens/s"]
        assert row["hours on one H100"] == pytest.approx(seconds / 3600, rel=0.05), name
    assert f"| scaling-225m | {rows['scaling-225m']['parameters']:,} |" in TEXT
    assert f"| {rows['scaling-225m']['hours on one H100']} |" in TEXT


def test_the_sizes_grow():
    counts = [parameter_count(scaling.model_of(name)) for name in scaling.SIZES]
    assert counts == sorted(counts) and counts[-1] > 2.5 * counts[0]
