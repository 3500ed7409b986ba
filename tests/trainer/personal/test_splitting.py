"""Held-out files are whole, are nothing that was nearly learned, and stay the same ones."""

from __future__ import annotations

import pytest

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.personal.reading import OwnFile, read
from codecomplete.trainer.personal.splitting import split

from .project import code


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return read([code(tmp_path_factory.mktemp("mine"))]).files


def paths(side):
    return {file.path for file in side}


def test_every_file_is_on_one_side(files):
    sides = split(files)
    parts = [paths(side) for side in (sides.learned, sides.stopping, sides.judging)]
    assert sum(map(len, parts)) == len(files) == len(set.union(*parts))
    held = sum(file.bytes for file in (*sides.stopping, *sides.judging))
    assert 0.1 < held / sum(file.bytes for file in files) < 0.35
    assert all(parts)


def test_a_near_copy_of_a_file_is_on_its_side(files):
    copies = [OwnFile(f.project, f"copy/{f.path}", f.language, f.text.replace("self", "this", 2))
              for f in files]  # fmt: skip
    sides = split([*files, *copies])
    for side in (sides.learned, sides.stopping, sides.judging):
        own = {path.removeprefix("copy/") for path in paths(side) if path.startswith("copy/")}
        assert own == {path for path in paths(side) if not path.startswith("copy/")}
    assert sides.copies == len(files)


def test_the_split_depends_on_paths_alone_and_not_on_their_order(files):
    assert paths(split(files).judging) == paths(split(files[::-1]).judging)


def test_another_file_moves_few_of_the_others(files):
    before, after = split(files[:-1]), split(files)
    assert len(paths(before.learned) ^ paths(after.learned)) < len(files) / 3


@pytest.mark.parametrize("count", [1, 10])
def test_too_little_is_said_in_numbers(files, count):
    with pytest.raises(ConfigError, match=rf"^{count} files with .* kB .* at least 12 files"):
        split(files[:count])


def test_files_that_all_resemble_each_other_leave_nothing_to_hold_out(files):
    big = max(files, key=lambda file: file.bytes)
    same = [OwnFile("p", f"{at}.py", "python", big.text + f"\n# {at}\n") for at in range(30)]
    with pytest.raises(ConfigError, match="resemble each other"):
        split(same)
