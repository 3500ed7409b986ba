"""Statistics that several benchmarks share. Knows no host and no model."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path


def milliseconds(call: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - start)


def at(share: float, times: Sequence[float]) -> float:
    """The quantile of the times for this share."""
    return sorted(times)[int(share * (len(times) - 1))]


def p95(times: Sequence[float]) -> float:
    return at(0.95, times)


def with_most(times: Sequence[float]) -> str:
    """The median and the longest."""
    if not times:
        return "none seen"
    return f"{statistics.median(times):.0f} (at most {max(times):.0f})"


def with_p95(times: Sequence[float], digits: int = 1) -> str:
    """The median and the 95th percentile."""
    return f"{statistics.median(times):.{digits}f} (p95 {p95(times):.{digits}f})"


def row(name: str, times: Sequence[float]) -> str:
    """A table's row: the median, the 95th percentile and the longest."""
    cells = (statistics.median(times), p95(times), max(times))
    return f"| {name} | " + " | ".join(f"{cell:.1f}" for cell in cells) + " |"


def memory_mb(pid: int, field: str = "VmHWM") -> float:
    """Resident memory of a process in 10^6 bytes: its peak or, with ``VmRSS``, the current
    value."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status)[1]) * 1024 / 1e6
