"""Origins: archives are checked against their pins, clients' failures are told, rows are read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from codecomplete.corpus import sources
from codecomplete.corpus.archives import SourceFile
from codecomplete.corpus.errors import SourceError
from codecomplete.corpus.packages import Package, read_packages
from tests.corpus.helpers import package, tar, work_with

CODE = b"def f():\n    return 1\n"


def everything(path: str) -> bool:
    return True


@pytest.mark.parametrize("kind", ["debian-source", "wheel", "sdist", "npm"])
def test_a_cached_archive_is_not_fetched_again(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tar(tmp_path / "x.tar.gz", [("x/a.py", CODE)])
    pinned = package(path, kind=kind)
    work = work_with(tmp_path / "work", [path])
    monkeypatch.setattr(sources, "run", pytest.fail)
    sources.source_of(pinned).fetch(pinned, work.archives)
    entries = list(sources.source_of(pinned).read(pinned, work.archives, everything))
    assert entries == [SourceFile("x/a.py", CODE)]


class FakeClient(sources._Registry):
    """A registry whose client puts one file into the folder."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data = name, data

    def _download(self, package: Package, folder: Path, archives: Path) -> None:
        (folder / self.name).write_bytes(self.data)


def test_a_changed_archive_is_refused_and_not_kept(tmp_path: Path) -> None:
    pinned = package(tar(tmp_path / "x.tar.gz", [("x/a.py", CODE)]))
    with pytest.raises(SourceError, match=r"x\.tar\.gz has SHA-256 \w+, expected \w+"):
        FakeClient("x.tar.gz", b"other").fetch(pinned, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_archive_of_another_name_is_told(tmp_path: Path) -> None:
    pinned = package(tar(tmp_path / "x.tar.gz", [("x/a.py", CODE)]))
    with pytest.raises(SourceError, match=r"expected x\.tar\.gz, fetched y\.tar\.gz"):
        FakeClient("y.tar.gz", b"other").fetch(pinned, tmp_path / "cache")


def test_an_altered_cache_is_fetched_again(tmp_path: Path) -> None:
    path = tar(tmp_path / "x.tar.gz", [("x/a.py", CODE)])
    pinned, work = package(path), work_with(tmp_path / "work", [path])
    (work.archives / path.name).write_bytes(b"altered")
    FakeClient(path.name, path.read_bytes()).fetch(pinned, work.archives)
    assert (work.archives / path.name).read_bytes() == path.read_bytes()


def test_apts_lists_are_turned_to_sources(tmp_path: Path) -> None:
    parts = tmp_path / "apt" / "sources.list.d"
    parts.mkdir(parents=True)
    (parts / "debian.sources").write_text("Types: deb\nURIs: http://debian.example/debian\n")
    (parts / "other.sources").write_text("Types: deb\nURIs: http://other.example/\n")
    (tmp_path / "apt" / "sources.list").write_text(
        "deb http://debian.example/debian sid main\n# x\n"
    )
    out = tmp_path / "out"
    out.mkdir()
    sources._write_source_lists(tmp_path / "apt", out)
    assert (out / "debian.sources").read_text().startswith("Types: deb-src\n")
    assert not (out / "other.sources").exists()
    assert (out / "sources-src.list").read_text() == (
        "deb-src http://debian.example/debian sid main\n"
    )


def local(kind: str, location: Path, **changes: object) -> Package:
    facts = {"kind": kind, "name": "own", "version": "", "licence": "MIT", "split": "train",
             "languages": ("python",), "location": str(location)}  # fmt: skip
    return Package(**(facts | changes))


def test_a_folder_is_read_where_it_lies_and_its_state_changes_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "a.py").write_bytes(CODE)
    own = local("folder", folder)
    source = sources.source_of(own)
    source.fetch(own, tmp_path)
    assert list(source.read(own, tmp_path, everything)) == [SourceFile("code/a.py", CODE)]
    before = source.state(own)
    (folder / "b.py").write_bytes(CODE)
    assert source.state(own) != before


def test_a_folder_may_lie_below_the_home_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_bytes(CODE)
    own = local("folder", Path("~/code"))
    source = sources.source_of(own)
    source.fetch(own, tmp_path)
    assert list(source.read(own, tmp_path, everything)) == [SourceFile("code/a.py", CODE)]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    own = local("folder", tmp_path / "none")
    with pytest.raises(SourceError, match=r"own: .*none is not there; expected a folder"):
        sources.source_of(own).fetch(own, tmp_path)


STACK = {
    "content": "x = 1\ny = 2\nz = 3\n",
    "hexsha": "00ff",
    "ext": "py",
    "lang": "Python",
    "max_stars_repo_path": "src/a.py",
    "max_stars_repo_name": "someone/thing",
    "max_stars_repo_licenses": ["mit", "apache-2.0"],
}
CODEPARROT = {"code": "x = 2\n", "repo_name": "b/c", "path": "d.py", "license": "gpl-3.0"}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (STACK, ("someone/thing/src/a.py", STACK["content"], "MIT AND Apache-2.0")),
        (CODEPARROT, ("b/c/d.py", CODEPARROT["code"], "gpl-3.0")),
    ],
    ids=["the-stack", "codeparrot"],
)
def test_a_data_set_is_read_with_each_rows_licence(
    tmp_path: Path, row: dict[str, object], expected: tuple[str, str, str]
) -> None:
    pytest.importorskip("datasets")
    folder = tmp_path / "rows"
    folder.mkdir()
    bad = {**row, "max_stars_repo_path": "../../x.py", "path": "../../x.py"}
    lines = [json.dumps(one) for one in (row, bad)]
    (folder / "train.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    own = local("dataset", folder)
    found = list(sources.source_of(own).read(own, tmp_path / "cache", everything))
    path, text, licence = expected
    assert found[0] == SourceFile(path, str(text).encode(), licence)
    assert found[1].reason == "unsafe path"


def test_a_data_set_that_is_not_there_is_told(tmp_path: Path) -> None:
    pytest.importorskip("datasets")
    own = local("dataset", tmp_path / "none")
    with pytest.raises(SourceError, match="own: data set"):
        list(sources.source_of(own).read(own, tmp_path / "cache", everything))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_a_real_package_comes_through_its_client(tmp_path: Path) -> None:
    pinned = next(one for one in read_packages() if one.name == "eslint")
    source = sources.source_of(pinned)
    try:
        source.fetch(pinned, tmp_path)
    except SourceError as error:
        pytest.skip(f"no registry: {error}")
    assert len(list(source.read(pinned, tmp_path, everything))) > 100
