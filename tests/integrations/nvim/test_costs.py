"""Generous guards of what docs/nvim.md measures exactly."""

from __future__ import annotations

import statistics

from benchmarks import nvim


def test_a_key_costs_little_and_the_same_in_a_long_file(program):
    short, long = (nvim.keys(program, lines, 60) for lines in (200, 20_000))
    for found in (short, long):
        assert len(found["taken"]) > 50, "nearly every key brought ghost text"
        assert statistics.median(found["taken"]) < 25.0
        assert statistics.median(found["held"]) < 10.0
    assert sum(long["worked"]) < 2.0 * sum(short["worked"]) + 1.0


def test_the_plugin_costs_little_at_the_start(program):
    assert nvim.start(program, 5) < 2.0
