"""No command of the trainer writes over what it has not made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codecomplete import engine
from codecomplete.corpus.packing import pack
from codecomplete.trainer.__main__ import main
from codecomplete.trainer.evaluation import tuning
from codecomplete.trainer.learning import checkpoint
from codecomplete.trainer.runs import parcels
from tests.corpus.helpers import digests

FAST = ("--compile", "off", "--precision", "fp32", "--log-every", "2")
MINE = ("model/weights.bin", "weights.bin", "tokenizer.json", "run.json", "state.json",
        "step-1/notes.txt", "step-2/notes.txt", "step-3/notes.txt", "loss_log.csv")  # fmt: skip


@pytest.fixture
def mine(tmp_path) -> Path:
    """A user's folder with files that have the names of ours."""
    for name in MINE:
        path = tmp_path / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("years of work")
    return tmp_path / "mine"


@pytest.fixture(scope="module")
def run(shards, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("places") / "run"
    assert main(["train", "--preset", "toy", "--data", str(shards), "--out", str(out),
                 "--tokens", "4096", *FAST]) == 0  # fmt: skip
    return out


def test_a_folder_of_the_user_s_is_refused_by_every_command(run, mine, shards, tmp_path, capsys):
    packed = tmp_path / "packed"
    pack(shards, packed, 1_000_000)
    wrapped = parcels.wrap([run / "run.json"], tmp_path / "parcels")[0].parent
    preset = ["--preset", "toy", "--data", str(shards)]
    commands = [
        ["train", *preset, "--tokens", "4096", *FAST],
        ["export", "--run", str(run)],
        ["export", "--run", str(run), "--format", "safetensors"],
        ["pipeline", *preset, "--minutes", "0.01"],
        ["series", "--packed", str(packed), "--minutes", "0.01"],
        ["unwrap", str(wrapped)],
    ]
    before = digests(mine)
    for command in commands:
        place = [str(mine)] if command[0] == "unwrap" else ["--out", str(mine)]
        assert main([*command, *place]) == 1, command
        assert f"{mine}: holds " in capsys.readouterr().err, command
        assert digests(mine) == before, command


def test_files_that_are_no_exports_stay(run, tmp_path, capsys):
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work")
    (tmp_path / "thesis.partial").write_text("a draft")
    command = ["export", "--run", str(run), "--format", "pth", "--out", str(thesis)]
    assert main(command) == 1
    assert "a file of another kind is there" in capsys.readouterr().err
    assert (thesis.read_text(), (tmp_path / "thesis.partial").read_text()) == (
        "years of work",
        "a draft",
    )


def test_a_model_may_be_exported_again_but_not_over_what_was_added(run, tmp_path, capsys):
    out = tmp_path / "model"
    command = ["export", "--run", str(run), "--out", str(out), "--cost-bytes", "0"]
    assert main(command) == 0 and main(command) == 0
    (out / "README.md").write_text("about it")
    assert main(command) == 1
    assert "besides a model directory it holds README.md" in capsys.readouterr().err
    assert engine.load(out) and (out / "README.md").read_text() == "about it"


def test_checkpoints_leave_a_user_s_folders_in_the_run_alone(run, shards, tmp_path):
    run = shutil.copytree(run, tmp_path / "run")
    for name in ("step-by-step", "step-a", ".writing-notes"):
        (run / name).mkdir()
        (run / name / "notes.txt").write_text("years of work")
    assert main(["train", "--preset", "toy", "--data", str(shards), "--out", str(run),
                 "--tokens", "4096", *FAST]) == 0  # fmt: skip
    checkpoint.save(run, 90, {}, {})
    checkpoint.save(run, 91, {}, {})
    kept = {path.parent.name for path in run.glob("*/notes.txt")}
    assert kept | {path.parent.name for path in run.glob(".*/notes.txt")} == {
        "step-by-step", "step-a", ".writing-notes",
    }  # fmt: skip


def test_a_run_of_an_earlier_version_goes_on(run, shards, tmp_path):
    run = shutil.copytree(run, tmp_path / "run")
    (run / ".codecomplete.json").unlink()
    assert main(["train", "--preset", "toy", "--data", str(shards), "--out", str(run),
                 "--tokens", "4096", *FAST]) == 0  # fmt: skip


def test_tune_of_no_model_takes_nothing_away(tmp_path, capsys):
    (tmp_path / "gate.json").write_text("mine")
    files = str(tmp_path)
    assert main(["tune", "--model", str(tmp_path), "--files", files]) == 1
    assert "not a model directory" in capsys.readouterr().err
    assert (tmp_path / "gate.json").read_text() == "mine"


def test_a_tuning_that_fails_leaves_the_one_before(run, tmp_path, monkeypatch):
    out = tmp_path / "model"
    assert main(["export", "--run", str(run), "--out", str(out), "--cost-bytes", "0"]) == 0
    tuning.write_tuning(out, threshold=0.25)
    monkeypatch.setattr(tuning, "held_out_files", lambda *arguments: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tuning.tune(out, tmp_path, 1, 1, 1)
    assert engine.load(out).tuning.threshold == 0.25


def test_a_page_is_not_written_over_another_nor_its_picture(run, tmp_path, capsys):
    model = tmp_path / "model"
    assert main(["export", "--run", str(run), "--out", str(model), "--cost-bytes", "0"]) == 0
    page, picture = tmp_path / "notes.md", tmp_path / "other.png"
    page.write_text("# Notes\n")
    picture.write_bytes(b"\x89PNG mine")
    for document in (page, tmp_path / "other.md"):
        command = ["evaluate", "--model", str(model), "--files", str(tmp_path)]
        assert main([*command, "--document", str(document)]) == 1
    said = capsys.readouterr().err
    assert "a file of another kind" in said and "so it belongs to something else" in said
    assert page.read_text() == "# Notes\n" and picture.read_bytes() == b"\x89PNG mine"
