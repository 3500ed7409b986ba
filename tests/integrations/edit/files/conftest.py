"""The user's state folder is a fresh one for each test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch) -> Path:
    """Where unsaved work goes; not yet made."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def work(tmp_path) -> Path:
    """Where the user's files are."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder
