"""The whole path on made-up packages: what ends up where, and that it always does so again."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codecomplete.corpus import build as building
from codecomplete.corpus import open_shards, runners, stages
from codecomplete.corpus.build import stages as plan
from codecomplete.corpus.errors import CorpusError, ProfileError, SourceError
from codecomplete.corpus.filters import Limits
from codecomplete.corpus.packages import Package, own_folders
from codecomplete.corpus.packing import pack, unpack
from codecomplete.corpus.profiles import Profile
from codecomplete.corpus.stages import Work
from codecomplete.corpus.vocabulary import CHARACTER_VOCABULARY
from codecomplete.engine.tokenizer import Tokenizer
from tests.corpus.helpers import digests, package, program, small_profile, tar, work_with

C = '#include <stdio.h>\n\nint main(void)\n{\n    puts("%d");\n    return %d;\n}\n'


def source(seed: int) -> bytes:
    return program(seed).encode()


@pytest.fixture
def packages(tmp_path: Path) -> list[Package]:
    """Two packages to learn from, one to validate and one to test on."""
    near = program(100).replace("return", "yield").encode()
    archives = {
        "learn": [(f"learn-1/m{seed}.py", source(seed)) for seed in range(8)]
        + [("learn-1/copy.py", source(100)), ("learn-1/near.py", near)]
        + [("learn-1/test_x.py", source(50)), ("../climb.py", source(51))]
        + [("learn-1/latin.py", b"x = '\xe9'\ny = 1\nz = 2\n")],
        "more": [("more-1/a.c", (C % (1, 2)).encode()), ("more-1/again.py", source(3))],
        "check": [("check-1/a.py", source(200))],
        "exam": [("exam-1/a.py", source(100)), ("exam-1/b.py", source(101))],
    }
    splits = {"check": "validation", "exam": "test"}
    return [
        package(tar(tmp_path / f"{name}.tar.gz", members), split=splits.get(name, "train"))
        for name, members in archives.items()
    ]


def build(
    packages: list[Package], root: Path, workers: int = 1, profile: Profile | None = None
) -> Path:
    archives = [
        path
        for one in packages
        for path in root.parent.glob(one.archives[0].file if one.archives else "-")
    ]
    work = work_with(root, archives)
    out = root / "out"
    runners.run(plan(profile or small_profile(), packages, work, out), workers)
    return out


def texts(out: Path, split: str) -> list[str]:
    tokenizer = Tokenizer.load(out / "tokenizer.json")
    return [
        tokenizer.decode(shard.ids[row["start"] : row["start"] + row["length"]].tolist())
        for shard in open_shards(out, verify=True).split(split)
        for row in shard.index
    ]


def dropped(out: Path, name: str) -> dict[str, list[int]]:
    rows = json.loads((out / "manifest.json").read_text())["packages"]
    files = next(row for row in rows if row["name"] == name)["files"]
    return {
        reason: count for found in files.values() for reason, (count, _) in found["dropped"].items()
    }


def test_texts_end_up_in_their_split_and_duplicates_of_held_out_ones_nowhere(
    packages: list[Package], tmp_path: Path
) -> None:
    out = build(packages, tmp_path / "work")
    assert set(texts(out, "test")) == {program(100), program(101)}
    assert texts(out, "validation") == [program(200)]
    assert set(texts(out, "train")) == {program(seed) for seed in range(8)} | {C % (1, 2)}
    assert dropped(out, "learn") == {
        "unsafe path": 1,
        "test": 1,
        "not utf-8": 1,
        "exact duplicate": 1,
        "near-duplicate of held-out": 1,
    }
    assert dropped(out, "more") == {"exact duplicate": 1}


def test_documents_are_framed_and_indexed(packages: list[Package], tmp_path: Path) -> None:
    out = build(packages, tmp_path / "work")
    shards = open_shards(out)
    tokenizer = Tokenizer.load(out / "tokenizer.json")
    bos, eos = tokenizer.special("<bos>"), tokenizer.special("<eos>")
    tags = [tokenizer.special("<python>"), tokenizer.special("<c>")]
    seen = set()
    for split in ("train", "validation", "test"):
        for shard in shards.split(split):
            for row in shard.index:
                ids = shard.ids[row["start"] : row["start"] + row["length"]]
                assert (ids[0], ids[1], ids[-1]) == (bos, tags[row["language"]], eos)
                assert row["bytes"] == len(tokenizer.decode(ids.tolist()).encode())
                seen.add(shards.packages[row["package"]])
    assert seen == {"learn", "more", "check", "exam"}


def test_held_out_texts_lie_beside_the_shards_as_files(
    packages: list[Package], tmp_path: Path
) -> None:
    out = build(packages, tmp_path / "work")
    found = {path.relative_to(out / "files").as_posix() for path in out.glob("files/**/*.*")}
    assert found == {
        "test/python/exam/exam-1/a.py",
        "test/python/exam/exam-1/b.py",
        "validation/python/check/check-1/a.py",
    }
    path = out / "files/test/python/exam/exam-1/a.py"
    assert path.read_text() == program(100)


def test_two_builds_and_two_workers_give_the_same_bytes(
    packages: list[Package], tmp_path: Path
) -> None:
    once = build(packages, tmp_path / "one")
    again = build(packages, tmp_path / "two")
    shared = build(packages, tmp_path / "three", workers=2)
    assert digests(once) == digests(again) == digests(shared)


def test_a_killed_build_goes_on_without_doing_finished_work_again(
    packages: list[Package], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = build(packages, tmp_path / "whole")
    extracted: list[str] = []
    real = stages.documents_of

    def counted(package: Package, *rest: object) -> object:
        if len(extracted) == 2 and not (tmp_path / "killed-once").exists():
            (tmp_path / "killed-once").touch()
            raise KeyboardInterrupt
        extracted.append(package.name)
        return real(package, *rest)

    monkeypatch.setattr(stages, "documents_of", counted)
    with pytest.raises(KeyboardInterrupt):
        build(packages, tmp_path / "killed")
    assert extracted == ["learn", "more"]
    assert digests(build(packages, tmp_path / "killed")) == digests(whole)
    assert extracted == ["learn", "more", "check", "exam"]


def test_a_finished_build_is_not_done_again(
    packages: list[Package], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = digests(build(packages, tmp_path / "work"))
    for name in ("documents_of", "encode"):
        monkeypatch.setattr(stages, name, pytest.fail)
    monkeypatch.setattr(building, "sample", pytest.fail)
    assert digests(build(packages, tmp_path / "work")) == once


def test_a_package_that_cannot_be_had_is_told_and_the_rest_goes_on(
    packages: list[Package], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    gone = replace(packages[1], name="gone", kind="folder", location=str(folder), archives=())
    (tmp_path / "broken.tar.gz").write_bytes(b"\x1f\x8b broken")
    broken = package(tmp_path / "broken.tar.gz")
    work = work_with(tmp_path / "work", sorted(tmp_path.glob("*.tar.gz")))
    planned = plan(small_profile(), [*packages, gone, broken], work, out := tmp_path / "out")
    folder.rmdir()  # between the plan and its turn
    runners.run(planned, 1)
    rows = json.loads((out / "manifest.json").read_text())["packages"]
    problems = {row["name"]: row["problem"] for row in rows if row["problem"]}
    assert problems.keys() == {"gone", "broken"}
    assert "gone is not there" in problems["gone"]
    assert "broken.tar.gz" in problems["broken"]
    assert set(texts(out, "test")) == {program(100), program(101)}


def test_nothing_is_written_outside_the_work_and_out_folders(
    packages: list[Package], tmp_path: Path
) -> None:
    before = set(tmp_path.rglob("*"))
    build(packages, tmp_path / "work")
    assert {path for path in set(tmp_path.rglob("*")) - before
            if not path.is_relative_to(tmp_path / "work")} == set()  # fmt: skip


def test_the_mix_bounds_a_language(packages: list[Package], tmp_path: Path) -> None:
    limit = 3.5 * len(program(0)) / 1e6
    profile = small_profile(mix={"python": limit, "c": float("inf")})
    out = build(packages, tmp_path / "work", profile=profile)
    learned = texts(out, "train")
    assert sum(text.startswith("def") for text in learned) == 3
    assert C % (1, 2) in learned
    assert dropped(out, "learn")["beyond the mix"] == 5


def test_a_vocabulary_can_be_kept(packages: list[Package], tmp_path: Path) -> None:
    first = build(packages, tmp_path / "one")
    kept = replace(small_profile(), vocabulary=300, tokenizer=first / "tokenizer.json")
    second = build(packages, tmp_path / "two", profile=kept)
    assert digests(first)["tokenizer.json"] == digests(second)["tokenizer.json"]
    assert texts(second, "train") == texts(first, "train")


def test_what_is_no_vocabulary_is_told(packages: list[Package], tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ProfileError, match="not a tokenizer"):
        build(
            packages,
            tmp_path / "one",
            profile=replace(small_profile(), tokenizer=tmp_path / "other.json"),
        )


def test_characters_are_ids_and_unlikely_texts_are_dropped(
    packages: list[Package], tmp_path: Path
) -> None:
    odd = tar(tmp_path / "odd.tar.gz", [("odd-1/a.py", source(300) + "# é\n".encode())])
    profile = small_profile(recipe="characters", vocabulary=CHARACTER_VOCABULARY)
    out = build([*packages, package(odd)], tmp_path / "work", profile=profile)
    shards = open_shards(out)
    assert shards.vocabulary_size == CHARACTER_VOCABULARY
    assert dropped(out, "odd") == {"not ascii": 1}
    learned = texts(out, "train")
    assert set(learned) <= {program(seed) for seed in range(8)} | {C % (1, 2)}
    ids = shards.split("train")[0].ids
    assert ids[1 : 1 + len(learned[0])].tolist() == [ord(character) for character in learned[0]]


def test_attributions_name_what_is_learned_from(packages: list[Package], tmp_path: Path) -> None:
    out = build(packages, tmp_path / "work")
    text = (out / "ATTRIBUTION.md").read_text()
    assert "| learn | 1 | debian-source | MIT | MIT: 8 |" in text
    assert "exam" not in text


def test_packed_shards_unpack_to_the_same_bytes(packages: list[Package], tmp_path: Path) -> None:
    out = build(packages, tmp_path / "work")
    parts = pack(out, tmp_path / "packed", part_bytes=2000)
    assert len(parts) > 1
    assert all(part.stat().st_size <= 2000 for part in parts)
    unpack(tmp_path / "packed", tmp_path / "unpacked")
    assert digests(tmp_path / "unpacked") == digests(out)
    pack(out, tmp_path / "packed", part_bytes=10**6, with_files=False)
    shutil.rmtree(tmp_path / "unpacked")
    unpack(tmp_path / "packed", tmp_path / "unpacked")
    assert np.array_equal(
        open_shards(tmp_path / "unpacked").split("train")[0].ids,
        open_shards(out).split("train")[0].ids,
    )


def test_a_profile_without_packages_is_told(packages: list[Package], tmp_path: Path) -> None:
    profile = small_profile(packages=("nobody",))
    with pytest.raises(ProfileError, match="'tiny': no package of the list takes part"):
        plan(profile, packages, Work(tmp_path), tmp_path / "out")


def test_a_package_under_another_licence_stops_the_build(
    packages: list[Package], tmp_path: Path
) -> None:
    bad = replace(packages[0], licence="GPL-3.0-only")
    with pytest.raises(SourceError, match=r"learn: licence 'GPL-3\.0-only'"):
        plan(small_profile(), [bad], Work(tmp_path), tmp_path / "out")


def test_a_missing_library_is_told_before_anything_is_fetched(
    packages: list[Package], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "LIBRARIES", ("rensa", "no_such_library"))
    with pytest.raises(CorpusError, match=r"not installed: no_such_library; pip install"):
        plan(small_profile(), packages, Work(tmp_path), tmp_path / "out")


def own(folder: Path) -> Package:
    return own_folders([folder])[0]


def test_ones_own_code_is_learned_before_everybody_elses(
    packages: list[Package], tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.py").write_bytes(source(900))
    size = len(source(900)) / 1e6
    profile = small_profile(mix={"python": 1.5 * size}, packages=("learn",))
    out = build([*packages, own(folder)], tmp_path / "work", profile=profile)
    assert texts(out, "train") == [program(900)]


def test_a_folder_that_is_not_there_is_told_before_anything_is_fetched(
    packages: list[Package], tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="nowhere is not there; expected a folder"):
        plan(
            small_profile(), [*packages, own(tmp_path / "nowhere")], Work(tmp_path / "w"), tmp_path
        )
    assert not (tmp_path / "w").exists()


def test_shards_of_nothing_are_no_success(packages: list[Package], tmp_path: Path) -> None:
    digests_gone = [replace(one.archives[0], sha256="0" * 64) for one in packages]
    wrong = [
        replace(one, kind="npm", archives=(archive,))
        for one, archive in zip(packages, digests_gone, strict=True)
    ]
    with pytest.raises(SourceError, match=r"nothing to train on in 2 packages.*\n.*learn.*npm"):
        build(wrong, tmp_path / "work")
    assert not (tmp_path / "work" / "out").exists()
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("no source")
    with pytest.raises(SourceError, match="1 held no file that passes the filters"):
        build([own(folder)], tmp_path / "other")


def test_a_profiles_limits_are_counted_and_are_part_of_the_stamp(
    packages: list[Package], tmp_path: Path
) -> None:
    build(packages, tmp_path / "work")
    profile = small_profile(limits=Limits(most_characters=len(program(0)) - 1))
    out = build(packages, tmp_path / "work", profile=profile)
    assert dropped(out, "learn")["too many characters"] > 0
    assert len(texts(out, "train")) < 9
