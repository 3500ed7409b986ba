"""Where public rows come from, and what happens where there are none."""

from __future__ import annotations

import json
import lzma

import pytest

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.learning.recipe import Recipe
from codecomplete.trainer.personal import replay
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


def test_without_any_public_code_it_is_said_what_follows(vocabulary_file, monkeypatch, tmp_path):
    monkeypatch.setattr(replay, "SAMPLE", tmp_path / "none")
    found = public(None, vocabulary_file, RECIPE)
    assert found.rows is None and not found.validation
    assert "fades faster" in found.origin and "--replay" in found.origin


def test_a_sample_that_comes_along_is_read_and_a_part_held_out(
    vocabulary_file, monkeypatch, tmp_path
):
    documents = [
        {"package": "p", "path": f"{at}.py", "language": "python", "licence": "MIT",
         "text": f"def f{at}(x):\n    return x + {at}\n" * 20}
        for at in range(25)
    ]  # fmt: skip
    path = tmp_path / "sample.jsonl.xz"
    with lzma.open(path, "wt") as file:
        file.writelines(json.dumps(document) + "\n" for document in documents)
    monkeypatch.setattr(replay, "SAMPLE", path)
    found = public(None, vocabulary_file, RECIPE)
    assert found.rows is not None and "25 public files" in found.origin
    assert [text for _, text in found.validation] == [documents[0]["text"], documents[12]["text"],
                                                      documents[24]["text"]]  # fmt: skip
