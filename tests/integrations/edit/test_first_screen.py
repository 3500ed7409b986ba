"""What is drawn before the editor is there, in real terminals, and what is not."""

from __future__ import annotations

import os
import re
import signal
import termios

import pyte
import pytest

from codecomplete.integrations.edit import first_screen
from codecomplete.integrations.edit.first_screen import View, picture
from tests.integrations.edit.test_pseudo_terminal import left_cleanly
from tests.integrations.terminal import Terminal

ROWS, COLUMNS = 20, 80
DRAWN = b"\x1b[?7h"  # which ends the picture
VIEW = View("textual-dark", True, False, 4, True)
LINES = "".join(f"line {number} äö\tπ x\n" for number in range(1000))


class Early(Terminal):
    """The editor while it is being loaded: everything that it has drawn is its first screen."""

    def __init__(self, home, *arguments, **more) -> None:
        super().__init__(
            home, "-m", "codecomplete.integrations.edit", "--no-suggestions",
            *map(str, arguments), rows=ROWS, columns=COLUMNS, more=more,
        )  # fmt: skip
        while DRAWN not in self.raw:
            assert self.read()
        self.first = pyte.Screen(COLUMNS, ROWS)  # whatever has been drawn since
        pyte.ByteStream(self.first).feed(self.raw[: self.raw.index(DRAWN)])

    def is_given_back(self) -> bool:
        """Whether keys are shown, edited in lines and interrupt again."""
        usual = termios.ECHO | termios.ICANON | termios.ISIG
        attributes = termios.tcgetattr(self.child.child_fd)
        return attributes[3] & usual == usual and bool(attributes[0] & termios.ICRNL)


def cells(screen: pyte.Screen) -> dict[tuple[int, int], tuple[str, str, str, bool]]:
    """What the rows of text look like, but for the scrollbar."""
    return {
        (row, column): (cell.data, cell.fg, cell.bg, cell.bold)
        for row in range(ROWS - 2)
        for column in range(COLUMNS - 1)
        for cell in [screen.buffer[row][column]]
    }


@pytest.fixture
def early(tmp_path):
    opened = []

    def start(*arguments, **more) -> Early:
        opened.append(Early(tmp_path, *arguments, **more))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("theme", "place", "more"),
    [("dark", "+501", {}), ("light", "+/line 995", {"COLORTERM": "truecolor"})],
)
def test_it_is_what_the_editor_draws_and_what_is_typed_meanwhile_is_typed(
    tmp_path, early, theme, place, more
):
    (tmp_path / "codecomplete").mkdir()
    (tmp_path / "codecomplete/edit.toml").write_text(f'theme = "textual-{theme}"\n')
    file = tmp_path / "a.txt"
    file.write_text(LINES)
    terminal = early(place, file, **more)
    first = cells(terminal.first)
    assert all("line " in line for line in terminal.first.display[: ROWS - 7])
    terminal.wait(lambda: "Ln " in terminal.text())
    terminal.settle()
    now = cells(terminal.screen)
    different = {at: (first[at], now[at]) for at in first if first[at] != now[at]}
    assert [(was[0], now[0]) for was, now in different.values()] == [("l", "l")]  # the caret
    terminal.send("@\r")
    terminal.wait(lambda: "@" in terminal.text())
    assert terminal.raw.count(b"\x1b[?1049h") == 1
    terminal.send("\x11")
    terminal.wait(lambda: "unsaved changes" in terminal.text())


def test_keys_wait_unseen_and_a_key_that_interrupts_does_not(tmp_path, early):
    file = tmp_path / "a.txt"
    file.write_text("one\n")
    terminal = early(file)
    terminal.send("x\r\x03y\x13")
    terminal.wait(lambda: file.read_text() == "x\nyone\n")
    assert terminal.raw.partition(DRAWN)[2].startswith(b"\x1b")  # and no key that was echoed
    terminal.send("\x11")
    terminal.ended()
    assert left_cleanly(terminal) and terminal.is_given_back()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_editor_is_being_loaded_gives_the_terminal_back(tmp_path, early, number):
    file = tmp_path / "a.txt"
    file.write_text("one\n")
    terminal = early(file)
    os.kill(terminal.child.pid, number)
    terminal.ended()
    if terminal.child.signalstatus is None:  # the editor was quicker than this test
        assert terminal.child.exitstatus == 128 + number
    else:
        assert terminal.child.signalstatus == number
        assert terminal.raw.endswith(b"\x1b[?1049l\x1b[?25h")
    assert terminal.is_given_back()


def test_a_start_that_fails_afterwards_gives_the_terminal_back_before_it_says_why(tmp_path, early):
    file = tmp_path / "a.txt"
    file.write_text("\n" * 1_000_001)
    terminal = early(file)
    terminal.ended()
    assert b"\x1b[?25hcc-edit: " in terminal.raw and b"at most 1,000,000" in terminal.raw
    assert terminal.is_given_back()


# Without a terminal: what is drawn of which file


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """The picture of a file with this content, on a terminal of 20 rows of 80 columns."""
    monkeypatch.setattr(first_screen, "_in_front", lambda: True)
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((COLUMNS, ROWS)))
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def draw(content: bytes, view: View = VIEW, place=None, wanted=""):
        (tmp_path / "a.txt").write_bytes(content)
        return picture(str(tmp_path / "a.txt"), place, wanted, view)

    return draw


def test_what_a_terminal_would_obey_is_left_to_the_editor(drawn):
    found = drawn("a\x1b]0;t\x07b\n\x9b31m\nwide 漢 rest\ncom\u0301bined\n".encode())
    plain = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", found).replace("\r", "")
    assert plain.isprintable()
    assert "]0;t" not in plain and "31m" not in plain and "rest" not in plain
    assert "wide " in plain and "com" in plain and "bined" not in plain


@pytest.mark.parametrize(
    "content",
    [b"a\0b", b"caf\xe9", b"a\rb", b"a\r\nb\nc", b"\xef\xbb\xbfa", b"x" * 3000, b"x" * 2_000_001],
    ids=["nul", "latin", "cr", "mixed", "bom", "long line", "large"],
)
def test_a_file_that_may_look_otherwise_in_the_editor_is_not_drawn(drawn, content):
    assert drawn(content) is None


@pytest.mark.parametrize("view", [
    View("nord", True, False, 4, True), View("textual-dark", True, True, 4, True),
])  # fmt: skip
def test_settings_that_change_the_looks_are_left_to_the_editor(drawn, view):
    assert drawn(b"one\n", view) is None


def test_an_unusual_terminal_is_left_to_the_editor(drawn, monkeypatch):
    assert drawn(b"one\n") is not None
    monkeypatch.setenv("NO_COLOR", "1")
    assert drawn(b"one\n") is None
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "linux")
    assert drawn(b"one\n") is None


def test_only_files_are_opened(drawn, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    drawn(b"")
    for name in ("pipe", ".", "missing", "a\0b"):
        assert picture(str(tmp_path / name), None, "", VIEW) is None
