"""A process that knows names: asked without waiting, answered from memory, survived."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from codecomplete.integrations.shared.naming import client
from codecomplete.integrations.shared.naming.client import MOST_FAILURES, Jedi
from codecomplete.integrations.shared.snapshot import Snapshot
from tests.patience import PATIENCE

BEFORE = "import keyword\nkeyword."  # a small module: Jedi reads what it is asked about


@pytest.fixture
def jedi(monkeypatch):
    """Makes processes that are given as long for an answer as a test has patience."""
    monkeypatch.setattr(client, "FIRST_PATIENCE", PATIENCE)
    monkeypatch.setattr(client, "PATIENCE", PATIENCE)
    made: list[Jedi] = []

    def make(*command: str) -> Jedi:
        made.append(Jedi(command) if command else Jedi())
        return made[-1]

    yield make
    for one in made:
        one.close()


def at(before: str, language: str = "python") -> Snapshot:
    return Snapshot(before, "\nx = 1\n", language, 1)


def told(namer: Jedi, snapshot: Snapshot) -> list[str]:
    """What it knows, once it does."""
    known = threading.Event()
    found = namer.names(snapshot, known.set)
    if found is None:
        assert known.wait(PATIENCE)
        found = namer.names(snapshot, known.set)
    return list(found)


def test_names_are_known_later_and_then_at_once(jedi):
    namer = jedi()
    known = threading.Event()
    assert namer.names(at(BEFORE), known.set) is None
    assert known.wait(PATIENCE)
    assert "iskeyword" in namer.names(at(BEFORE), known.set)


def test_every_further_letter_of_a_name_is_answered_from_memory(jedi):
    namer = jedi()
    first = told(namer, at(BEFORE))
    for letters in ("i", "is", "isk"):
        assert namer.names(at(BEFORE + letters), lambda: None) == first
    assert namer.questions == 1


HELD_UP = """
import pathlib, sys, time
for question in sys.stdin:
    while not pathlib.Path(sys.argv[1]).exists():
        time.sleep(0.01)
    print('{"names": ["path"]}', flush=True)
"""


def test_whoever_asks_last_for_a_name_is_told(jedi, tmp_path):
    """Its letters are typed while the question is under way."""
    go_on, told_first, told_last = tmp_path / "go on", threading.Event(), threading.Event()
    namer = jedi(sys.executable, "-c", HELD_UP, str(go_on))
    assert namer.names(at(BEFORE), told_first.set) is None
    assert namer.names(at(BEFORE + "p"), told_last.set) is None
    go_on.touch()
    assert told_last.wait(PATIENCE) and not told_first.is_set()
    assert namer.questions == 1


@pytest.mark.parametrize(
    "snapshot", [at("x = 1\n"), at("os.", "c"), Snapshot("os.", language=None), at("x" * 500_000)]
)
def test_nothing_is_started_where_nobody_needs_to_be_asked(jedi, snapshot):
    namer = jedi("/nowhere")
    assert namer.names(snapshot, lambda: None) == ()
    assert namer._thread is None


def test_where_jedi_is_not_installed_nobody_is_asked(jedi, monkeypatch):
    monkeypatch.setattr(client, "is_installed", lambda: False)
    namer = jedi("/nowhere")
    assert namer.names(at(BEFORE), lambda: None) == () and namer._thread is None


@pytest.mark.parametrize(
    "command",
    [
        ("/nowhere/python",),
        (sys.executable, "-c", "pass"),
        (sys.executable, "-c", "print('no answer', flush=True); input()"),
        (sys.executable, "-c", "print('{}', flush=True); input()"),
        (sys.executable, "-c", "print('null', flush=True); input()"),
    ],
)
def test_a_process_that_fails_gives_no_names_and_is_left_alone_in_the_end(jedi, command):
    namer = jedi(*command)
    for number in range(MOST_FAILURES):
        assert told(namer, at(f"{BEFORE.strip('.')}{number}.")) == []
    assert namer.names(at(BEFORE), lambda: None) == ()


def test_a_process_that_hangs_is_ended(jedi, monkeypatch):
    monkeypatch.setattr(client, "FIRST_PATIENCE", 0.2)
    namer = jedi(sys.executable, "-c", "import time; time.sleep(600)")
    assert told(namer, at(BEFORE)) == []
    assert namer._process is None


def test_nothing_is_left_when_it_is_closed(jedi):
    namer = jedi()
    told(namer, at(BEFORE))
    process = namer._process
    namer.close()
    assert process is not None and process.poll() is not None
    assert namer.names(at(BEFORE), lambda: None) == ()


def test_nothing_is_left_when_it_is_closed_while_the_process_starts(jedi, monkeypatch):
    """Between its start and the moment that it is known of."""
    namer, started = jedi(), []
    start = subprocess.Popen

    def start_and_close(*arguments, **options):
        started.append(start(*arguments, **options))
        namer.close()
        return started[-1]

    monkeypatch.setattr(client.subprocess, "Popen", start_and_close)
    assert namer.names(at(BEFORE), lambda: None) is None
    thread = namer._thread
    assert thread is not None
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert [process.poll() is not None for process in started] == [True]
    assert started[0].stdin.closed and started[0].stdout.closed
