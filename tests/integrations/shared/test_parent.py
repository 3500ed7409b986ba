"""How it acts on the process of an editor is tested with a real one, in ``nvim/test_ending.py``."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from codecomplete.integrations.shared import parent
from codecomplete.integrations.shared.parent import has_ended, wait_for_end, when_ended
from tests.integrations.orphans import is_alive
from tests.integrations.terminal import ROOT
from tests.patience import PATIENCE

WAYS = ["told by the system", "asking again and again"]


@pytest.fixture(params=WAYS)
def way(request, monkeypatch) -> str:
    if request.param == WAYS[1]:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
        monkeypatch.setattr(parent, "SECONDS", 0.01)
    elif not hasattr(os, "pidfd_open"):
        pytest.skip("this system does not tell")
    return request.param


@pytest.fixture
def child():
    started = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield started
    started.kill()
    started.communicate()


def test_a_process_has_ended_once_nobody_waits_for_it_any_more(child):
    assert not has_ended(os.getpid())
    assert not has_ended(1), "somebody else's, perhaps"
    assert not has_ended(child.pid)
    child.communicate(b"\n")
    assert has_ended(child.pid)


def test_the_end_of_a_process_is_waited_for_and_that_of_none_is_not(way, child):
    ended = threading.Event()
    when_ended(child.pid, ended.set)
    assert not ended.is_set()
    child.communicate(b"\n")
    assert ended.wait(PATIENCE)
    wait_for_end(child.pid)
    called = []
    when_ended(child.pid, lambda: called.append(threading.current_thread()))
    assert called == [threading.current_thread()]


ORPHANED = """
import os, sys, time
if POLLS and hasattr(os, "pidfd_open"):
    del os.pidfd_open
from codecomplete.integrations.shared.parent import end_with_parent
end_with_parent()
print(os.getpid(), flush=True)
time.sleep(3600)
"""
STARTING = "import subprocess, sys; subprocess.Popen(sys.argv[1:]).wait()"


@pytest.mark.parametrize("polls", [False, True], ids=WAYS)
def test_a_parent_has_ended_even_if_nobody_asks_about_it(polls):
    orphaned = ORPHANED.replace("POLLS", str(polls))
    started = subprocess.Popen(
        [sys.executable, "-c", STARTING, sys.executable, "-c", orphaned], cwd=ROOT,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    number = int(started.stdout.readline())
    started.kill()
    until = time.monotonic() + PATIENCE
    while is_alive(number):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert started.returncode is None, "nobody has asked"
    started.communicate()
