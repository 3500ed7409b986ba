"""The command ``codecomplete``: every part can be reached, and mistakes are answered."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import codecomplete
from codecomplete.__main__ import ENGINE, PARTS, main
from tests.patience import PATIENCE


@pytest.mark.parametrize("part", [part for part in PARTS if part != "repl"])
def test_every_part_explains_itself(part, capsys):
    with pytest.raises(SystemExit) as ended:
        main([part, "--help"])
    assert ended.value.code == 0
    assert "usage:" in capsys.readouterr().out


def test_help_names_every_part_and_comes_without_arguments(capsys):
    assert main([]) == main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(out.count(f"\n  {part} ") == 2 for part in PARTS)


def test_the_version_is_that_of_the_package(capsys):
    assert main(["--version"]) == main(["-V"]) == 0
    assert capsys.readouterr().out == f"codecomplete {codecomplete.__version__}\n" * 2


def test_an_unknown_part_is_named_and_what_there_is(capsys):
    assert main(["fly"]) == 2
    said = capsys.readouterr().err
    assert "no command 'fly'" in said and "complete" in said


def test_the_engine_s_commands_keep_their_names(capsys):
    assert main(["complete", "--json", "examples/ledger.py:41:25"]) == 0
    assert json.loads(capsys.readouterr().out)["model"] == "small"
    assert set(ENGINE) <= set(PARTS)


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "codecomplete", "nvim", "path"], capture_output=True, text=True,
        timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.strip().endswith("runtime")
