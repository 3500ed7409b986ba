"""The command line: it explains itself, builds, reports, and complains in one line."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from codecomplete.corpus import open_shards
from codecomplete.corpus.__main__ import main
from tests.corpus.helpers import digests, package, program, tar, work_with

PROFILES = '[tiny]\nabout = "a test"\nmix = { python = "all", c = 1 }\nvocabulary = 400\n'


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """Options that build made-up packages from a warm cache."""
    archives = [
        tar(tmp_path / f"{name}.tar.gz", [(f"{name}/a.py", program(seed).encode())])
        for seed, name in enumerate(("learn", "check", "exam"))
    ]
    work_with(tmp_path / "work", archives)
    splits = ("train", "validation", "test")
    packages = [
        asdict(package(path, split=split)) for path, split in zip(archives, splits, strict=True)
    ]
    lines = "".join(json.dumps(one) + "\n" for one in packages)
    (tmp_path / "packages.jsonl").write_text(lines)
    (tmp_path / "profiles.toml").write_text(PROFILES)
    files = ("--profiles", tmp_path / "profiles.toml", "--packages", tmp_path / "packages.jsonl")
    return ["--profile", "tiny", *map(str, files)]


def test_alone_it_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    for word in ("build", "list", "pack", "unpack", "report", "--profile small"):
        assert word in said


def test_a_build_ends_with_a_table_and_travels(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert main(["build", *arguments, *folders]) == 0
    table = capsys.readouterr().out
    assert "python" in table
    assert "tokens to train on, vocabulary" in table
    assert main(["pack", str(tmp_path / "out"), str(tmp_path / "packed"), "--part-size", "1"]) == 0
    assert main(["unpack", str(tmp_path / "packed"), str(tmp_path / "again")]) == 0
    open_shards(tmp_path / "again", verify=True)
    capsys.readouterr()
    assert main(["report", str(tmp_path / "again")]) == 0
    assert table.splitlines()[:-1] == capsys.readouterr().out.splitlines()[:-1]


def test_the_report_draws(arguments: list[str], tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    main(["build", *arguments, *folders])
    assert main(["report", str(tmp_path / "out"), "--plot", str(tmp_path / "plot.png")]) == 0
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_the_list_shows_splits_and_licences(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [
        ["test", "exam"],
        ["train", "learn"],
        ["validation", "check"],
    ]
    assert lines[-1].startswith("3 packages")


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (["--languages", "cobol"], "'cobol' is not in the mix of profile 'tiny'"),
        (["--profile", "huge"], "no profile 'huge'; there are tiny"),
        (["--packages", "/none.jsonl"], "/none.jsonl: cannot be read"),
    ],
)
def test_mistakes_are_told_in_one_line(
    arguments: list[str], extra: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", *arguments, *extra]) == 1
    said = capsys.readouterr().err
    assert said.startswith("corpus: ")
    assert message in said


@pytest.mark.parametrize("option", [["--workers", "0"], ["--workers", "two"]])
def test_impossible_options_are_refused(
    arguments: list[str], option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["build", *arguments, "--work", "w", "--out", "o", *option])
    assert stop.value.code == 2
    assert "expected a whole number of at least 1" in capsys.readouterr().err


def test_a_language_can_be_built_alone(arguments: list[str], tmp_path: Path) -> None:
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert main(["build", *arguments, *folders, "--languages", "python"]) == 0
    assert open_shards(tmp_path / "out").languages == ["python"]


@pytest.mark.slow
def test_a_killed_process_leaves_a_build_that_goes_on(arguments: list[str], tmp_path: Path) -> None:
    archives = [
        tar(tmp_path / f"p{number}.tar.gz", [(f"p/{at}.py", program(99 * number + at).encode())
                                             for at in range(20)])
        for number in range(12)
    ]  # fmt: skip
    lines = "".join(json.dumps(asdict(package(path))) + "\n" for path in archives)
    (tmp_path / "packages.jsonl").write_text(lines)
    for name in ("whole", "killed"):
        work_with(tmp_path / name, archives)

    def command(name: str) -> list[str]:
        folders = ["--work", str(tmp_path / name), "--out", str(tmp_path / name / "out")]
        return ["build", *arguments, *folders]

    assert main(command("whole")) == 0
    victim = subprocess.Popen([sys.executable, "-m", "corpus", *command("killed")])
    while len(list((tmp_path / "killed").glob("extract/*/done.json"))) < 3:
        assert victim.poll() is None
        time.sleep(0.005)
    victim.kill()
    victim.wait()
    assert not (tmp_path / "killed" / "out").exists()
    done = {path: path.stat().st_mtime_ns for path in tmp_path.glob("killed/extract/*/done.json")}
    assert main(command("killed")) == 0
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert digests(tmp_path / "killed" / "out") == digests(tmp_path / "whole" / "out")


MINE = {"files/thesis.txt": b"years of work", "firmware.bin": b"\x7fELF", "part-00000.xz": b"xz",
        "tokenizer.json": b"{}", "extract/learn/documents.jsonl": b"mine"}  # fmt: skip


def own_folder(folder: Path) -> Path:
    """A user's folder with files that have the names of ours."""
    for name, content in MINE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture
