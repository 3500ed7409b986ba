"""A loaded model: whole or refused, and the same for all its sessions."""

from __future__ import annotations

import json
import shutil

import pytest

from codecomplete import engine
from codecomplete.engine import ModelDirectoryError, Project, VocabularyMismatchError
from codecomplete.engine.modeldir.directory import DESCRIPTION, seal
from tests import tiny


def test_the_packaged_model_is_the_default():
    assert engine.load().name == "small"


def test_a_missing_directory_says_which(tmp_path):
    with pytest.raises(ModelDirectoryError, match="nowhere"):
        engine.load(tmp_path / "nowhere")


def test_a_tokenizer_with_more_tokens_than_the_weights_is_refused(make_model, tmp_path):
    """Sealed again, so that the digests agree and only the sizes do not."""
    directory = tmp_path / "model"
    shutil.copytree(make_model("sliding").directory, directory)
    grown = json.loads((directory / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = grown["model"]["vocab"]
    first = len(vocabulary) + len(grown["added_tokens"])
    vocabulary |= {f"more{number}": first + number for number in range(600)}
    (directory / "tokenizer.json").write_text(json.dumps(grown), encoding="utf-8")
    description = json.loads((directory / DESCRIPTION).read_text())
    description.pop("files")
    seal(directory, description)
    with pytest.raises(VocabularyMismatchError, match="tokens, but the weights know 512"):
        engine.load(directory)


def test_an_unknown_language_is_none(make_model):
    model = make_model("sliding").model
    assert model.session("cobol")._context.language is None
    assert model.session("python")._context.language == "python"


def test_sessions_of_one_model_do_not_see_each_other(make_model):
    model = make_model("memorised").model
    first, second = model.session("python"), model.session("python")
    text = tiny.SOURCE[:400]
    first.sync(text)
    expected = first.suggest(deadline_ms=None, threshold=0)
    second.sync("something else entirely")
    second.suggest(deadline_ms=None, threshold=0)
    assert first.suggest(deadline_ms=None, threshold=0) == expected


def test_a_project_starts_empty(make_model):
    project = make_model("sliding").model.project()
    assert isinstance(project, Project) and project.tokens == 0 and not project.full
