"""A model directory proves that it is whole, and says what is wrong when it is not."""

from __future__ import annotations

import json
import shutil

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir.directory import seal
from codecomplete.engine.modeldir.names import DEFAULT, DESCRIPTION, PACKAGED, TOKENIZER, WEIGHTS


@pytest.fixture
def directory(make_model, tmp_path):
    return shutil.copytree(make_model("sliding").directory, tmp_path / "model")


def describe(directory, **changes):
    path = directory / DESCRIPTION
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("name", [DESCRIPTION, WEIGHTS, TOKENIZER])
def test_a_missing_file_is_named(directory, name):
    (directory / name).unlink()
    with pytest.raises(engine.ModelDirectoryError, match=name.split(".")[0]):
        engine.load(directory)


@pytest.mark.parametrize("name", [WEIGHTS, TOKENIZER])
def test_a_truncated_file_is_found_by_its_size(directory, name):
    path = directory / name
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(
        engine.ModelDirectoryError, match=r"expected [\d,]+; the copy is incomplete"
    ):
        engine.load(directory)


@pytest.mark.parametrize("name", [WEIGHTS, TOKENIZER])
def test_an_altered_byte_is_found_by_its_digest(directory, name):
    path = directory / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(engine.ModelDirectoryError, match="SHA-256"):
        engine.load(directory)


def test_a_newer_format_asks_for_a_newer_engine(directory):
    describe(directory, format=99)
    with pytest.raises(engine.ModelVersionError, match="format 99, this engine reads 2; install"):
        engine.load(directory)


def test_the_previous_format_says_how_to_convert_it(directory):
    describe(directory, format=1)
    with pytest.raises(engine.ModelVersionError, match="python -m trainer convert OLD NEW"):
        engine.load(directory)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": 2}', '{"format": 2, "files": 3, "name": "x"}']
)
def test_a_description_that_is_none_is_refused(directory, text):
    (directory / DESCRIPTION).write_text(text)
    with pytest.raises(engine.ModelDirectoryError, match=DESCRIPTION):
        engine.load(directory)


def test_unknown_settings_are_refused(directory):
    config = json.loads((directory / DESCRIPTION).read_text())["config"]
    describe(directory, config=config | {"magic": 1})
    with pytest.raises(engine.ModelDirectoryError, match="magic"):
        engine.load(directory)


def test_weights_of_another_architecture_are_refused(directory):
    config = json.loads((directory / DESCRIPTION).read_text())["config"]
    describe(directory, config=config | {"vocabulary_size": 100})
    with pytest.raises(engine.ModelDirectoryError, match=r"embedding.weight is \(512, 64\)"):
        engine.load(directory)


def test_weights_for_another_vocabulary_are_refused(directory):
    shutil.copyfile(PACKAGED / DEFAULT / TOKENIZER, directory / TOKENIZER)
    seal(directory, json.loads((directory / DESCRIPTION).read_text()))
    with pytest.raises(engine.VocabularyMismatchError, match="512"):
        engine.load(directory)


def test_no_directory_at_all(tmp_path):
    with pytest.raises(engine.ModelDirectoryError, match="not a model directory"):
        engine.load(tmp_path / "nowhere")
