"""Profiles: the real ones are whole, and a bad one names everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.corpus.errors import ProfileError
from codecomplete.corpus.filters import Limits
from codecomplete.corpus.packages import Package, read_packages
from codecomplete.corpus.profiles import Profile, read_profile, read_profiles


@pytest.mark.parametrize("name", read_profiles())
def test_every_profile_reads_and_names_known_packages(name: str) -> None:
    profile = read_profile(name)
    known = {package.name for package in read_packages()}
    assert set(profile.packages or ()) <= known
    assert any(package.split == "train" for package in profile.select(read_packages()))


def test_a_bad_profile_names_every_problem(tmp_path: Path) -> None:
    text = '[bad]\nmix = { python = -1, cobol = 3 }\nvocabulary = 7\nrecipe = "x"\nspeed = 2\n'
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as error:
        read_profile("bad", tmp_path / "p.toml")
    for part in ("python = -1", "'cobol'", "vocabulary:", "recipe: 'x'", "unknown key 'speed'"):
        assert part in str(error.value)


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(
        ProfileError, match="no profile 'huge'; there are first, small, own, ten, three"
    ):
        read_profile("huge")


def test_held_out_packages_take_part_whatever_a_profile_names() -> None:
    facts = {"kind": "npm", "version": "1", "licence": "MIT"}
    mine = Package(name="mine", split="train", languages=("python",), **facts)
    other = Package(name="other", split="train", languages=("python",), **facts)
    held_out = Package(name="held", split="test", languages=("python",), **facts)
    elsewhere = Package(name="c", split="test", languages=("c",), **facts)
    profile = Profile("p", "", {"python": 1.0}, 512, packages=("mine",))
    assert profile.select([mine, other, held_out, elsewhere]) == [mine, held_out]


def test_a_profile_may_name_the_few_held_out_packages_that_it_keeps() -> None:
    profile, listed = read_profile("own"), read_packages()
    taken = profile.select(listed)
    assert {one.name for one in taken} == {*profile.packages, *profile.held_out}
    for split in ("train", "validation", "test"):
        covered = {language for one in taken if one.split == split for language in one.languages}
        assert {*profile.mix} <= covered, split


def test_a_users_own_code_takes_part_whatever_a_profile_names() -> None:
    facts = {"name": "ours", "version": "", "licence": "LicenseRef-own", "split": "train"}
    own = Package(kind="folder", languages=("python",), location="/x", **facts)
    assert Profile("p", "", {"python": 1.0}, 512, packages=("mine",)).select([own]) == [own]
    assert not Profile("p", "", {"c": 1.0}, 512, packages=("mine",)).select([own])


def test_a_profile_may_learn_from_packages_that_others_hold_out() -> None:
    profile, listed = read_profile("system-a"), read_packages()
    splits = {package.name: package.split for package in profile.select(listed)}
    assert splits["redis"] == splits["libcommons-lang3-java"] == "train"
    assert splits["nginx"] == splits["groovy"] == splits["networkx"] == "test"
    learned = {name for name, split in splits.items() if split == "train"}
    assert learned == {*profile.packages, *profile.unsealed}
    kept = {package.name: package.split for package in read_profile("small").select(listed)}
    assert kept["redis"] == "test"


def test_limits_are_read_and_unknown_ones_named(tmp_path: Path) -> None:
    assert read_profile("system-d").limits.least_alphanumeric == 0.25
    assert read_profile("small").limits == Limits()
    path = tmp_path / "profiles.toml"
    path.write_text(
        '[p]\nmix = { c = 1 }\nvocabulary = 400\nlimits = { width = 3, most_characters = "x" }\n'
    )
    with pytest.raises(ProfileError, match=r"limits: width = 3.*\n.*most_characters = 'x'"):
        read_profile("p", path)
