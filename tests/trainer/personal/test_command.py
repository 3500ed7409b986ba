"""The whole of ``python -m trainer personal``: a better model is used, another one never is."""

from __future__ import annotations

import errno
import io
import json
import shutil
import time
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir import chosen
from codecomplete.engine.modeldir.digest import sha256
from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED
from codecomplete.trainer import __main__ as trainer
from codecomplete.trainer.evaluation.tuning import FITTED
from codecomplete.trainer.personal import command, installed, training, workplace
from codecomplete.trainer.personal.page import is_better
from tests.patience import PATIENCE

from ..forked import Forked
from .conftest import quicken

ROOT = Path(__file__).parents[3]


def personal(*arguments: str | Path) -> int:
    return trainer.main(["personal", *map(str, arguments)])


def saving_each_step(*arguments: str) -> int:
    """The command, quickened, in a process of its own."""
    patch = pytest.MonkeyPatch()
    quicken(patch)
    patch.setattr(training, "CHECKPOINT_SECONDS", 0.0)
    return personal(*arguments)


@pytest.fixture(scope="module")
def once(mine, base, tmp_path_factory) -> SimpleNamespace:
    """One whole training that all tests look at: its data folder, with the place it worked in, what
    it said, and whether it left the models alone that it began with."""
    data, said = tmp_path_factory.mktemp("data"), io.StringIO()
    files = [*base.iterdir(), *(ROOT / "engine" / "models").rglob("*")]
    before = {path: sha256(path) for path in files if path.is_file()}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setenv("XDG_DATA_HOME", str(data))
        patch.setattr(workplace.Workplace, "remove", lambda self: None)
        quicken(patch)
        status = personal(mine, *asked(base), "--no-use")
    untouched = {path: sha256(path) for path in before} == before
    return SimpleNamespace(data=data, said=said.getvalue(), status=status, untouched=untouched)


def asked(base: Path) -> tuple[str | Path, ...]:
    return ("--start", base, "--minutes", "0.03", "--typed", "100", "--name", "first", "--tune")


@pytest.fixture
def trained(once, home, capsys) -> Path:
    """The folder of a model that was trained and installed, in a data folder of its own."""
    assert once.status == 0, once.said
    shutil.copytree(once.data, home.parent)
    return home / "personal" / "first"


def test_a_better_model_is_kept_used_explained_and_taken_back(trained, once, base, home, capsys):
    assert chosen.chosen() is None, "it was told not to use it"
    assert personal("--use", "first") == 0
    assert engine.load().directory.path == trained / "model"
    page = (trained / "page.md").read_text()
    report = json.loads((trained / "report.json").read_text())
    assert "Better" in once.said and "Better" in page and report["better"]
    before, after = report["before"]["bits"], report["after"]["bits"]
    assert all(after[condition] < before[condition] for condition in ("alone", "project"))
    assert {"alone", "file", "project"} == {*report["after"]["keys"]}
    assert report["read"]["learned"]["files"] > report["read"]["judging"]["files"] > 0
    assert {done["way"] for done in report["passes"]} == {"full", "adapters"}
    # it was tuned again as asked, at the threshold of before, and knows the languages it knew
    own, first = engine.load(), engine.load(base)
    assert own.tuning.threshold == first.tuning.threshold == 0.3
    described = json.loads((trained / "model" / "model.json").read_text())
    assert described["training"]["tuning"] == FITTED and "fitting" in once.said
    assert {"alone", "file", "project"} == {*report["after"]["wrong"]}
    assert own.languages == first.languages
    capsys.readouterr()
    assert personal("--list") == 0 and "* first" in capsys.readouterr().out
    assert personal("--undo") == 0
    assert engine.load().name == "small"
    assert personal("--undo") == 1
    assert personal("--use", "first") == 0 and engine.load().name == "first"
    assert personal("--use", "packaged") == 0 and engine.load().name == "small"
    assert personal("--use", "nothing") == 1
    assert personal("--use", "first") == 0 and personal("--remove", "first") == 0
    assert not trained.exists() and chosen.chosen() is None


def test_the_models_that_come_along_are_never_touched(once):
    assert once.untouched


def test_a_model_that_is_not_better_is_not_installed(
    trained, mine, base, home, quick, monkeypatch, capsys
):
    """The same command goes on where the training left off: it is judged again, and only that."""
    shutil.rmtree(trained)
    monkeypatch.setattr(command, "is_better", lambda before, after: False)
    monkeypatch.setattr(training, "train", pytest.fail)
    assert personal(mine, *asked(base)) == 3
    assert "Not better" in capsys.readouterr().out
    assert installed.names() == [] and chosen.chosen() is None
    assert "Not better" in next((home / "personal").glob(".not-kept-*.md")).read_text()
    kept = json.loads(next((home / "personal").glob(".not-kept-*.json")).read_text())
    assert not kept["better"] and kept["after"]["bits"]
    assert not list(home.glob("personal/.work-*")), "what was read is not kept"


