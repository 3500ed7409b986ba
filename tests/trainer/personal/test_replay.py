"""Where public rows come from, and what happens where there are none."""

from __future__ import annotations

import pytest

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.learning.recipe import Recipe
from codecomplete.trainer.personal.replay import public
from tests.trainer.conftest import shards  # noqa: F401

RECIPE = Recipe(row_tokens=64)


def test_rows_and_validation_come_from_shards(shards):  # noqa: F811
    found = public(shards, shards / "tokenizer.json", RECIPE)
    assert found.rows.batch(0, 3).shape == (3, 65)
    assert found.validation and {language for language, _ in found.validation} == {"python"}
    assert str(shards) in found.origin


def test_shards_in_another_vocabulary_are_refused(shards, tmp_path):  # noqa: F811
    other = tmp_path / "tokenizer.json"
    other.write_bytes((shards / "tokenizer.json").read_bytes() + b"\n")
    with pytest.raises(ConfigError, match="another vocabulary"):
        public(shards, other, RECIPE)


def test_without_any_public_code_it_is_said_what_follows(vocabulary_file):
    found = public(None, vocabulary_file, RECIPE)
    assert found.rows is None and not found.validation
    assert "fades faster" in found.origin and "--replay" in found.origin
