"""The extension comes, takes options, and goes without a trace."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from codecomplete.integrations.prompt.conversation import ReplOptions
from tests.integrations.terminal import ROOT, Terminal
from tests.patience import PATIENCE

MOST_MB = 150
PACKAGED = ROOT / "engine" / "models" / "small"


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "TERM": "xterm-256color",
    }


def run(environment: dict[str, str], *arguments: str, text: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=environment["HOME"],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


def test_it_comes_and_goes_and_survives_what_ipython_changes(environment):
    shown = run(environment, "-m", "tests.integrations.prompt.ipython_session")
    assert shown.rstrip().endswith("fine")
    assert "codecomplete is on (not loaded yet)" in shown
    assert "usage: %codecomplete [on | off | forget TEXT]" in shown


def test_options_come_from_the_command_line_and_the_file(environment):
    profile = Path(environment["IPYTHONDIR"]) / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_config.py").write_text(
        "c = get_config()\n"
        "c.InteractiveShellApp.extensions = ['codecomplete']\n"
        "c.CodeComplete.max_tokens = 11\n"
    )
    code = (
        "import sys; o = get_ipython().auto_suggest.conversation.options;"
        "print(o.max_tokens, o.history, 'codecomplete.engine.session' in sys.modules, "
        "'onnxruntime' in sys.modules)"
    )
    given = ("--TerminalInteractiveShell.simple_prompt=False", "--CodeComplete.history=last")
    shown = run(environment, "-m", "codecomplete.integrations.prompt.repl", *given, "-c", code)
    assert shown.split() == ["11", "last", "False", "False"]


def test_without_a_prompt_it_does_nothing(environment):
    shown = run(
        environment,
        "-m",
        "codecomplete.integrations.prompt.repl",
        "--simple-prompt",
        text="print(6 * 7)\nexit\n",
    )
    assert "42" in shown


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("threshold=9.5", "expected a number from 0 to 1, or None"),
        ("max_tokens=-5", "expected a whole number from 1 to 256"),
        ("max_tokens=abc", "expected an int"),
        ("accept_line_key=s-tabb", "expected keys in prompt_toolkit's notation"),
    ],
)
def test_an_option_that_is_not_allowed_loads_nothing_and_says_so_in_one_line(
    environment, option, says
):
    code = "print('ours' if hasattr(get_ipython().auto_suggest, 'conversation') else 'theirs')"
    done = subprocess.run(
        [sys.executable, "-m", "codecomplete.integrations.prompt.repl",
         "--TerminalInteractiveShell.simple_prompt=False", f"--CodeComplete.{option}", "-c", code],
        env=environment, capture_output=True, text=True, timeout=PATIENCE, cwd=environment["HOME"],
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "codecomplete" in line]
    assert len(said) == 1 and says in said[0], done.stderr
    assert "Traceback" not in done.stderr and done.stdout.split() == ["theirs"]


def test_the_command_says_its_version_and_lists_its_options(environment):
    command = ("-m", "codecomplete.integrations.prompt.repl")
    assert run(environment, *command, "--version").startswith("codecomplete 0.")
    everything = run(environment, *command, "--help-all")
    assert all(f"--CodeComplete.{option.name}=" in everything for option in fields(ReplOptions))


def test_a_kernel_is_told_why_there_is_no_ghost_text(capsys):
    from codecomplete.integrations.prompt.ipython import load_ipython_extension

    class Shell:
        kernel = pt_app = None

    load_ipython_extension(Shell())
    assert "a kernel has no prompt" in capsys.readouterr().out


def test_without_colours_ghost_text_is_told_apart(tmp_path):
    terminal = Terminal(
        tmp_path, "-m", "tests.integrations.fake", "quick", "ipython", "--no-banner",
        "--no-confirm-exit", more={"NO_COLOR": "1"},
    )  # fmt: skip
    try:
        terminal.wait(lambda: "In [1]:" in terminal.text())
        terminal.send("fo")
        terminal.wait(lambda: "for index" in terminal.text())
        row = next(i for i, line in enumerate(terminal.lines()) if "for index" in line)
        cells, begin = terminal.screen.buffer[row], terminal.lines()[row].index("for index")
        assert not cells[begin].italics and cells[begin + 2].italics
    finally:
        terminal.close()


def test_every_option_has_a_trait_with_its_help():
    from codecomplete.integrations.prompt.ipython import CodeComplete

    traits = CodeComplete.class_own_traits(config=True)
    for option in fields(ReplOptions):
        assert traits[option.name].help == option.metadata["help"]
        assert traits[option.name].default() == option.default


def test_a_session_with_a_real_engine_fits_in_memory(tmp_path, make_model):
    terminal = real(tmp_path, str(make_model("sliding").directory), "--CodeComplete.threshold=0.0")
    try:
        terminal.send("import os\r")
        terminal.wait(lambda: "In [2]" in terminal.text())
        terminal.send("%codecomplete\r")
        terminal.wait(lambda: "In [3]" in terminal.text())
        terminal.wait(lambda: loaded(terminal, 3))
        assert terminal.memory_mb() < MOST_MB
        terminal.send("\x15exit\r")
        terminal.ended()
        assert terminal.child.exitstatus == 0
    finally:
        terminal.close()


def loaded(terminal: Terminal, prompt: int) -> bool:
    """Whether %codecomplete, asked again, says that the model is there."""
    terminal.send("%codecomplete\r")
    terminal.settle()
    return "(idle)" in terminal.text()


UNHURRIED = "--CodeComplete.deadline_ms=60000"
"""On a busy machine the usual 80 ms may pass before the first step, and nothing asks again."""


@pytest.mark.skipif(not PACKAGED.is_dir(), reason="the package carries no model yet")
def test_the_packaged_model_suggests(tmp_path):
    terminal = real(tmp_path, None, UNHURRIED)
    try:
        terminal.send("import numpy as ")
        terminal.wait(lambda: terminal.ghost().startswith("np"))
        terminal.send("\x1b[C")
        terminal.wait(lambda: "import numpy as np" in terminal.text() and not terminal.ghost())
        assert terminal.memory_mb() < MOST_MB
        terminal.send("\x15exit\r")
        terminal.ended()
        assert terminal.child.exitstatus == 0
    finally:
        terminal.close()


def real(home: Path, model: str | None, *arguments: str) -> Terminal:
    chosen = () if model is None else (f"--CodeComplete.model={model}",)
    terminal = Terminal(
        home,
        "-m",
        "codecomplete.integrations.prompt.repl",
        "--no-banner",
        "--no-confirm-exit",
        *chosen,
        *arguments,
    )
    terminal.wait(lambda: "In [1]:" in terminal.text())
    return terminal


PROVIDER = """
from pathlib import Path
class Provider:
    def __init__(self):
        Path("asked").touch()
