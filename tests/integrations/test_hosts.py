"""Real IPython and real ptpython in a pseudo-terminal, judged by their screens."""

from __future__ import annotations

import time

import pytest

from tests.integrations.terminal import Terminal
from tests.patience import FOREVER, PATIENCE

HOSTS = ("ipython", "ptpython")
PROMPT = {"ipython": "In [1]:", "ptpython": ">>>"}
QUIET = ("--no-banner", "--no-confirm-exit", "--HistoryManager.hist_file=:memory:")
RIGHT, BACKSPACE = "\x1b[C", "\x7f"
SLOW = str(FOREVER)  # guards only, the measured figures are in docs/repl.md


@pytest.fixture
def start(tmp_path):
    """Start a host with a fake model of one mode, and wait for its first prompt."""
    started: list[Terminal] = []

    def start(host: str, mode: str = "quick", *arguments: str) -> Terminal:
        given = (*QUIET, *arguments) if host == "ipython" else ()
        terminal = Terminal(tmp_path, "-m", "tests.integrations.fake", mode, host, *given)
        started.append(terminal)
        terminal.wait(lambda: PROMPT[host] in terminal.text())
        terminal.settle()
        return terminal

    yield start
    for terminal in started:
        terminal.close()


def line(terminal: Terminal, text: str) -> str:
    return next((line for line in terminal.lines() if text in line), "")


@pytest.mark.parametrize("host", HOSTS)
def test_a_session_with_ghost_text(start, host):
    """One process for what needs no other: starting one takes seconds."""
    terminal = start(host)
    appears_dim_and_survives_typing_along(terminal)
    vanishes_on_a_differing_letter(terminal)
    is_accepted_by_right_and_run(terminal)
    stands_on_several_lines(terminal)
    stands_in_the_middle_of_a_cell(terminal)
    is_dismissed_by_escape(terminal)
    leaves_nothing_behind(terminal)


def appears_dim_and_survives_typing_along(terminal):
    terminal.send("fo")
    terminal.wait(lambda: terminal.ghost() == "r index in range(10):")
    whole = line(terminal, "for index")
    for typed in "r index":
        before = len(terminal.ghost())
        terminal.send(typed)
        while len(terminal.ghost()) == before:
            terminal.read()
            assert line(terminal, "for index") == whole  # in every state of the screen
    assert terminal.ghost().strip() == "in range(10):"


def vanishes_on_a_differing_letter(terminal):
    terminal.send("Q")
    terminal.wait(lambda: not terminal.ghost())
    assert line(terminal, "for indexQ").endswith("for indexQ")
    terminal.send("\x15")
    terminal.wait(lambda: "indexQ" not in terminal.text())


def is_accepted_by_right_and_run(terminal):
    terminal.send("values = [20, 22]\r")
    terminal.settle()
    terminal.send("tota")
    terminal.wait(lambda: terminal.ghost().strip() == "l = sum(values)")
    terminal.send(RIGHT)
    terminal.wait(lambda: not terminal.ghost() and "total = sum(values)" in terminal.text())
    terminal.send("\r")
    terminal.settle()
    terminal.send("total\r")
    terminal.wait(lambda: "42" in terminal.text())
    terminal.settle()


def stands_on_several_lines(terminal):
    terminal.send("def are")
    terminal.wait(lambda: "return 3 * radius ** 2" in terminal.ghost())
    assert terminal.ghost().split("\n")[0] == "a(radius):"
    assert "^J" not in terminal.text()
    terminal.send(RIGHT)
    terminal.wait(lambda: not terminal.ghost() and "return 3 * radius ** 2" in terminal.text())
    terminal.send("\x1b\r" if ">>>" in terminal.text() else "\r")
    terminal.settle()
    terminal.send("\x15\x03")
    terminal.settle()


def stands_in_the_middle_of_a_cell(terminal):
    terminal.send("\x1b[200~# one\n# three\x1b[201~")
    terminal.wait(lambda: "# three" in terminal.text())
    terminal.send("\x1b[A\x05\x1b[200~\n\x1b[201~if rea")
    terminal.wait(lambda: "print('second')" in terminal.ghost())
    terminal.settle()
    rows = [row.split(":")[-1].strip(" .") for row in terminal.lines()]
    middle = next(index for index, row in enumerate(terminal.lines()) if "if ready" in row)
    assert "# one" in rows[middle - 1]
    assert "print('first')" in rows[middle + 1]
    assert "print('second')" in rows[middle + 2]
    assert "# three" in rows[middle + 3]


def is_dismissed_by_escape(terminal):
    start = time.monotonic()
    terminal.send("\x1b")
    terminal.wait(lambda: not terminal.ghost())
    assert time.monotonic() - start < PATIENCE
    assert "second" not in terminal.text()


def leaves_nothing_behind(terminal):
    terminal.send("\x03")
    terminal.settle()
    terminal.send("fo")
    terminal.wait(lambda: "index" in terminal.ghost())
    terminal.send("\x03")
    terminal.settle()
    assert not terminal.ghost()


def enter(terminal: Terminal, host: str, text: str) -> float:
    """Run ``text``; returns the seconds from Enter to the next prompt."""
    mark = "In [" if host == "ipython" else ">>>"
    terminal.send(text)
    terminal.wait(lambda: text in terminal.text())
    prompts = terminal.text().count(mark)
    terminal.send("\r")
    return terminal.wait(lambda: terminal.text().count(mark) > prompts)


@pytest.mark.parametrize("host", HOSTS)
def test_nothing_waits_for_a_slow_model(start, host):
    terminal = start(host, SLOW)
    terminal.send("forty")
    terminal.wait(lambda: "forty" in terminal.text())
    terminal.settle()
    terminal.send(BACKSPACE)
    assert terminal.wait(lambda: "forty" not in terminal.text()) < PATIENCE
    terminal.send("\x15")
    terminal.wait(lambda: "fort" not in terminal.text())
    assert enter(terminal, host, "1234+1") < PATIENCE
    assert "1235" in terminal.text()
    terminal.send("exit()")
    terminal.wait(lambda: "exit()" in terminal.text())
    terminal.settle()
    terminal.send("\r")
    assert terminal.ended() < PATIENCE
    assert terminal.child.exitstatus == 0


@pytest.mark.parametrize("host", HOSTS)
def test_an_engine_that_always_raises_disturbs_nothing(start, host):
    terminal = start(host, "broken")
    for text in ("abc = 6 * 7", "abc + 1", "'x' + str(abc)", "abc * 2", "print(abc + 58)"):
        enter(terminal, host, text)
    assert all(shown in terminal.text() for shown in ("43", "x42", "84", "100"))
    assert "Traceback" not in terminal.text()
    assert "ENTER" not in terminal.text()
