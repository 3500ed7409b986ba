"""A REPL ends with its terminal, whatever its suggester does just then."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable

import pytest

from tests.integrations.orphans import Hosted
from tests.patience import FOREVER

pytestmark = pytest.mark.slow

PROMPT = {"ipython": "In [1]:", "ptpython": ">>>"}
QUIET = ("--no-banner", "--no-confirm-exit", "--HistoryManager.hist_file=:memory:")
SLOW = str(FOREVER)  # seconds that the model takes for a suggestion

WAYS: dict[str, Callable[[Hosted, int], None]] = {
    "closed": lambda host, pid: host.hang_up(),
    "its shell killed": lambda host, pid: host.kill_shell(),
    "SIGHUP": lambda host, pid: os.kill(pid, signal.SIGHUP),
    "SIGTERM": lambda host, pid: os.kill(pid, signal.SIGTERM),
    "end of input": lambda host, pid: host.send("\x15\x04y\r"),  # ptpython asks
}


@pytest.fixture
def start(tmp_path):
    started: list[tuple[Hosted, list[int]]] = []

    def start(host: str, mode: str, *more: str, **options) -> tuple[Hosted, int]:
        given = QUIET if host == "ipython" else ()
        hosted = Hosted(
            tmp_path, "-m", "tests.integrations.fake", mode, host, *given, *more, **options
        )
        pids: list[int] = []
        started.append((hosted, pids))
        hosted.wait(lambda: PROMPT[host] in hosted.text())
        pids.append(hosted.pid)
        return hosted, pids[0]

    yield start
    for hosted, pids in started:
        hosted.close(*pids)


@pytest.mark.parametrize("mode", ["quick", SLOW])
@pytest.mark.parametrize(
    ("way", "ignore"), [*((way, False) for way in WAYS), ("closed", True), ("SIGTERM", True)]
)
@pytest.mark.parametrize("host", PROMPT)
def test_a_repl_ends_with_its_terminal(start, host, way, ignore, mode, record_property):
    hosted, pid = start(host, mode, ignore=ignore)
    hosted.send("fo")
    hosted.wait(lambda: "fo" in hosted.text())
    time.sleep(0.5)
    WAYS[way](hosted, pid)
    record_property("seconds", round(hosted.gone(pid), 2))


@pytest.mark.parametrize("host", PROMPT)
def test_a_repl_whose_folder_is_removed_goes_on_and_suggests(start, host, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    hosted, _ = start(host, "quick", folder=folder)
    shutil.rmtree(folder)
    hosted.send("1233+1\r")
    hosted.wait(lambda: "1234" in hosted.text())
    hosted.send("for ind")
    hosted.wait(lambda: "range(10)" in hosted.text())
