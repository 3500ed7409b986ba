"""The real trainer as a process beside the editor, asked for with the bytes of a terminal."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.integrations.edit.test_losing_nothing import (
    PALETTE,
    QUIT,
    answered,
    said,
    typed,
)  # fmt: skip
from tests.integrations.edit.test_pseudo_terminal import started, unknown
from tests.integrations.nvim.test_federate import arguments
from tests.integrations.terminal import ROOT
from tests.patience import PATIENCE


@pytest.fixture
def file(tmp_path) -> Path:
    project = tmp_path / "project"
    (project / ".git").mkdir(parents=True)
    path = project / "a.py"
    path.write_text("x = 1\n")
    return path


def children(terminal) -> list[str]:
    pids = Path(f"/proc/{terminal.child.pid}/task/{terminal.child.pid}/children").read_text()
    return [pid for pid in pids.split() if "trainer" in arguments(int(pid))]


def test_what_the_trainer_says_at_its_end_is_seen_and_typing_goes_on_meanwhile(tmp_path, file):
    with started(tmp_path, file) as terminal:
        typed(terminal, PALETTE, "train on this\r")
        terminal.wait(lambda: said(terminal, "for how many minutes?"))
        typed(terminal, "\x15many\r")
        terminal.wait(lambda: said(terminal, "is not a number of minutes"))
        typed(terminal, PALETTE, "train on this\r")
        terminal.wait(lambda: said(terminal, "for how many minutes?"))
        typed(terminal, "\r", "typed meanwhile ")
        terminal.wait(lambda: "typed meanwhile" in terminal.lines()[0])
        terminal.wait(lambda: said(terminal, "Training failed"))  # one line is not enough to learn
        typed(terminal, PALETTE, "show training\r")
        terminal.wait(lambda: said(terminal, "Training has ended; Esc goes back"))
        terminal.settle()
        assert unknown(terminal.raw) == ""


def test_a_trainer_that_is_not_installed_is_one_line_that_says_what_to_do(tmp_path, file):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "torch.py").write_text("raise ModuleNotFoundError('no torch', name='torch')\n")
    more = {"PYTHONPATH": f"{broken}:{ROOT}"}
    with started(tmp_path, file, more=more) as terminal:
        typed(terminal, PALETTE, "train on this\r")
        terminal.wait(lambda: said(terminal, "for how many minutes?"))
        typed(terminal, "\r")
        terminal.wait(lambda: said(terminal, "which is not installed here: pip install"))


def test_a_training_is_stopped_and_ends_with_the_editor(tmp_path, file):
    with started(tmp_path, file) as terminal:
        for ends in ("stop training\r", QUIT):
            typed(terminal, PALETTE, "join fed\r")
            terminal.wait(lambda: said(terminal, "Join which server?"))
            typed(terminal, "127.0.0.1:9\r")
            terminal.wait(lambda: said(terminal, "certificate"))
            (file.parent / "ca.crt").write_text("")
            typed(terminal, f"{file.parent}/ca.crt\r")
            answered(terminal, "but no code", "t")
            terminal.wait(lambda: children(terminal))
            pid = children(terminal)[0]
            typed(terminal, ends if ends == QUIT else PALETTE + ends)
            if ends == QUIT:
                terminal.ended()
            else:
                terminal.wait(lambda: not children(terminal))
            start = time.monotonic()
            while Path(f"/proc/{pid}").exists():
                assert time.monotonic() - start < PATIENCE, "the trainer outlives the editor"
                time.sleep(0.05)