@pytest.mark.parametrize(
    "bits, keys, better",
    [(0.98, 0.40, True), (0.98, 0.41, True), (0.98, 0.399, False), (0.995, 0.50, False)],
)
def test_better_is_clearly_fewer_bits_and_no_fewer_keys_beside_the_project(bits, keys, better):
    before = {"bits": {"alone": 2.0, "project": 1.0}, "keys": {"alone": 0.1, "project": 0.4}}
    after = {"bits": {"alone": 1.0, "project": bits}, "keys": {"alone": 0.9, "project": keys}}
    assert is_better(before, after) is better


@pytest.mark.slow
def test_a_killed_training_goes_on_with_what_it_had_read(
    home, mine, base, quick, tmp_path, capsys, monkeypatch
):
    arguments = (mine, "--start", base, "--minutes", "0.02", "--typed", "100", "--name", "one",
                 "--ways", "full")  # fmt: skip
    first = Forked(f"{__name__}:saving_each_step", *arguments, log=tmp_path / "log")
    until = time.monotonic() + PATIENCE
    while not list(home.glob("personal/.work-*/runs/*/step-*")):
        assert first.poll() is None and time.monotonic() < until, first.said()
        time.sleep(0.02)
    first.kill()
    assert first.wait() < 0, "it was to be killed while it trained"
    assert chosen.chosen() is None
    listed = next(home.glob("personal/.work-*/read.json")).read_bytes()
    assert personal(*arguments) == 0
    assert "goes on after step" in capsys.readouterr().out
    report = json.loads((home / "personal" / "one" / "report.json").read_text())
    described = json.loads((home / "personal" / "one" / "model" / "model.json").read_text())
    assert described["training"]["tuning"] != FITTED, "nobody asked for it"
    assert len(json.loads(listed)["learned"]) == report["read"]["learned"]["files"]
    assert chosen.chosen() == home / "personal" / "one" / "model", "it is used from now on"
    assert not list(home.glob("personal/.work-*")), "what was read is not kept"


def test_two_at_once_on_the_same_folders_do_not_mix(home, mine, base, quick, capsys, monkeypatch):
    inner = []

    def again(*arguments, **more):
        inner.append(personal(mine, "--start", base, "--minutes", "0.05", "--typed", "100"))
        raise command.ConfigError("enough")

    monkeypatch.setattr(command, "_trained", again)
    assert personal(mine, "--start", base, "--minutes", "0.05", "--typed", "100") == 1
    assert inner == [1] and "another process" in capsys.readouterr().err


def test_a_full_disk_is_one_line_and_changes_nothing(home, mine, base, quick, capsys, monkeypatch):
    def full(self, *arguments, **more):
        raise OSError(errno.ENOSPC, "No space left on device", "somewhere")

    monkeypatch.setattr(workplace.Workplace, "_keep", full)
    assert personal(mine, "--start", base, "--minutes", "0.05", "--typed", "100") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "No space left" in said and "make room" in said
    assert chosen.chosen() is None and installed.names() == []


def test_too_little_room_is_said_before_the_work(home, mine, base, quick, capsys, monkeypatch):
    monkeypatch.setattr(command, "free_disk", lambda path: 1000)
    assert personal(mine, "--start", base, "--minutes", "0.05", "--typed", "100") == 1
    assert "make room" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [(), ("--minutes", "0"), ("--minutes", "nan"), ("--ways", "magic"), ("--typed", "3"),
     ("--peak", "0"), ("--peak", "1.5"), ("--readings", "nan"), ("--readings", "0"),
     ("--replay", "/nowhere"), ("--start", "/nowhere")],
)  # fmt: skip
def test_impossible_options_are_one_line(home, mine, capsys, arguments):
    folders = [mine] if arguments else []
    assert personal(*folders, *arguments) == 1
    said = capsys.readouterr().err
    assert said.startswith("python -m trainer personal: ") and said.count("\n") == 1


def test_what_is_known_by_heart_is_shown_from_the_users_own_files(trained, capsys, monkeypatch):
    from codecomplete.trainer.personal import memorised

    monkeypatch.setattr(command, "PACKAGED", ROOT / "engine" / "models")
    monkeypatch.setattr(command.engine, "load", lambda path=None: engine.Model(
        engine.modeldir.directory.open_directory(trained / "model")))  # fmt: skip
    monkeypatch.setattr(
        memorised, "runs", lambda *_: [memorised.Run("mine/a.py", 3, 30, "x\x1b[2J")]
    )
    assert personal("--show-memorised", "first") == 0
    said = capsys.readouterr().out
    assert "mine/a.py:3  30 tokens" in said and "\x1b" not in said
    assert personal("--show-memorised", "packaged") == 1


@pytest.mark.parametrize("language, folder", [("go", "specialists/go"), ("python", ".")])
def test_training_begins_with_whoever_serves_most_of_the_code(language, folder):
    file = SimpleNamespace(language=language, bytes=2)
    other = SimpleNamespace(language="php", bytes=1)
    snapshot = SimpleNamespace(sides=SimpleNamespace(learned=[other, file]))
    assert command.serving(snapshot) == (PACKAGED / DEFAULT / folder)
