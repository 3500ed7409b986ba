"""The Python process ends with its Neovim, however that ends, and whatever it is doing."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integrations.nvim.editor import FAKE, REAL, ROOT
from tests.integrations.nvim.test_process import alive, pid
from tests.patience import FOREVER, PATIENCE

CELL = "for index in range(10):"
WITHOUT_MODELS = shutil.ignore_patterns("__pycache__", "node_modules", "models")
DOING = {"idle": [*FAKE, "quick"], "suggesting": [*FAKE, str(FOREVER)], "loading": REAL}


def ended(number: int) -> float:
    """Seconds until a process is gone."""
    begin = time.monotonic()
    while alive(number):
        assert time.monotonic() - begin < PATIENCE, "it goes on without its Neovim"
        time.sleep(0.01)
    return time.monotonic() - begin


@pytest.mark.parametrize("command", DOING.values(), ids=list(DOING))
@pytest.mark.parametrize("ending", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_it_ends_when_neovim_is_told_to_end(start, command, ending):
    editor = start(command=command)
    editor.open()
    editor.keys("i", *"fo")
    number = editor.wait(lambda: pid(editor))
    os.kill(editor.process.pid, getattr(signal, ending))
    print(f"{ended(number):.2f} s")


@pytest.mark.parametrize("ending", ["SIGTERM", "SIGHUP"])
def test_it_ends_when_it_is_told_to_end(start, ending):
    editor = start(command=[*FAKE, str(FOREVER)])
    editor.open()
    editor.keys("i", *"fo")
    number = editor.wait(lambda: pid(editor))
    os.kill(number, getattr(signal, ending))
    ended(number)


SERVED = """
import os, subprocess, sys, time
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           env=os.environ | {"CODECOMPLETE_PARENT": str(os.getpid())})
if HELD:
    subprocess.Popen(["sleep", "300"], pass_fds=[process.stdin.fileno(), process.stdout.fileno()])
if READY:
    process.stdout.read(1)  # it says so
print(os.getpid(), process.pid, flush=True)
time.sleep(300)
"""


ADOPTING = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER
subprocess.Popen(sys.argv[1:])
while True:
    os.wait()
"""
"""Takes in what its descendants leave behind, as the manager of a desktop's session does."""


@pytest.mark.parametrize("adopted", [False, True], ids=["by the first process", "by a session"])
@pytest.mark.parametrize("held", [False, True], ids=["pipes close", "another holds the pipes"])
@pytest.mark.parametrize("ready", [True, False], ids=["ready", "only just started"])
def test_it_ends_with_a_parent_that_was_killed(adopted, held, ready, tmp_path):
    script = SERVED.replace("HELD", str(held)).replace("READY", str(ready))
    adopter = [sys.executable, "-c", ADOPTING] if adopted else []
    started = subprocess.Popen(
        [*adopter, sys.executable, "-c", script, *FAKE, "quick"],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    try:
        parent, number = map(int, started.stdout.readline().split())
        assert alive(number)
        os.kill(parent, signal.SIGKILL)
        if not adopted:
            started.wait()
        ended(number)
    finally:
        with contextlib.suppress(ProcessLookupError):  # all may be gone
            os.killpg(started.pid, signal.SIGKILL)
        started.stdout.close()
        started.wait()


@pytest.mark.parametrize("pipe", ["stdin", "stdout"])
def test_it_ends_when_a_pipe_is_closed(pipe):
    process = subprocess.Popen(
        [*FAKE, "quick"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    try:
        if pipe == "stdout":  # it finds out when it says that it is ready
            process.stdout.close()
        else:
            process.stdout.read(1)
            process.stdin.close()
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_a_working_directory_that_was_deleted_changes_nothing(start, tmp_path):
    editor = start(command=[*FAKE, "quick"])
    folder = tmp_path / "gone"
    folder.mkdir()
    (folder / "a.py").write_text("")
    editor.nvim.command(f"cd {folder} | edit a.py")
    shutil.rmtree(folder)
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    number = pid(editor)
    os.kill(editor.process.pid, signal.SIGKILL)
    ended(number)


def test_it_still_suggests_after_its_own_directory_is_gone(start, tmp_path):
    """A plugin manager that updates the plugin replaces the folder under a running process."""
    package = tmp_path / "package"
    for name in ("codecomplete", "engine", "integrations", "tests"):
        shutil.copytree(ROOT / name, package / name, ignore=WITHOUT_MODELS)
    editor = start(runtime=package / "integrations" / "nvim" / "runtime")
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    number = pid(editor)
    assert Path(f"/proc/{number}/cwd").readlink() == package
    shutil.rmtree(package)
    editor.keys("<Esc>", "cc", *"fo")
    editor.sees(CELL[2:])
    editor.quit()
    ended(number)
