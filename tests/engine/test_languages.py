"""Languages by file name: one table, read in both directions."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from codecomplete.engine import EXTENSIONS, LANGUAGES, language_of
from codecomplete.engine.languages import TAGGED
from codecomplete.engine.tokenizer import SPECIAL_TOKENS, language_tag

TEN = ("python", "c", "java", "cpp", "go", "javascript", "typescript", "rust", "php", "kotlin")


def test_every_extension_belongs_to_one_language():
    all_of_them = [extension for found in EXTENSIONS.values() for extension in found]
    assert len(all_of_them) == len(set(all_of_them))
    assert all(extension == extension.lower() for extension in all_of_them)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_of_each_extension_is_of_its_language(language):
    for extension in EXTENSIONS[language]:
        assert language_of(f"folder.py/name{extension}") == language
        assert language_of(PurePosixPath(f"NAME{extension.upper()}")) == language


@pytest.mark.parametrize("name", ["", "Makefile", ".py", "name.", "name.pyc", "py", "a.py/b"])
def test_other_names_are_of_none(name):
    assert language_of(name) is None


def test_shards_and_vocabularies_of_before_mean_the_same():
    assert LANGUAGES[: len(TEN)] == TEN, "a shard holds a language as its place"
    assert TAGGED == TEN and SPECIAL_TOKENS[9:] == tuple(map(language_tag, TEN))
    assert len(SPECIAL_TOKENS) == 19
