"""A short run of the long fuzz."""

from __future__ import annotations

import pytest

from tests.engine.fuzz_session import fuzz


@pytest.mark.parametrize("kind", ["sliding", "block"])
def test_a_short_fuzz(make_model, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = fuzz(make_model(kind).model, edits=1500, seed=20)
    assert result["memory_grown_mb"] < 60
