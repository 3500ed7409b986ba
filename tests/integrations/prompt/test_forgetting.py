"""An input that is deleted is gone: from the disk, the prompt, the names, and the context."""

from __future__ import annotations

import pytest

from tests.integrations.terminal import Terminal

SECRET = "hunter2" + "moonlit"
RUN = ("-m", "tests.integrations.fake", "quick", "ipython", "--no-banner", "--no-confirm-exit")


@pytest.fixture
def start(tmp_path):
    started = []

    def start() -> Terminal:
        terminal = Terminal(tmp_path, *RUN)
        started.append(terminal)
        terminal.wait(lambda: "In [1]:" in terminal.text())
        terminal.settle()
        return terminal

    yield start
    for terminal in started:
        terminal.close()


def enter(terminal: Terminal, text: str, prompt: int) -> None:
    terminal.send(text + "\r")
    terminal.wait(lambda: f"In [{prompt}]:" in terminal.text())
    terminal.settle()


def leave(terminal: Terminal) -> None:
    terminal.send("exit\r")
    terminal.ended()


def test_what_is_forgotten_is_gone_from_this_session_and_the_disk(start, tmp_path):
    terminal = start()
    enter(terminal, f"word = '{SECRET}'", 2)
    enter(terminal, "other = 12345", 3)
    leave(terminal)
    data_base = next(tmp_path.rglob("history.sqlite"))
    assert SECRET.encode() in data_base.read_bytes()

    terminal = start()
    enter(terminal, f"again = '{SECRET}'", 2)
    enter(terminal, f"%codecomplete forget {SECRET}", 3)
    assert "3 inputs were deleted" in terminal.text()
    terminal.send("\x0c")
    enter(terminal, "print([v for v in (In, _i, _ii, _iii, _i1) if 'mo' 'on' in str(v)])", 4)
    assert "[]" in terminal.text()
    terminal.send("\x0c")
    terminal.settle()
    for _ in range(5):
        terminal.send("\x1b[A")
        terminal.settle()
        assert "moonlit" not in terminal.text()
    assert "other = 12345" in terminal.text()
    terminal.send("\x15")
    leave(terminal)
    assert SECRET.encode() not in data_base.read_bytes()
    assert b"other = 12345" in data_base.read_bytes()


def test_a_few_characters_delete_nothing(start):
    terminal = start()
    enter(terminal, "abc = 1", 2)
    enter(terminal, "%codecomplete forget abc", 3)
    assert "at least 4 characters" in terminal.text()


def test_a_secret_of_an_earlier_session_is_not_offered_from_the_history(start):
    terminal = start()
    enter(terminal, f"connect_now(password='{SECRET}9')", 2)
    enter(terminal, "connect_then(12345)", 3)
    leave(terminal)
    terminal = start()
    terminal.send("connect_t")
    terminal.wait(terminal.ghost)
    assert terminal.ghost() == "hen(12345)"
    terminal.send("\x15connect_now(p")
    terminal.settle(0.5)
    assert "moonlit" not in terminal.text() and "hunter" not in terminal.text()
