"""Ghost text in a real xonsh, in a pseudo-terminal; and what xonsh runs as a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.integrations.prompt.xonsh import is_command, options_of
from tests.integrations.terminal import Terminal

DIM = "brightblack"  # xonsh's own colour of suggestions, and of operators and numbers
START = """
$PROMPT = ">>> "
$XONSH_SHOW_TRACEBACK = False
$CODECOMPLETE_DEADLINE_MS = 60000.0  # however busy the machine is: nothing asks again
"""
RIGHT, CLEAR = "\x1b[C", "\x15"
NAMES = {"df", "total", "make"}


@pytest.mark.parametrize(
    "line",
    ["ls -l", "cd src", "git commit -m 'x'", "$HOME", "./run x", "!(ls)", "echo $(pwd)",
     "apt-get x", "x = $(ls)", "~/bin/x", "gcc main.c -o main", "ls *.py"],
)  # fmt: skip
def test_what_xonsh_runs_as_a_command_is_left_alone(line):
    assert is_command(line, NAMES)


@pytest.mark.parametrize(
    "line",
    ["", "   ", "impo", "import os", "df.he", "df + to", "make -", "for x in total:", "ls = 3",
     "ls.x", "call(1", "x: int = 3", "n += 1", "'text'", "[1, 2", "    return x", "a, b = 1, 2",
     "print total", "x if df"],
)  # fmt: skip
def test_python_is_no_command(line):
    assert not is_command(line, NAMES)


def test_options_are_checked_where_they_are_set():
    assert options_of({"CODECOMPLETE_TAB": True, "HOME": "/"}).tab is True
    with pytest.raises(ValueError, match=r"threshold = 7\.0: expected a number from 0 to 1"):
        options_of({"CODECOMPLETE_THRESHOLD": 7.0})


@pytest.fixture
def start(tmp_path):
    """A real xonsh with the packaged model, at its first prompt."""
    started: list[Terminal] = []

    def start(settings: str = "xontrib load codecomplete\n") -> Terminal:
        pytest.importorskip("xonsh")
        Path(tmp_path, ".xonshrc").write_text(START + settings)
        arguments = ("-m", "xonsh", "-i", "--shell-type", "prompt_toolkit")
        terminal = Terminal(tmp_path, *arguments, rows=40)
        started.append(terminal)
        terminal.wait(lambda: ">>>" in terminal.text())
        terminal.settle()
        return terminal

    yield start
    for terminal in started:
        terminal.close()


def ghost(terminal: Terminal) -> str:
    """The dim text after the caret."""
    caret, row = terminal.screen.cursor, terminal.screen.buffer[terminal.screen.cursor.y]
    cells = [row[column] for column in range(caret.x, terminal.screen.columns)]
    return "".join(cell.data if cell.fg == DIM else " " for cell in cells).rstrip()


def run(terminal: Terminal, line: str) -> None:
    """Type a line and run it, and wait for the next prompt."""
    before = terminal.text().count(">>>")
    terminal.send(line + "\r")
    terminal.wait(lambda: terminal.text().count(">>>") > before)
    terminal.settle()


def test_a_session_in_xonsh(start):
    """One process for what needs no other: starting one takes seconds."""
    terminal = start()
    run(terminal, "settings = {'hidden_units': 345678}")
    offers_the_keys_that_are_there(terminal)
    leaves_commands_to_the_history(terminal)
    does_not_believe_what_failed(terminal)
    goes_when_it_is_told_to(terminal)
    assert "Traceback" not in terminal.text()


def offers_the_keys_that_are_there(terminal):
    terminal.send("settings['hid")
    terminal.wait(lambda: ghost(terminal) == "den_units']")
    terminal.send(RIGHT)
    terminal.wait(lambda: "settings['hidden_units']" in terminal.text() and not ghost(terminal))
    terminal.send("\r")
    terminal.wait(lambda: "\n345678" in terminal.text())
    terminal.settle()


def leaves_commands_to_the_history(terminal):
    run(terminal, "echo one-two-three")
    terminal.send("echo one")
    terminal.wait(lambda: ghost(terminal) == "-two-three")
    terminal.send(CLEAR + "ls settings")
    terminal.settle(0.5)
    assert ghost(terminal) == "", "nothing of the model in a command"
    terminal.send(CLEAR)


def does_not_believe_what_failed(terminal):
    terminal.send("settigns.clear()\r")
    terminal.wait(lambda: "NameError" in terminal.text() or "not found" in terminal.text())
    terminal.settle()
    terminal.send("sett")
    terminal.wait(lambda: ghost(terminal))
    assert ghost(terminal).startswith("ings"), terminal.text()
    terminal.send(CLEAR)


def goes_when_it_is_told_to(terminal):
    run(terminal, "xontrib unload codecomplete")
    terminal.send("settings['hi")
    terminal.settle(0.5)
    assert ghost(terminal) in ("", "dden_units']"), "the history's own, at most"
    terminal.send(CLEAR + "for key in settings.i")
    terminal.settle(0.5)
    assert ghost(terminal) == ""


def test_an_option_that_is_not_allowed_is_one_line_and_nothing_is_loaded(start):
    terminal = start("$CODECOMPLETE_LOOK = 'blink'\nxontrib load codecomplete\n")
    assert "codecomplete is not loaded: $CODECOMPLETE_LOOK = 'blink': expected one of" in (
        terminal.text().replace("\n", "")
    )
    assert "Traceback" not in terminal.text()
    terminal.send("import jso")
    terminal.settle(0.5)
    assert ghost(terminal) == ""
