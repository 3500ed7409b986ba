"""The list of packages: real data, and clear complaints about bad data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecomplete.corpus.errors import ProfileError, SourceError
from codecomplete.corpus.packages import (
    Package,
    own_folders,
    read_packages,
    require_permissive,
)
from codecomplete.engine.languages import LANGUAGES

HELD_OUT = {
    "test": {"networkx", "SQLAlchemy", "redis", "nginx", "libcommons-lang3-java", "groovy"},
    "validation": {"Twisted", "bokeh", "tcl8.6", "mbedtls", "zookeeper", "jts"},
}


def test_the_held_out_packages_are_where_they_must_be() -> None:
    for split, names in HELD_OUT.items():
        assert names <= {package.name for package in read_packages() if package.split == split}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_every_language_has_every_split(language: str, split: str) -> None:
    found = [one for one in read_packages() if one.split == split and language in one.languages]
    assert found


def test_every_archive_is_pinned() -> None:
    for package in read_packages():
        assert package.archives
        assert all(len(archive.sha256) == 64 for archive in package.archives)


def row(**changes: object) -> str:
    facts = {"kind": "npm", "name": "a", "version": "1", "licence": "MIT", "split": "train",
             "languages": ["javascript"]}  # fmt: skip
    return json.dumps(facts | changes)


def test_a_bad_list_names_every_problem(tmp_path: Path) -> None:
    lines = [row(), row(name="b", split="learn"), "{", row(name="c", kind="svn"), row(name="A"),
             row(name="d", colour="red")]  # fmt: skip
    (tmp_path / "list.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ProfileError) as error:
        read_packages(tmp_path / "list.jsonl")
    for part in ("list.jsonl:2: split 'learn'", "list.jsonl:3:", "list.jsonl:4: kind 'svn'",
                 "a: listed twice", "list.jsonl:6: unknown keys ['colour']"):  # fmt: skip
        assert part in str(error.value)


def test_a_missing_list_says_where(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"none\.jsonl: cannot be read"):
        read_packages(tmp_path / "none.jsonl")


def test_a_copyleft_package_is_refused_unless_it_is_ones_own() -> None:
    facts = {"name": "linux", "version": "6", "licence": "GPL-2.0-only", "split": "train"}
    with pytest.raises(SourceError, match=r"linux: licence 'GPL-2\.0-only' is not known"):
        require_permissive(Package(kind="debian-source", languages=("c",), **facts))
    require_permissive(Package(kind="folder", languages=("c",), **facts))


def test_slugs_are_safe_file_names() -> None:
    facts = {"kind": "npm", "version": "1", "licence": "MIT", "split": "train", "languages": ()}
    assert Package(name="@cesium/engine", **facts).slug == "cesium_engine"


def test_own_folders_get_names_that_nobody_else_has(tmp_path: Path) -> None:
    taken = [Package("npm", "App", "1", "MIT", "train", ("javascript",))]
    found = own_folders([tmp_path / "app", tmp_path / "x" / "app", tmp_path / "b"], taken)
    assert [one.name for one in found] == ["app-2", "app-3", "b"]
    assert {one.split for one in found} == {"train"} and all(one.is_own for one in found)
    assert found[1].location == str(tmp_path / "x" / "app")
