"""A specialist serves a language where it is better, and there only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir.directory import seal
from codecomplete.engine.modeldir.names import DESCRIPTION, SPECIALISTS, TOKENIZER
from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.export.specialists import attach
from tests import tiny


@pytest.fixture
def model(make_model, tmp_path) -> Path:
    """Random weights, and beside them weights that know one Python file by heart."""
    directory = shutil.copytree(make_model("sliding").directory, tmp_path / "model")
    special = shutil.copytree(make_model("memorised").directory, directory / SPECIALISTS / "snake")
    of_languages(special, "python,go")
    return directory


@pytest.fixture
def files(tmp_path) -> Path:
    """The file known by heart, and one for Go whose bytes are nothing that it expects."""
    for name, text in (("python/p/known.py", tiny.SOURCE), ("go/p/other.go", "%!?@~^" * 90)):
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return tmp_path / "files"


def of_languages(special: Path, languages: str) -> None:
    description = json.loads((special / DESCRIPTION).read_text())
    description["training"]["recipe"] = {"language": languages}
    seal(special, {k: v for k, v in description.items() if k not in ("files", "format")})


def test_it_serves_the_languages_in_which_it_is_better(model, files):
    said: list[str] = []
    assert attach(model, "snake", files, 4_000, said.append) == ["python"]
    assert said[0].startswith("python") and said[1].endswith("left")
    loaded = engine.load(model)
    assert loaded.for_language("python") is not loaded
    assert loaded.for_language("go") is loaded


def test_attaching_again_replaces_what_it_served(model, files):
    attach(model, "snake", files, 4_000, str)
    of_languages(model / SPECIALISTS / "snake", "go")
    assert attach(model, "snake", files, 4_000, str) == []
    assert not engine.load(model).directory.specialists


def test_what_was_trained_on_everything_is_no_specialist(model, files):
    of_languages(model / SPECIALISTS / "snake", "")
    with pytest.raises(ConfigError, match="a preset such as small-go"):
        attach(model, "snake", files, 4_000, str)


def test_a_language_without_files_to_measure_on_is_named(model, files):
    shutil.rmtree(files / "go")
    with pytest.raises(ConfigError, match="has no go to measure"):
        attach(model, "snake", files, 4_000, str)


def test_another_vocabulary_is_refused(model, files):
    special = model / SPECIALISTS / "snake"
    (special / TOKENIZER).write_text((special / TOKENIZER).read_text() + "\n")
    of_languages(special, "python")
    with pytest.raises(ConfigError, match="different vocabulary"):
        attach(model, "snake", files, 4_000, str)
