"""Resident memory is that of this process, and grows with what it holds."""

from __future__ import annotations

import subprocess
import sys

from tests.patience import LONG

MEGABYTES = 64
PROGRAM = f"""
import numpy as np
from codecomplete.engine import resident_mb
before = resident_mb()
held = np.ones({MEGABYTES} * 10**6, np.uint8)
print(before, resident_mb(), held.sum())
"""


def test_it_grows_with_what_is_held():
    """In a process of its own: one that ran other tests has memory left over to hold it in."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=LONG
    )
    before, after, held = map(float, done.stdout.split())
    assert 1 < before < after - 0.8 * MEGABYTES
    assert held == MEGABYTES * 10**6
