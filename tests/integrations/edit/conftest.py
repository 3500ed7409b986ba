"""No test of the editor reads or writes the folders of whoever runs it."""

from __future__ import annotations

import pytest

from codecomplete.integrations.edit import dialogs
from tests.integrations.edit import styles

styles.keep_parsed()


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "home" / kind.lower()))


@pytest.fixture(autouse=True)
def fast_hands(monkeypatch):
    """Tests answer questions sooner than people can."""
    monkeypatch.setattr(dialogs, "GUARD_SECONDS", 0.0)
