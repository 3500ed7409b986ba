"""Resident memory is that of this process, and grows with what it holds."""

from __future__ import annotations

import numpy as np

from codecomplete.engine import resident_mb

MEGABYTES = 64


def test_it_grows_with_what_is_held():
    before = resident_mb()
    held = np.ones(MEGABYTES * 10**6, np.uint8)
    assert resident_mb() - before > 0.8 * MEGABYTES
    assert before > 1 and held.sum() == MEGABYTES * 10**6
