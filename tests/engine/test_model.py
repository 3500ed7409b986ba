"""A loaded model: whole or refused, and the same for all its sessions."""

from __future__ import annotations

import json
import shutil

import pytest

from codecomplete import engine
from codecomplete.engine import ModelDirectoryError, Project, VocabularyMismatchError
from codecomplete.engine.modeldir import chosen
from codecomplete.engine.modeldir.directory import seal
from codecomplete.engine.modeldir.names import (
    DEFAULT,
    DESCRIPTION,
    PACKAGED,
    SPECIALISTS,
    TOKENIZER,
    WEIGHTS,
)
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


@pytest.fixture
def with_specialist(make_model, tmp_path):
    """A model that another one stands in for in Go; both can tell themselves by their weights."""
    directory = shutil.copytree(make_model("sliding").directory, tmp_path / "model")
    shutil.copytree(make_model("memorised").directory, directory / SPECIALISTS / "go")
    reseal(directory, specialists={"go": "go"})
    return directory


def reseal(directory, **changes):
    description = json.loads((directory / DESCRIPTION).read_text()) | changes
    description.pop("files")
    description.pop("format")
    seal(directory, description)


def shown(model, language):
    session = model.session(language)
    session.sync(tiny.SOURCE[:400])
    return session.suggest(deadline_ms=None, threshold=0)


def test_a_specialist_serves_its_language_and_no_other(with_specialist, make_model):
    model = engine.load(with_specialist)
    general, special = make_model("sliding").model, make_model("memorised").model
    assert shown(special, "go") != shown(general, "go")
    assert shown(model, "go") == shown(special, "go")
    assert shown(model, "python") == shown(general, "python")
    assert shown(model, None) == shown(general, None)


def test_a_specialist_is_loaded_with_its_first_session_and_once(with_specialist):
    model = engine.load(with_specialist)
    (with_specialist / SPECIALISTS / "go" / WEIGHTS).touch()
    model.session("python")
    assert not model._specialists
    assert model.for_language("go") is model.for_language("go")
    assert model.for_language("go").tokenizer is model.tokenizer, "of which it has no copy"


def test_what_is_never_to_be_shown_is_so_in_every_language(with_specialist):
    model = engine.load(with_specialist)
    model.for_language("go")
    model.never = engine.Never()
    session = model.session("go")
    session.sync(tiny.SOURCE[:400])
    session.forbid(session.suggest(deadline_ms=None, threshold=0).text)
    assert session.suggest(deadline_ms=None, threshold=0) != shown(
        engine.load(with_specialist), "go"
    )


def test_a_model_can_be_loaded_alone(with_specialist, make_model):
    model = engine.load(with_specialist, specialists=False)
    assert shown(model, "go") == shown(make_model("sliding").model, "go")


def test_a_damaged_specialist_leaves_the_other_languages(with_specialist):
    (with_specialist / SPECIALISTS / "go" / WEIGHTS).write_bytes(b"short")
    model = engine.load(with_specialist)
    model.session("python")
    with pytest.raises(ModelDirectoryError, match=r"go.weights\.bin"):
        model.session("go")


def test_a_specialist_of_another_vocabulary_is_refused(with_specialist):
    special = with_specialist / SPECIALISTS / "go"
    (special / TOKENIZER).write_text((special / TOKENIZER).read_text() + "\n")
    reseal(special)
    with pytest.raises(VocabularyMismatchError, match="another vocabulary"):
        engine.load(with_specialist).session("go")


@pytest.mark.parametrize("folder", ["../go", "/etc", "", "a/b", ".", 3])
def test_a_specialist_lies_inside_its_models_directory(with_specialist, folder):
    reseal(with_specialist, specialists={"go": folder})
    with pytest.raises(ModelDirectoryError, match=DESCRIPTION):
        engine.load(with_specialist)


def test_a_chosen_model_of_ones_own_serves_its_languages_and_the_packaged_ones_the_others(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    packaged = PACKAGED / DEFAULT
    own = shutil.copytree(packaged, tmp_path / "own", ignore=shutil.ignore_patterns(SPECIALISTS))
    training = json.loads((own / DESCRIPTION).read_text())["training"]
    training |= {"personal": True, "own_languages": ["java"]}
    reseal(own, name="own", training=training, specialists={})
    chosen.choose(own)
    model = engine.load()
    assert model.name == model.for_language("java").name == model.for_language(None).name == "own"
    assert model.for_language("python").directory.path == packaged
    assert model.for_language("go").directory.path == packaged / SPECIALISTS / "go"
    assert set(model.languages) == set(engine.load(packaged).languages)


def test_an_unknown_language_is_none(make_model):
    model = make_model("sliding").model
    assert model.session("cobol")._buffer.context.language is None
    assert model.session("python")._buffer.context.language == "python"


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
