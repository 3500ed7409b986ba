"""How long tests wait for what will happen, and what work may cost, however busy the machine is.

With thirty programs for two processors everything takes fifteen times as long, so a limit in
seconds only tells what never happens from what is slow. Work that must not grow is counted in
seconds of a processor, which hardly depend on who else uses it.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 300.0
"""Seconds until a test gives up on what should happen; none should need them."""

LONG = 6 * PATIENCE
"""Seconds until a program is given up that computes for a minute by itself, such as a build."""

FOREVER = 2 * PATIENCE
"""Seconds that something takes for which nobody may wait: who does, fails for lack of patience."""


@contextmanager
def work_below(seconds: float) -> Iterator[None]:
    """Fails if the block takes this process more seconds of a processor."""
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


def work_of(pid: int) -> float:
    """Seconds of a processor that another process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    user, system = fields[11:13]  # the 14th and 15th of the line
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def is_at_work(pid: int) -> bool:
    """Whether a thread of another process runs, would run if it had a processor, or waits for a
    disk; not one that waits for a key, a lock or a time."""
    threads: list[Path] = []
    with contextlib.suppress(OSError):  # the process has just ended
        threads = list(Path(f"/proc/{pid}/task").iterdir())
    for thread in threads:
        with contextlib.suppress(OSError):  # the thread has
            stat = (thread / "stat").read_text()
            if stat.rpartition(")")[2].split()[0] in "RD":
                return True
    return False


def pause(waited: float, least: float = 0.002) -> float:
    """Seconds until the next look at what is waited for, after so many. The longer it takes, the
    rarer the looks, which take the processor from what they wait for; none is late by more than a
    twentieth."""
    return min(max(least, waited / 20), 0.1)
