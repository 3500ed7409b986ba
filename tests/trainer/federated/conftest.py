"""Clients with code of their own, and a tiny model that all begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.trainer.federated import learner
from tests.trainer.personal.conftest import base  # noqa: F401 - the same tiny model
from tests.trainer.personal.project import SOURCES

PARTS = ("engine", "corpus", "integrations", "trainer")


@pytest.fixture(scope="session")
def clients(tmp_path_factory) -> list[Path]:
    """Four folders with another part of this project each; not to be changed."""
    root = SOURCES[0].parents[1]
    while not (root / "pyproject.toml").is_file():
        root = root.parent
    folders = []
    for part in PARTS:
        folder = tmp_path_factory.mktemp(part) / part
        room = 200_000
        for source in sorted((root / part).rglob("*.py")):
            text = source.read_text("utf-8")
            if len(text) > 1500 and room > 0:
                path = folder / source.relative_to(root / part)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                room -= len(text)
        folders.append(folder)
    return folders


@pytest.fixture(scope="module")
def short_rows():
    """Rows of a quarter of the usual length: a step costs less."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learner, "ROW_TOKENS", 128)
        yield
