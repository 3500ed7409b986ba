"""However the editor is ended, and whatever it does just then: the work is saved, and it ends."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codecomplete.integrations.edit.ending import signals
from codecomplete.integrations.edit.files.recovery import Recovery
from tests.integrations.edit.test_pseudo_terminal import is_put_aside
from tests.integrations.orphans import Hosted
from tests.patience import FOREVER, PATIENCE

pytestmark = pytest.mark.slow

Way = Callable[[Hosted, int], None]

WAYS: dict[str, Way] = {
    "closed": lambda host, pid: host.hang_up(),
    "its shell killed": lambda host, pid: host.kill_shell(),
    "SIGHUP": lambda host, pid: os.kill(pid, signal.SIGHUP),
    "SIGTERM": lambda host, pid: os.kill(pid, signal.SIGTERM),
}


@pytest.fixture
def left(tmp_path, monkeypatch) -> Callable[[Path], str]:
    """The text that was left behind for a file, found where the next start looks for it.

    That the next start offers and restores it is seen in ``test_pseudo_terminal.py``.
    """
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME")

    def text(file: Path) -> str:
        start = time.monotonic()
        while not (found := Recovery.find(file)):  # a thread may hold the lock for a moment more
            assert time.monotonic() - start < PATIENCE, "nothing was left behind"
            time.sleep(0.01)
        (only,) = found
        return only.file.text

    return text


@contextmanager
def edited(home: Path, file: Path, mode: str = "quick", **more) -> Iterator[tuple[Hosted, int]]:
    """An editor that something was typed into a moment ago, and its process."""
    host, pid = Hosted(home, "-m", "tests.integrations.edit.program", mode, str(file), **more), 0
    try:
        host.wait(lambda: "Ln 1" in host.text())
        pid = host.pid
        host.send("unsaved ")
        host.wait(lambda: "modified" in host.text() and "unsaved x = 1" in host.text())
        yield host, pid
    finally:
        host.close(*[pid] if pid else [])


@pytest.mark.parametrize("way", ["closed", "SIGTERM"])
def test_an_editor_under_nohup_ends_with_its_terminal_and_saves_its_work(
    tmp_path, left, way, record_property
):
    """A terminal that outlives its shell is used on: that is what it is for."""
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with edited(tmp_path, file, ignore=True) as (host, pid):
        WAYS[way](host, pid)
        record_property("seconds", round(host.gone(pid), 2))
    assert left(file) == "unsaved x = 1\n"


@pytest.mark.parametrize("way", WAYS)
def test_it_ends_while_it_hangs_and_while_the_model_thinks(tmp_path, left, way, record_property):
    """F11 of the program hangs the loop, with keys that came before it."""
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with edited(tmp_path, file, mode=str(FOREVER)) as (host, pid):
        host.send("for\x1b[23~")
        host.wait((tmp_path / "hangs").exists)
        WAYS[way](host, pid)
        record_property("seconds", round(host.gone(pid), 2))
    assert left(file) == "unsaved forx = 1\n"


def test_an_editor_that_is_stopped_ends_with_its_terminal(tmp_path, left):
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with edited(tmp_path, file) as (host, pid):
        os.kill(pid, signal.SIGTSTP)
        host.wait(lambda: Path(f"/proc/{pid}/stat").read_text().split()[2] == "T")
        host.hang_up()
        host.gone(pid)
    assert left(file) == "unsaved x = 1\n"


ANSWERED = [signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM,
            signal.SIGXCPU, signal.SIGPWR, signal.SIGRTMIN + 3]  # fmt: skip


@pytest.mark.parametrize("number", ANSWERED, ids=lambda number: str(int(number)))
def test_every_signal_that_ends_it_saves_the_work(tmp_path, left, number):
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with edited(tmp_path, file) as (host, pid):
        os.kill(pid, number)
        host.gone(pid)
        host.wait(lambda: "ended by" in host.text())
    assert left(file) == "unsaved x = 1\n"


def test_no_signal_is_left_to_chance():
    """Whatever is not answered cannot be, stops the process only, or does nothing by itself."""
    left = {"SIGKILL", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGCHLD", "SIGCONT", "SIGURG",
            "SIGWINCH", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGPIPE", "SIGXFSZ"}  # fmt: skip
    others = {one for one in signal.valid_signals() if _name(one) not in left}
    assert others <= {*signals(), *ignored()}


def ignored() -> set[int]:
    return {one for one in signal.valid_signals() if signal.getsignal(one) == signal.SIG_IGN}


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""


def test_steady_typing_is_put_aside_before_long(tmp_path, left):
    """Nothing can be done about SIGKILL then; it is done before, although there is no pause."""
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with edited(tmp_path, file) as (host, pid):
        start = time.monotonic()
        while not is_put_aside(tmp_path, "word word word word"):
            assert time.monotonic() - start < PATIENCE, "nothing was put aside"
            host.send("word ")
            until = time.monotonic() + 0.6  # never the pause of two seconds
            while time.monotonic() < until:
                host.read(0.05)
        os.kill(pid, signal.SIGKILL)
        host.gone(pid)
    assert left(file).startswith("unsaved word word word word")


ENDINGS: dict[str, Way] = {
    **WAYS,
    "SIGINT": lambda host, pid: os.kill(pid, signal.SIGINT),
    "SIGQUIT": lambda host, pid: os.kill(pid, signal.SIGQUIT),
    "exception": lambda host, pid: host.send("\x1b[21~"),  # F10 of the program
    "exception in a command, then killed": lambda host, pid: (
        host.send("\x1b[20~"),
        host.wait(lambda: "That failed" in host.text()),
        os.kill(pid, signal.SIGKILL),
    ),
}


@pytest.mark.parametrize("way", ENDINGS)
def test_steady_typing_is_saved_to_the_last_key_however_it_is_ended(tmp_path, left, way):
    """There was never the pause after which work is put aside, and no time for the longest wait."""
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with edited(tmp_path, file) as (host, pid):
        for count in range(4):
            host.send(f"word{count} ")
            host.wait(lambda count=count: f"word{count} " in host.text())
        ENDINGS[way](host, pid)
        host.gone(pid)
    assert left(file) == "unsaved word0 word1 word2 word3 x = 1\n"
