"""Pairs out of shards: split by package, without repeats, with licences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codecomplete.corpus.__main__ import main
from codecomplete.corpus.errors import OutputError, ShardError
from codecomplete.corpus.pairsets import write_pairs
from tests.corpus.helpers import package, program, tar
from tests.corpus.test_build import build


def function(name: str, what: str, seed: int) -> str:
    head, _, body = program(seed, lines=8).partition("\n")
    signature = head.replace(f"f{seed}", name)
    return f'{signature}\n    """Return {what} of all the others."""\n{body}'


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Two packages to learn from; the second repeats a function of the first and of the test."""
    files = {
        "learn": [("a/x.py", function("first", "the first", 1) + function("second", "two", 2))],
        "more": [
            (
                "b/y.py",
                function("first", "the first", 1)
                + program(7)
                + function("held", "what is held", 9),
            )
        ],
        "exam": [("c/z.py", function("held", "what is held", 9) + program(8))],
        "check": [("d/w.py", function("third", "the third", 3))],
    }
    splits = {"exam": "test", "check": "validation"}
    packages = [
        package(
            tar(tmp_path / f"{name}.tar.gz", [(path, text.encode()) for path, text in members]),
            split=splits.get(name, "train"),
            licence="BSD-3-Clause" if name == "learn" else "MIT",
        )
        for name, members in files.items()
    ]
    return build(packages, tmp_path / "work")


def read(out: Path, split: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (out / f"{split}.jsonl").read_text().splitlines()]


def test_splits_are_those_of_the_packages_and_held_out_pairs_are_not_learned(
    shards: Path, tmp_path: Path
) -> None:
    manifest = write_pairs(shards, tmp_path / "pairs")
    learned = {row["instruction"]: row for row in read(tmp_path / "pairs", "train")}
    assert learned.keys() == {
        "Return the first of all the others.",
        "Return two of all the others.",
    }
    assert [row["package"] for row in read(tmp_path / "pairs", "test")] == ["exam"]
    assert [row["package"] for row in read(tmp_path / "pairs", "validation")] == ["check"]
    assert manifest["splits"]["train"]["found"] == 4 and manifest["splits"]["train"]["kept"] == 2


def test_every_pair_names_its_package_and_licence(shards: Path, tmp_path: Path) -> None:
    write_pairs(shards, tmp_path / "pairs")
    rows = {row["instruction"]: row for row in read(tmp_path / "pairs", "train")}
    two = rows["Return two of all the others."]
    assert (two["package"], two["licence"]) == ("learn", "BSD-3-Clause")
    assert {"instruction", "input", "output"} <= two.keys()
    assert "| learn | BSD-3-Clause |" in (tmp_path / "pairs" / "ATTRIBUTION.md").read_text()


def test_the_same_shards_give_the_same_pairs(shards: Path, tmp_path: Path) -> None:
    first, second = (write_pairs(shards, tmp_path / name) for name in "ab")
    assert first == second


def test_nothing_of_anybody_elses_is_written_over(shards: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"thesis\.txt"):
        write_pairs(shards, tmp_path / "mine")
    with pytest.raises(OutputError, match="which is read"):
        write_pairs(shards, shards)


def test_shards_without_a_pair_are_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    archive = tar(tmp_path / "a.tar.gz", [("a/x.py", program(5).encode())])
    out = build([package(archive)], tmp_path / "work")
    with pytest.raises(ShardError, match="no comment or docstring in it"):
        write_pairs(out, tmp_path / "pairs")
    assert main(["pairs", str(out), str(tmp_path / "pairs")]) == 1
    assert "no comment or docstring" in capsys.readouterr().err
