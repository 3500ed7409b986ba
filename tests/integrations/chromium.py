"""Chromium's program, for tests that drive a browser."""

from __future__ import annotations

import shutil

import pytest

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first is Chromium without its own windows, half the work for the same pages."""


def chromium() -> str:
    """The program; skips the test where there is none."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        pytest.skip("no Chromium here (apt-get install chromium-headless-shell)")
    return found
