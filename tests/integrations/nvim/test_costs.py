"""A key costs no more in a long file, and the start next to nothing. How long they take is measured
by ``benchmarks/nvim.py``."""

from __future__ import annotations

from benchmarks import nvim


def test_a_key_costs_little_and_the_same_in_a_long_file(program):
    short, long = (nvim.keys(program, lines, 60) for lines in (200, 20_000))
    for found in (short, long):
        assert len(found["taken"]) > 30, "most keys brought ghost text"
    assert sum(long["worked"]) < 2.0 * sum(short["worked"]) + 1.0


def test_the_plugin_costs_little_at_the_start(program):
    assert any(nvim.start(program, 1) < 2.0 for _ in range(8))  # it may be interrupted in most