def built(arguments: list[str], tmp_path: Path) -> Path:
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert main(["build", *arguments, *folders]) == 0
    return tmp_path / "out"


def test_no_command_writes_into_a_folder_of_the_user_s(
    arguments: list[str], built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, packed = own_folder(tmp_path / "mine"), tmp_path / "packed"
    assert main(["pack", str(built), str(packed)]) == 0
    before = digests(mine)
    commands = [
        ["build", *arguments, "--work", str(tmp_path / "work"), "--out", str(mine)],
        ["build", *arguments, "--work", str(mine), "--out", str(tmp_path / "new")],
        ["recode", str(built), str(mine), "--vocabulary", "340"],
        ["pack", str(built), str(mine)],
        ["unpack", str(packed), str(mine)],
    ]
    for command in commands:
        assert main(command) == 1, command
        said = capsys.readouterr().err
        assert f"{mine}: holds " in said and "choose a new or an empty folder" in said
        assert digests(mine) == before, command
    assert not (tmp_path / "new").exists()


def test_shards_are_not_recoded_or_packed_onto_themselves(
    built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digests(built)
    for command in (["recode", "--vocabulary", "340"], ["pack"]):
        assert main([command[0], str(built), str(built), *command[1:]]) == 1
        assert "which is read" in capsys.readouterr().err
        assert digests(built) == before
    open_shards(built, verify=True)


def test_work_and_shards_have_two_folders(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ["--work", str(tmp_path / "one"), "--out", str(tmp_path / "one")]
    assert main(["build", *arguments, *folders]) == 1
    assert "are the same folder" in capsys.readouterr().err


def test_measured_shards_can_be_built_again(
    arguments: list[str], built: Path, tmp_path: Path
) -> None:
    assert main(["overlap", str(built)]) == 0
    folders = ["--work", str(tmp_path / "work"), "--out", str(built)]
    assert main(["build", *arguments, *folders]) == 0
    (built / "thesis.txt").write_text("years of work")
    assert main(["build", *arguments, *folders]) == 1
    assert (built / "thesis.txt").read_text() == "years of work"


def test_a_picture_is_not_drawn_over_another_file(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plot.png").write_text("notes")
    assert main(["report", str(built), "--plot", str(tmp_path / "plot.png")]) == 1
    assert "a file of another kind" in capsys.readouterr().err
    assert (tmp_path / "plot.png").read_text() == "notes"


def test_a_full_disk_is_told_in_one_line(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("codecomplete.corpus.stages.np.save", full)
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert main(["build", *arguments, *folders]) == 1
    said = capsys.readouterr().err
    assert "corpus: No space left on device; finished packages are kept" in said
    assert "Traceback" not in said and not (tmp_path / "out").exists()


def test_ones_own_code_is_added_on_the_command_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "a.py").write_text(program(77))
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert main(["build", *arguments, *folders, "--folder", str(mine)]) == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    row = next(row for row in manifest["packages"] if row["name"] == "mine")
    assert row["licence"] == "LicenseRef-own" and row["files"]["python"]["kept"][0] == 1
