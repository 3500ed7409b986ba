"""The Python process: when it starts, what happens if it dies; typing never waits for it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.integrations.nvim.editor import FAKE, REAL, UNHURRIED, Editor
from tests.patience import FOREVER

CELL = "for index in range(10):"


def pid(editor) -> int:
    return editor.lua("return require('codecomplete.process').pid")


def alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or read
        return False


def type_fo(editor) -> None:
    editor.keys("<Esc>", "cc", *"fo")


def sees_ghost(editor) -> None:
    """Type until ghost text comes; requests that nobody can answer are not made again by Neovim."""

    def seen() -> bool:
        if editor.ghost() is None:
            type_fo(editor)
            time.sleep(0.05)
        return editor.ghost() == CELL[2:]

    editor.wait(seen)


def test_nothing_starts_before_the_first_insertion(start):
    editor = start()
    editor.open("text")
    editor.keys("0", "x", "dd")
    editor.nvim.command("CodeComplete status")
    assert editor.state() == "stopped"
    assert "starts when you first insert text" in editor.messages()
    loaded = editor.lua("""
      return vim.tbl_filter(function(name) return name:find('^codecomplete') end,
        vim.tbl_keys(package.loaded))""")
    assert not {"codecomplete.events", "codecomplete.ghost", "codecomplete.keys"} & set(loaded)
    editor.keys("i")
    editor.wait(lambda: editor.state() == "ready")


def test_a_killed_process_is_started_again_and_knows_the_text(start):
    editor = start(command=[*FAKE, "quick"])
    editor.lua("require('codecomplete.process').BACKOFF_MS = 20")
    editor.open("first\nsecond\n")
    editor.keys("G", "A", *"fo")
    editor.sees(CELL[2:])
    first = pid(editor)
    os.kill(first, signal.SIGKILL)
    editor.wait(lambda: editor.state() == "waiting")
    assert editor.ghost() == CELL[2:], "what is shown stays"
    sees_ghost(editor)
    assert pid(editor) != first and not editor.messages()


def test_it_gives_up_after_a_while_and_says_so_once(start):
    editor = start()
    editor.lua("""
      local process = require('codecomplete.process')
      process.BACKOFF_MS, process.HEALTHY_MS = 1, math.huge""")
    editor.open()
    editor.keys("i")
    killed = set()

    def failed() -> bool:
        type_fo(editor)
        number = pid(editor) if editor.state() == "ready" else None
        if number and number not in killed:
            killed.add(number)
            os.kill(number, signal.SIGKILL)
        return editor.state() == "failed"

    editor.wait(failed)
    assert len(killed) == editor.lua("return require('codecomplete.process').MOST_DEATHS") + 1
    type_fo(editor)
    assert editor.messages().count("codecomplete:") == 1
    assert "died 6 times" in editor.messages()
    editor.nvim.command("messages clear")
    editor.nvim.command("CodeComplete on")
    sees_ghost(editor)


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["/nowhere/python"], "/nowhere/python cannot be executed"),
        ([sys.executable, "-c", "raise SystemExit('no such package')"], "no such package"),
        ([*FAKE, "stillborn"], "stillborn on purpose"),
        ([*FAKE, "unloadable"], "OSError: no model here, on purpose"),
    ],
    ids=["no such program", "not installed", "ends at once", "no model"],
)
def test_what_cannot_work_is_said_once_and_typing_goes_on(start, command, reason):
    editor = start(command=command)
    editor.open()
    editor.keys("i")
    editor.wait(lambda: (type_fo(editor), editor.state() == "failed")[1])
    editor.wait(lambda: reason in editor.messages())
    for _ in range(3):
        type_fo(editor)
        editor.keys("<Tab>", "x")
    assert editor.text().startswith("fo") and editor.text().endswith("x")
    assert editor.messages().count(reason) == 1
    editor.nvim.command("CodeComplete")
    assert reason in editor.messages()


def test_typing_never_waits_for_a_process_that_does_not_read(start):
    editor = start(command=[*FAKE, "deaf"])
    text = "x = [1, 2, 3]\n" * 3000
    editor.open(text)
    editor.keys("A", *"for index in range")  # whoever waited for it would wait for an hour
    assert editor.text().endswith("for index in range")


def test_a_process_that_is_stopped_is_ended_and_replaced(start):
    editor = start(command=[*FAKE, "quick"])
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    first = pid(editor)
    os.kill(first, signal.SIGSTOP)
    try:
        editor.lua("""
          local process = require('codecomplete.process')
          process.SILENCE_MS, process.BACKOFF_MS = 100, 1""")
        editor.wait(lambda: (type_fo(editor), time.sleep(0.02), pid(editor) != first)[2])
        editor.lua("require('codecomplete.process').SILENCE_MS = math.huge")  # it is only slow
        sees_ghost(editor)
        assert pid(editor) != first
    finally:
        if alive(first):
            os.kill(first, signal.SIGKILL)


SEND_AFTER_A_PAUSE = """
local process = require('codecomplete.process')
process.SILENCE_MS = 1  -- so that the pause was long; the answer may take its time
process.send('cancel', vim.empty_dict())
process.SILENCE_MS = math.huge
"""


def test_a_pause_after_a_message_without_an_answer_is_no_silence(start):
    editor = start()
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    first = pid(editor)
    for _ in range(3):
        editor.lua("require('codecomplete.process').send('cancel', vim.empty_dict())")
        editor.quiet(0.01)
        editor.lua(SEND_AFTER_A_PAUSE)
        type_fo(editor)
        editor.sees(CELL[2:])
    assert pid(editor) == first


@pytest.mark.parametrize(
    "command", [REAL, [*FAKE, str(FOREVER)]], ids=["while loading", "while suggesting"]
)
def test_leaving_neovim_is_not_held_up_and_leaves_nothing_behind(start, command):
    editor = start(command=command)
    editor.open()
    editor.keys("i", *"for")
    number = editor.wait(lambda: editor.lua("return require('codecomplete.process').pid"))
    editor.quit()  # has no patience for a model that suggests nothing for longer
    editor.wait_without_neovim(lambda: not alive(number))


def test_a_neovim_that_is_killed_leaves_nothing_behind(start):
    editor = start(command=[*FAKE, "quick"])
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    number = pid(editor)
    editor.process.kill()
    editor.wait_without_neovim(lambda: not alive(number))


def test_two_neovims_have_processes_of_their_own(start):
    one, two = start(), start()
    for editor in (one, two):
        editor.open()
        editor.keys("i", *"fo")
        editor.sees(CELL[2:])
    assert pid(one) != pid(two)
    two.quit()
    one.type("r")
    assert one.ghost() == CELL[3:]
    type_fo(one)
    one.sees(CELL[2:])


def test_switched_off_it_ends_and_switched_on_it_comes_back(start):
    editor = start()
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    number = pid(editor)
    editor.keys("<Cmd>CodeComplete off<CR>")
    assert editor.ghost() is None
    editor.wait(lambda: not alive(number))
    type_fo(editor)
    editor.quiet()
    assert editor.ghost() is None and editor.state() == "stopped"
    editor.keys("<Cmd>CodeComplete toggle<CR>")
    editor.sees(CELL[2:])


def test_a_closed_buffer_is_forgotten(start):
    editor = start(mode="digest")
    editor.open("text")
    editor.keys("A", "x")
    editor.sees(editor.digest())
    editor.keys("<Esc>")
    editor.watch_messages()
    buffer = editor.nvim.current.buffer.number
    editor.nvim.command("enew! | bwipeout! #")
    editor.wait(lambda: ["forget", {"buffer": buffer}] in editor.sent())


@pytest.fixture(scope="module")
def real(program, tmp_path_factory):
    editor = Editor(program, tmp_path_factory.mktemp("real"), command=REAL, before=[UNHURRIED])
    try:
        editor.open()
        editor.keys("i")
        editor.wait(lambda: editor.state() == "ready")
        editor.keys("<Esc>")
        yield editor
    finally:
        editor.close()


def test_the_packaged_model_suggests_and_what_it_says_is_accepted(real):
    real.begin_test()
    real.open("import os\n\n\ndef area(radius):\n    return 3 * radius ** 2\n")
    real.keys("A", *"for i in ra")
    real.wait(real.ghost)
    expected = real.text() + real.ghost()
    real.accept()
    assert real.text() == expected
    real.keys("<Esc>", "u")
    assert real.text().endswith("for i in ra")
    real.end_test()


def test_with_the_packaged_model_it_stays_under_150_mb(real):
    real.begin_test()
    real.open("def total(values):\n    result = 0\n")
    for line in ("    for value in values:", "        result += value", "    return result"):
        real.keys("A", "<CR>", "<C-u>", *line, "<Esc>")
    real.keys("A", "<CR>", "<C-u>", *"for i in ra")
    real.wait(real.ghost)
    status = Path(f"/proc/{pid(real)}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    assert int(peak.split()[1]) * 1024 / 1e6 < 150
    maps = Path(f"/proc/{pid(real)}/maps").read_text()
    assert "weights.bin" in maps and "onnxruntime" not in maps and "libtorch" not in maps
    real.end_test()


def test_the_process_opens_no_socket(real):
    entries = Path(f"/proc/{pid(real)}/fd").iterdir()
    links = [str(entry.readlink()) for entry in entries if entry.is_symlink()]
    sockets = {link for link in links if link.startswith("socket:")}
    tcp = "".join(Path(f"/proc/{pid(real)}/net/{name}").read_text() for name in ("tcp", "udp"))
    assert not [link for link in sockets if link[8:-1] in tcp]
