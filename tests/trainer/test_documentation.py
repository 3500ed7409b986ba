"""What docs/training.md says can be run, can be run; its sizes are those of the presets."""

from __future__ import annotations

import re
import shlex

import pytest

from codecomplete.trainer.__main__ import _parser
from codecomplete.trainer.network.transformer import parameter_count
from codecomplete.trainer.runs.presets import PRESETS

from .toy import ROOT

TEXT = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(found)
    for found in re.findall(r"^python -m trainer ((?:train|[a-z]+ --)[^\n]*)$", TEXT, re.M)
]


def test_there_are_commands():
    assert {command[0] for command in COMMANDS} >= {"train", "export", "evaluate", "pipeline"}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_documented_commands_are_understood(command):
    options = _parser().parse_args(command)
    assert options.command == command[0]


@pytest.mark.parametrize("name", ["toy", "small", "flagship", "system-a", "characters"])
def test_documented_sizes_are_true(name):
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"{parameter_count(PRESETS[name].model):,}" in row
