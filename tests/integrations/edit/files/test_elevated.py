"""Saving with more rights: through a tool that asks on the terminal, and through the real one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from codecomplete.integrations.edit import files
from codecomplete.integrations.edit.files import FileChanged, Recovery, SaveFailed, elevated
from tests.integrations.edit.test_losing_nothing import SAVE, answered, said, typed
from tests.integrations.edit.test_pseudo_terminal import started, unknown

# Asks for a password on the terminal, as sudo does, and is refused with another.
TOOL = """#!/bin/sh
printf 'password: ' > /dev/tty
stty -echo < /dev/tty
read answer < /dev/tty
stty echo < /dev/tty
[ "$answer" = sesame ] || exit 1
[ "$1" = -- ] && shift
chmod u+w "${2#of=}"; "$@"; code=$?; chmod u-w "${2#of=}"; exit $code
"""


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("one\n")
    path.chmod(0o444)
    return path


@pytest.fixture
def tool(tmp_path) -> dict[str, str]:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sudo").write_text(TOOL)
    (folder / "sudo").chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def unlocked(terminal) -> None:
    typed(terminal, "x")
    terminal.wait(lambda: said(terminal, "Edit anyway"))
    typed(terminal, "\x10", "edit anyway")
    terminal.wait(lambda: said(terminal, "Allow changes to a read-only file"))
    typed(terminal, "\r", "mine ", SAVE)
    answered(terminal, "the file is read-only", "u")
    terminal.wait(lambda: "password:" in terminal.text())


def test_a_read_only_file_is_saved_after_the_tool_has_asked_for_the_password(tmp_path, path, tool):
    with started(tmp_path, path, more=tool) as terminal:
        unlocked(terminal)
        terminal.send("sesame\r")
        terminal.wait(lambda: path.read_text() == "mine one\n" and "Ln 1" in terminal.text())
        terminal.wait(lambda: path.stat().st_mode & 0o777 == 0o444)  # given back after the writing
        assert "sesame" not in terminal.text()
        typed(terminal, "\x1bu")
        terminal.wait(lambda: said(terminal, "by another program"))
        terminal.settle()
        assert unknown(terminal.raw) == ""


def test_a_wrong_password_and_an_interruption_lose_nothing(tmp_path, path, tool):
    with started(tmp_path, path, more=tool) as terminal:
        unlocked(terminal)
        terminal.send("wrong\r")
        terminal.wait(lambda: said(terminal, "not saved: sudo ended with 1"))
        typed(terminal, SAVE)
        answered(terminal, "the file is read-only", "u")
        terminal.wait(lambda: terminal.raw.count(b"password: ") > 1)
        terminal.settle(0.3)
        terminal.send("\x03")
        terminal.wait(lambda: "mine one" in terminal.text() and "modified" in terminal.text())
        typed(terminal, "more ")
        terminal.wait(lambda: "mine more one" in terminal.text())
    assert path.read_text() == "one\n"


def test_what_somebody_else_wrote_is_not_overwritten_unasked(path, monkeypatch):
    monkeypatch.setattr(elevated, "TOOLS", (("env",),))
    file = files.read(path)
    path.chmod(0o644)
    path.write_text("theirs\n")
    with pytest.raises(FileChanged):
        elevated.save(file, "mine\n", path)
    saved = elevated.save(file, "mine\n", path, overwrite_changed=True)
    assert path.read_text() == "mine\n" and not files.changed_on_disk(saved)
    assert [one.file.text for one in Recovery.everything()] == ["theirs\n"]


def test_a_tool_that_does_not_write_or_is_not_there_is_found_out(path, monkeypatch):
    file = files.read(path)
    monkeypatch.setattr(elevated, "TOOLS", (("true",),))
    with pytest.raises(SaveFailed, match="does not hold what was written"):
        elevated.save(file, "mine\n", path)
    monkeypatch.setattr(elevated, "TOOLS", (("no-such-tool",),))
    with pytest.raises(SaveFailed, match="none of sudo"):
        elevated.save(file, "mine\n", path)


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("sudo") is None, reason="no sudo here without a password"
)
def test_the_real_sudo_saves(path):
    file = files.read(path)
    assert elevated.tool() == ("sudo", "--")
    saved = elevated.save(file, "mine\n", path)
    assert path.read_text() == "mine\n" and not files.changed_on_disk(saved)
