"""Shards for all tests of the trainer, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from .toy import make_shards


@pytest.fixture(scope="session")
def shards(tmp_path_factory, vocabulary_file) -> Path:
    """A directory of shards of this project's own files; not to be changed."""
    return make_shards(tmp_path_factory.mktemp("shards"), vocabulary_file)
