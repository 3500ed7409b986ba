"""No message ever asks for a key: each fits into the command line, and the rest is elsewhere."""

from __future__ import annotations

import time

import pytest

from tests.integrations.nvim.editor import FAKE
from tests.integrations.nvim.frames import COLUMNS, attached

CELL = "for index in range(10):"
LONG = "no module named " + "somewhere." * 30

FAILURES = {
    "long complaint": {"command": ["python3", "-c", f"raise SystemExit('{LONG}')"]},
    "no such program": {"command": ["/nowhere/" + "folder/" * 30 + "python"]},
    "no model": {"command": [*FAKE, "unloadable"]},
    "many options": {"before": [f"let g:codecomplete_{name} = [{LONG!r}]" for name in
                                ("model", "python", "threshold", "auto", "project")]},
    "wide letters": {"command": ["/" + "日本語" * 40]},
}  # fmt: skip


@pytest.mark.parametrize("options", FAILURES.values(), ids=list(FAILURES))
@pytest.mark.parametrize("room", ["", "set showcmd ruler laststatus=0", "set noshowcmd"])
def test_a_failure_never_swallows_a_key(start, options, room):
    editor = start(**options)
    with attached(editor.nvim) as frames:
        editor.nvim.command(room)
        editor.open()
        editor.keys("i", "a")
        editor.wait(lambda: "codecomplete" in editor.messages())
        editor.keys("b", "c")
        assert editor.text() == "abc" and editor.mode() == "i"
        assert not any("ENTER" in row for frame in frames.read() for row in frame)
    for line in editor.messages().splitlines():
        assert len(line.encode("utf-16-le")) // 2 <= COLUMNS


def test_what_a_message_leaves_out_is_in_checkhealth(start):
    editor = start(command=["python3", "-c", f"raise SystemExit('{LONG}')"])
    editor.open()
    editor.keys("i", "a")
    editor.wait(lambda: editor.state() == "failed")
    assert LONG not in editor.messages()
    editor.keys("<Esc>")
    editor.nvim.command("checkhealth codecomplete")
    editor.wait(lambda: "stopped: " in editor.text())
    assert LONG in " ".join(editor.text().split())


@pytest.mark.parametrize("argument", ["status", "nonsense", "off", "on", ""])
def test_a_command_while_typing_swallows_no_key(start, argument):
    editor = start()
    with attached(editor.nvim):
        editor.open("", "text")
        editor.keys("i", "a")
        editor.keys(f"<Cmd>CodeComplete {argument}<CR>", "b", "c")
        editor.quiet()
        editor.keys("d")
        assert editor.text() == "abcd" and editor.mode() == "i"


def test_an_answer_that_comes_late_swallows_no_key(start):
    editor = start()
    editor.open()
    editor.keys("i", *"fo")
    editor.sees(CELL[2:])
    editor.keys("<Esc>")
    with attached(editor.nvim):
        editor.nvim.input(":CodeComplete status<CR>")
        time.sleep(0.3)
        editor.nvim.input("<CR>")  # what Neovim asks for after the lines of a command
        editor.keys("o", "x")
        assert editor.text() == "fo\nx"


@pytest.mark.parametrize("python", ["/nowhere/python", "~/no python"])
def test_a_python_that_is_not_there_is_named(start, python):
    editor = start(command=[], before=[f"let g:codecomplete_python = '{python}'"])
    editor.open()
    editor.keys("i", "a")
    editor.wait(lambda: editor.state() == "failed")
    reason = editor.lua("return require('codecomplete.process').reason")
    expanded = python.replace("~", str(editor.home))
    assert reason == f"{expanded} cannot be executed (option python)"
    editor.keys("<Esc>")
    editor.nvim.command("checkhealth codecomplete")
    editor.wait(lambda: f"{expanded} cannot be executed" in editor.text())
