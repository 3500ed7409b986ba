from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.patience import PATIENCE, is_at_work, work_of


@pytest.mark.parametrize(("does", "works"), [("while True: pass", True), ("input()", False)])
def test_a_program_that_computes_is_at_work_and_one_that_waits_is_not(does, works):
    child = subprocess.Popen(
        [sys.executable, "-c", f"print(flush=True)\n{does}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        child.stdout.readline()
        until = time.monotonic() + PATIENCE
        while is_at_work(child.pid) is not works:
            assert time.monotonic() < until
            time.sleep(0.01)
        before = work_of(child.pid)
        while works and work_of(child.pid) == before:
            assert is_at_work(child.pid)
    finally:
        child.kill()
        child.communicate()
    assert not is_at_work(child.pid), "a process that is gone"
