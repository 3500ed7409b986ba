"""Stretches that occur twice: found exactly as by looking everywhere, and cut out of training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.corpus import open_shards
from codecomplete.corpus.substrings import repeats, thin
from tests.corpus.helpers import package, program, tar
from tests.corpus.test_build import build, texts


def by_looking(ids: list[int], breaks: list[bool], length: int) -> list[bool]:
    inside = [False] * len(ids)
    for start in range(len(ids) - length + 1):
        window = ids[start : start + length]
        if any(breaks[start : start + length]):
            continue
        if any(ids[e : e + length] == window and not any(breaks[e : e + length])
               for e in range(start)):  # fmt: skip
            inside[start : start + length] = [True] * length
    return inside


@settings(deadline=None)
@given(st.lists(st.integers(0, 2), max_size=40), st.integers(1, 6), st.sets(st.integers(0, 39)))
def test_the_repeats_are_those_that_looking_everywhere_finds(
    ids: list[int], length: int, broken: set[int]
) -> None:
    breaks = [at in broken for at in range(len(ids))]
    found = repeats(np.array(ids, dtype=np.uint16), np.array(breaks, dtype=bool), length)
    assert found.tolist() == by_looking(ids, breaks, length)


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Two files that share a long function and are not alike as a whole."""
    shared = program(1, lines=30)
    members = {
        "learn": [("a/x.py", shared + program(2, lines=60)), ("a/y.py", program(3, 60) + shared)],
        "exam": [("b/z.py", program(9))],
    }
    packages = [
        package(
            tar(tmp_path / f"{name}.tar.gz", [(path, text.encode()) for path, text in files]),
            split="test" if name == "exam" else "train",
        )
        for name, files in members.items()
    ]
    return build(packages, tmp_path / "work")


def test_one_of_two_equal_stretches_is_cut_out_of_training_text(
    shards: Path, tmp_path: Path
) -> None:
    found = thin(shards, tmp_path / "out", 60)
    before, after = texts(shards, "train"), texts(tmp_path / "out", "train")
    shared = program(1, lines=30)[:-60]
    middle = shared[100:-100]
    assert sum(middle in text for text in before) == 2
    assert sum(middle in text for text in after) == 1
    assert 0 < found["cut"] < found["ids"] / 2
    assert texts(tmp_path / "out", "test") == texts(shards, "test")
    for shard in open_shards(tmp_path / "out", verify=True).split("train"):
        assert shard.index["bytes"].tolist() == [len(text.encode()) for text in after]


def test_text_without_repeats_stays_as_it_is(shards: Path, tmp_path: Path) -> None:
    assert thin(shards, tmp_path / "out", 5_000)["cut"] == 0
    assert texts(tmp_path / "out", "train") == texts(shards, "train")
