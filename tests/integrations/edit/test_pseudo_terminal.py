"""The whole program in a terminal: what reaches it, and what is left when the program ends."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pytest

from codecomplete.integrations.edit.dialogs import GUARD_SECONDS as GUARD
from codecomplete.integrations.edit.files.recovery import SUFFIX
from tests.integrations.forked import Forked
from tests.integrations.terminal import ESCAPE, Terminal

GUARD_SECONDS = GUARD + 0.2

# What Textual writes: styles, places, modes, and the shape of the mouse pointer (OSC 22).
KNOWN = re.compile(
    r"\x1b\[[0-9;:]*[mHJK]|\x1b\[\?[0-9;]+[hl]|\x1b\[\?[0-9]+\$p|\x1b\[[<>=][0-9;]*u"
    r"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"
)
MOST_MB = 150
STARTED = ("Ln ", "╰")
"""Of these a screen has one: its status line, or the frame of a question that hides it."""


@contextmanager
def started(
    home,
    *arguments: str,
    mode: str | None = "quick",
    rows: int = 20,
    folder: Path | None = None,
    more: dict[str, str] | None = None,
) -> Iterator[Terminal]:
    """cc-edit with the fake model, or with the packaged one if ``mode`` is None, once it has
    started."""
    module = (
        ["codecomplete.integrations.edit"]
        if mode is None
        else ["tests.integrations.edit.warm", mode]
    )
    terminal = Terminal(
        home,
        "-m",
        *module,
        *map(str, arguments),
        rows=rows,
        columns=100,
        folder=folder,
        more=more,
        spawn=pexpect.spawn if mode is None else Forked,
    )
    try:
        terminal.wait(lambda: any(one in terminal.text() for one in STARTED))
        terminal.settle()
        yield terminal
    finally:
        terminal.close()


def unknown(raw: bytes) -> str:
    """What reached the terminal beside text and known sequences."""
    rest = KNOWN.sub("", raw.decode("utf-8"))
    return "".join(
        one for one in rest if (ord(one) < 32 and one not in "\r\n") or 127 <= ord(one) < 160
    )


def left_cleanly(terminal: Terminal) -> bool:
    """Whether the normal screen, the cursor and the echo are back."""
    raw = terminal.raw
    attributes = termios.tcgetattr(terminal.child.child_fd)
    back = all(raw.rfind(mode + b"l") > raw.rfind(mode + b"h") for mode in (b"?1049", b"?1000"))
    return back and raw.rfind(b"?25h") > raw.rfind(b"?25l") and bool(attributes[3] & termios.ECHO)


def said_at_the_end(terminal: Terminal) -> str:
    return KNOWN.sub("", terminal.raw.rpartition(b"\x1b[?1049l")[2].decode()).strip()


def test_open_type_accept_undo_save_and_quit_with_the_packaged_model(tmp_path):
    file = tmp_path / "a.py"
    file.write_bytes(b"import os\r\n\r\n")
    with started(tmp_path, "+3", file, mode=None) as terminal:
        for character in "for name in os.listdir(path":
            terminal.send(character)
            terminal.settle(0.05)
        terminal.wait(lambda: "Tab accept" in terminal.text() or "idle" in terminal.text())
        terminal.settle(0.5)
        before = terminal.lines()[2]
        if "Tab accept" in terminal.text():
            terminal.send("\t")
            terminal.settle(0.3)
            assert len(terminal.lines()[2]) >= len(before.rstrip())
            terminal.send("\x1a")
            terminal.settle(0.3)
        assert terminal.memory_mb() < MOST_MB
        terminal.send("\x13")
        terminal.settle(0.5)
        terminal.wait(lambda: "modified" not in terminal.text())
        terminal.send("\x11")
        terminal.ended()
        assert terminal.child.exitstatus == 0 and left_cleanly(terminal)
    typed = b"import os\r\n\r\nfor name in os.listdir(path"
    # The closer was put there, unless ghost text had one when the opener was typed.
    assert file.read_bytes() in (typed, typed + b")")
    assert unknown(terminal.raw) == ""


def test_control_sequences_of_a_file_its_name_and_a_paste_never_reach_the_terminal(tmp_path):
    evil = "\x1b]0;title\x07\x1b[2J\x1b[6n\x9b31m\x1bP$q\x1b\\\x08\x0e\u202e"
    file = tmp_path / ("a" + evil.replace("/", "") + ".py")
    file.write_text(f"x = 1\n{evil}\n")
    other = tmp_path / "b\udcff\x1b[31m.c"
    other.write_text("int b;")
    with started(tmp_path, file, other) as terminal:
        terminal.send(f"\x1b[200~{evil[:12]}\x1b[201~")
        terminal.settle()
        terminal.send("\x06\x1b]0;t\x07")  # the find bar
        terminal.settle(0.4)
        terminal.send(f"{ESCAPE}\x1b[6;5~")  # the next tab
        terminal.settle(0.3)
        terminal.send("\x0f")  # open: a name that cannot be opened
        terminal.settle(0.3)
        terminal.send("/nothing\x1b[31m\r")
        terminal.settle(0.5)
    assert unknown(terminal.raw) == ""
    assert "␛" in terminal.text()


def test_keys_that_arrive_together_act_in_the_order_in_which_they_were_pressed(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("one\ntwo\n")
    end, down, home = "\x1b[F", "\x1b[B", "\x1b[H"
    with started(tmp_path, file) as terminal:
        terminal.send(f"{end}\rx{down}{end}y{home}z\x13")
        terminal.wait(lambda: file.read_text() == "one\nx\nztwoy\n")
        terminal.send(f"a\x06two\r{ESCAPE}")  # letters after Ctrl-F belong to the find bar
        terminal.send("b\x13\x11")  # in place of what was found
        terminal.ended()
    assert file.read_text() == "one\nx\nzaby\n"


def test_keys_that_arrive_together_act_in_order_in_the_find_bar_too(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("one two\n")
    with started(tmp_path, file) as terminal:
        terminal.send("\x06one\x15two")  # all of the field is deleted before "two"
        terminal.wait(lambda: "Col 8 (3 selected)" in terminal.text())
        terminal.send(f"{ESCAPE}x\x13")
        terminal.wait(lambda: file.read_text() == "one x\n")


def test_tab_completes_the_name_of_a_file(tmp_path):
    for name in ("alpha.py", "alpine.py"):
        (tmp_path / name).write_text(name)
    with started(tmp_path, tmp_path / "other.txt") as terminal:
        terminal.send("\x0f")
        terminal.wait(lambda: "Open which" in terminal.text())
        terminal.send("al\t")
        terminal.wait(lambda: "alpha.py  alpine.py" in terminal.text())
        terminal.send("h\t\r")
        terminal.wait(lambda: "Ln 1" in terminal.text() and "alpha.py  " not in terminal.text())
        terminal.wait(lambda: "alpha.py" in terminal.lines()[2])


def marked(terminal: Terminal, row: int) -> str:
    """What has another background than the row."""
    cells = terminal.screen.buffer[row]
    usual = cells[90].bg
    return "".join(cells[x].data for x in range(2, 90) if cells[x].bg != usual)


def test_the_first_match_and_all_others_are_seen_as_soon_as_they_are_found(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("two = 1\nx = two + two\nlong" + "g" * 3000 + "\n")
    with started(tmp_path, file) as terminal:
        terminal.send("\x06two")
        terminal.wait(lambda: "1 of 3" in terminal.text())
        terminal.wait(lambda: (marked(terminal, 0), marked(terminal, 1)) == ("two", "twotwo"))
        assert terminal.screen.buffer[0][4].bg != terminal.screen.buffer[1][8].bg
        terminal.send("\x1b")
        terminal.wait(lambda: marked(terminal, 1) == "")
        terminal.send("\x06long\x1b[A")
        terminal.wait(lambda: "1 of 1" in terminal.text())
        terminal.wait(lambda: marked(terminal, 2).startswith("long"))


def test_ghost_text_is_dim_and_alt_bracket_cycles_in_a_terminal_without_kittys_keys(tmp_path):
    with started(tmp_path, tmp_path / "new.py") as terminal:
        terminal.send("def ar")
        terminal.wait(lambda: "radius" in terminal.text())
        terminal.send("\x1b]")
        terminal.wait(lambda: "1/1" in terminal.text())
        terminal.send("\x1b")
        terminal.wait(lambda: "radius" not in terminal.text())
        assert "]" not in terminal.lines()[0]


def test_a_bug_of_ours_leaves_the_terminal_one_line_and_the_unsaved_work(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with started(tmp_path, file) as terminal:
        terminal.send("unsaved ")
        terminal.settle(0.2)
        terminal.send("\x1b[21~")  # F10
        terminal.ended()
        assert terminal.child.exitstatus == 70 and left_cleanly(terminal)
        said = said_at_the_end(terminal)
        assert said.startswith("cc-edit: the editor failed (RuntimeError)")
        assert "\x1b" not in said and unknown(terminal.raw) == ""
    assert file.read_text() == "x = 1\n"
    assert offered(tmp_path, file) == "unsaved x = 1"


def test_a_command_that_fails_says_so_and_leaves_the_editor_and_the_text(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with started(tmp_path, file) as terminal:
        terminal.send("kept \x1b[20~")  # F9
        terminal.wait(
            lambda: all(one in terminal.text() for one in ("That failed", "RuntimeError"))
        )
        assert unknown(terminal.raw) == ""
        terminal.send("and on \x13")
        terminal.wait(lambda: file.read_text() == "kept and on x = 1\n")
    log = next(tmp_path.rglob("edit.log")).read_text()
    assert "action_fail" in log


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_leaves_the_unsaved_work(tmp_path, number):
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with started(tmp_path, file) as terminal:
        terminal.send("unsaved ")
        terminal.wait(lambda: "unsaved x = 1" in terminal.text())
        if number == signal.SIGKILL:  # nothing can be done then; it is put aside while idle
            terminal.wait(lambda: is_put_aside(tmp_path, "unsaved x = 1"))
        os.kill(terminal.child.pid, number)
        terminal.ended()
        if number == signal.SIGTERM:
            assert terminal.child.exitstatus == 128 + number and left_cleanly(terminal)
            assert "SIGTERM" in said_at_the_end(terminal)
    assert file.read_text() == "x = 1\n"
    assert offered(tmp_path, file) == "unsaved x = 1"


def is_put_aside(home: Path, text: str) -> bool:
    """Whether a file of unsaved work has that, of an editor that runs or of one that is gone."""
    for path in home.rglob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):  # it has just been replaced
            if text.encode() in path.read_bytes():
                return True
    return False


def offered(home, file) -> str:
    """The first line of the work that the next start offers and restores."""
    with started(home, file) as terminal:
        terminal.wait(lambda: "unsaved work" in terminal.text())
        time.sleep(GUARD_SECONDS)
        terminal.send("r")
        terminal.wait(lambda: "modified" in terminal.text())
        terminal.settle()
        return terminal.lines()[0][3:].strip()


def test_stopping_gives_the_terminal_back_and_going_on_draws_again(tmp_path):
    with started(tmp_path, tmp_path / "a.py") as terminal:
        terminal.send("abc")
        terminal.settle(0.2)
        os.kill(terminal.child.pid, signal.SIGTSTP)
        terminal.wait(lambda: state(terminal) == "T")
        terminal.settle()
        assert left_cleanly(terminal)
        shown = len(terminal.raw)
        os.kill(terminal.child.pid, signal.SIGCONT)
        terminal.wait(lambda: "abc" in KNOWN.sub("", terminal.raw[shown:].decode()))


def state(terminal: Terminal) -> str:
    return Path(f"/proc/{terminal.child.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_standard_input_is_edited_and_keys_still_come_from_the_terminal(tmp_path):
    script = f"printf 'one\\ntwo' | {sys.executable} -m codecomplete.integrations.edit -"
    terminal = Terminal(tmp_path, "-c", f"import os; os.execvp('sh', ['sh', '-c', {script!r}])")
    try:
        terminal.wait(lambda: "two" in terminal.text())
        terminal.settle()
        terminal.send("x")
        terminal.wait(lambda: "xone" in terminal.text() and "modified" in terminal.text())
        terminal.send("\x11")
        terminal.wait(lambda: "unsaved changes" in terminal.text())
        time.sleep(GUARD_SECONDS)
        terminal.send("d")
        terminal.ended()
        assert terminal.child.exitstatus == 0
    finally:
        terminal.close()
