"""The Python process: when it starts, what happens if it dies; typing never waits for it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.integrations.nvim.test_process import alive
from tests.integrations.vim.editor import FAKE, REAL

CELL = "for index in range(10):"


def test_nothing_starts_before_the_first_insertion(start):
    editor = start()
    editor.open("text")
    assert editor.report()["state"] == "stopped"
    editor.keys("i")
    editor.wait(lambda: editor.report()["state"] == "ready")


def test_nothing_is_loaded_at_the_start(start):
    editor = start()
    assert "autoload/codecomplete" not in editor.expr("execute('scriptnames')")


def test_a_killed_process_is_started_again_and_knows_the_text(start):
    editor = start(command=[*FAKE, "quick"])
    editor.open("first\nsecond\n")
    editor.keys("A", *"fo")
    editor.sees(CELL[2:])
    first = editor.report()["pid"]
    os.kill(first, signal.SIGKILL)
    editor.wait(lambda: editor.report()["state"] == "waiting")

    def seen() -> bool:
        editor.keys("<Esc>", *"ccfo")
        editor.quiet(0.1)
        return editor.report()["pid"] not in (0, first) and editor.ghost() == CELL[2:]

    editor.wait(seen)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"mode": "stillborn"}, "Python ended at once (exit 1): stillborn on purpose"),
        ({"command": ["/no/such/python"]}, "/no/such/python cannot be executed"),
        ({"mode": "unloadable"}, "no model here, on purpose"),
    ],
)
def test_a_process_that_cannot_work_is_one_line_and_typing_goes_on(start, options, why):
    editor = start(**options)
    editor.open()
    editor.keys("i", *"fo")
    editor.wait(lambda: why in editor.report()["reason"])
    editor.keys(*"rty")
    editor.has("forty")
    said = [line for line in editor.messages().splitlines() if "codecomplete" in line]
    assert len(said) == 1 and len(said[0]) < 80
    assert "-- INSERT --" in editor.text() or said[0] in editor.text(), "no key is asked for"
    assert why in "\n".join(editor.expr("codecomplete#command#Lines()"))


def test_a_deaf_process_makes_no_key_wait(start):
    editor = start(mode="deaf", before=["set nofoldenable"])
    editor.ex("call setline(1, repeat([repeat('x', 90)], 20000)) | set filetype=python")
    editor.keys("o")
    for letter in "abcdefghij":
        editor.keys(letter)
    editor.wait(lambda: editor.expr("getline('.')") == "abcdefghij")


@pytest.mark.parametrize("ending", ["SIGKILL", "SIGTERM", "SIGHUP", "qa!"])
def test_it_ends_with_its_vim(start, ending):
    editor = start(command=[*FAKE, "quick"])
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    number = editor.report()["pid"]
    if ending == "qa!":
        editor.send("\x1b:qa!\r")
    else:
        os.kill(editor.child.pid, getattr(signal, ending))
    editor.wait_without_vim(lambda: not alive(number))


def test_a_switch_ends_it_and_starts_it_again(start):
    editor = start()
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    number = editor.report()["pid"]
    editor.ex("CodeComplete off")
    editor.sees(None)
    editor.wait(lambda: not alive(number))
    editor.ex("CodeComplete on")
    editor.keys("<Esc>", *"ccfo")
    editor.sees(CELL[2:])


def sockets(process: int) -> set[str]:
    """Those that a process has open, by the name that the system has for each."""
    names = (str(file.readlink()) for file in Path(f"/proc/{process}/fd").iterdir())
    return {name for name in names if name.startswith("socket:")}


def test_the_packaged_model_suggests(start):
    editor = start(command=REAL, before=["let g:codecomplete_deadline_ms = 5000"])  # a busy machine
    editor.open("import os\n\n\ndef names(folder):\n    found = []\n    for name in os.")
    editor.keys("A", "l")
    editor.wait(editor.ghost)
    editor.accept("<M-Right>")
    editor.wait(lambda: "os.listdir" in editor.buffer())
    lines = "\n".join(editor.expr("codecomplete#command#Lines()"))
    assert "memory of this process" in lines and "from this computer" in lines
    own = sockets(editor.child.pid)
    assert len(own) == 1, "the one that this test asks it over, which its children inherit"
    assert sockets(editor.report()["pid"]) <= own
    status = Path(f"/proc/{editor.report()['pid']}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    print(resident)
    assert int(resident.split()[1]) * 1024 < 150e6
