"""Benchmarks say the same words for the same figures, and can all be started."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import pytest

import benchmarks
from benchmarks import figures

MODULES = sorted(
    path.stem for path in Path(benchmarks.__file__).parent.glob("*.py")
    if path.stem not in ("__init__", "figures")
)  # fmt: skip


def test_the_95th_percentile_is_one_of_the_times_whatever_their_order():
    assert figures.p95([5.0]) == 5.0
    assert figures.p95([float(n) for n in range(100, -1, -1)]) == 95.0


def test_a_row_has_the_median_the_95th_percentile_and_the_longest():
    assert figures.row("ours", [1.0, 2.0, 9.0]) == "| ours | 2.0 | 2.0 | 9.0 |"
    assert figures.with_p95([1.0, 2.0, 9.0], 2) == "2.00 (p95 2.00)"
    assert figures.with_most([1.0, 2.0, 9.0]) == "2 (at most 9)"
    assert figures.with_most([]) == "none seen"


def test_the_memory_of_a_process_is_at_most_what_it_once_had():
    now = figures.memory_mb(os.getpid(), "VmRSS")
    assert 1 < now <= figures.memory_mb(os.getpid())


@pytest.mark.parametrize("name", MODULES)
def test_every_benchmark_can_be_started_and_stands_in_the_list(name):
    assert callable(importlib.import_module(f"benchmarks.{name}").main)
    assert f"| ``{name}`` |" in benchmarks.__doc__
