"""What stands in for a program ends as the program does."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.integrations.standing_in import stand_in
from tests.patience import PATIENCE


def passes_on(pid: int, number: signal.Signals) -> bool:
    """Whether a process has its own answer to a signal."""
    _, _, caught = Path(f"/proc/{pid}/status").read_text().partition("SigCgt:")
    return bool(int(caught.split()[0], 16) >> (number - 1) & 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_program_ends_it_too(number):
    command = [*stand_in("tests.integrations.nvim.fake_serve"), "deaf"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        until = time.monotonic() + PATIENCE
        while not passes_on(process.pid, number):
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(PATIENCE) == -number