"""
ASKS = """
c = get_config()
c.TerminalInteractiveShell.llm_provider_class = "its_provider.Provider"
c.TerminalInteractiveShell.shortcuts = [{
    "new_keys": ["c-q"], "create": True,
    "command": "IPython:auto_suggest.llm_autosuggestion",
}]
"""


def test_ipythons_own_provider_is_asked_by_its_key_once_we_are_gone_and_not_before(tmp_path):
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_config.py").write_text(ASKS)
    (tmp_path / "its_provider.py").write_text(PROVIDER)
    asked = tmp_path / "asked"
    arguments = ("-m", "codecomplete.integrations.prompt.repl", "--no-banner")
    terminal = Terminal(tmp_path, *arguments, more={"PYTHONPATH": f"{ROOT}:{tmp_path}"})
    try:
        terminal.wait(lambda: "In [1]:" in terminal.text())
        terminal.settle()
        terminal.send("for name in ")
        terminal.wait(lambda: "for name in" in terminal.text())
        terminal.send("\x11")
        terminal.settle(0.5)
        assert not asked.exists() and "Traceback" not in terminal.text()
        terminal.send("\x15%unload_ext codecomplete\r")
        terminal.wait(lambda: "In [2]:" in terminal.text())
        terminal.settle()
        terminal.send("for name in \x11")
        terminal.wait(asked.exists)
    finally:
        terminal.close()
