""":CodeComplete federate runs the real trainer beside the editor, and says how it is going."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.integrations.nvim.editor import ROOT
from tests.integrations.nvim.frames import attached

NOBODY = "127.0.0.1:1"  # where no server listens


@pytest.fixture
def code(tmp_path) -> Path:
    """A folder with enough code to take part, in a path with a space."""
    pytest.importorskip("torch", reason="the trainer is an extra")
    pytest.importorskip("flwr", reason="federations are an extra")
    folder = tmp_path / "my project"
    folder.mkdir()
    for path in sorted((ROOT / "engine").rglob("*.py")):
        if path.stat().st_size > 1500:
            shutil.copy(path, folder / f"{path.parent.name}_{path.name}")
    return folder


@pytest.fixture
def certificate(tmp_path) -> Path:
    """Of a server's own authority, as the server writes it."""
    certificates = pytest.importorskip("codecomplete.trainer.federated.certificates")
    return certificates.server_files(tmp_path / "keys", ["127.0.0.1"]).authority


def with_python(start, python: str | Path):
    return start(command=[], before=[f"let g:codecomplete_python = '{python}'"])


def state(editor) -> str:
    editor.begin_test()
    return editor.lua("return require('codecomplete.federate').state")


def log(editor) -> str:
    editor.begin_test()
    return "\n".join(editor.lua("return require('codecomplete.federate').log"))


def said(editor, text: str) -> bool:
    """Whether the command has said that; fails as soon as it can say no more."""
    assert state(editor) == "running", log(editor)
    return text in log(editor)


def pids(editor) -> list[int]:
    """Processes that Neovim has started and that still run."""
    found: list[int] = []
    for children in Path(f"/proc/{editor.nvim.funcs.getpid()}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has just ended
            found += map(int, children.read_text().split())
    return found


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_it_goes_on_beside_typing_and_ends_when_told(start, code, certificate):
    editor = with_python(start, sys.executable)
    with attached(editor.nvim):
        editor.open("", "text")
        folder = str(code).replace(" ", "\\ ")
        editor.nvim.command(f"CodeComplete federate {NOBODY} {certificate} {folder}")
        editor.keys("i", *"typing goes on")
        assert editor.text() == "typing goes on" and state(editor) == "running"
        editor.wait(lambda: said(editor, "none of them is sent"))
        editor.wait(lambda: said(editor, f"waiting for {NOBODY} to answer"))
        editor.nvim.command(f"CodeComplete federate {NOBODY} {certificate}")
        assert len(pids(editor)) >= 1, "asked again, it only says how things stand"
        editor.nvim.command("CodeComplete federate stop")
        editor.wait(lambda: state(editor) == "left")
        editor.wait(lambda: not any("federated" in arguments(pid) for pid in pids(editor)))
        assert editor.mode() == "i"
    shown = editor.messages()
    assert "codecomplete: federation: " in shown
    assert shown.splitlines()[-1] == "codecomplete: you have left the federation"


def arguments(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode()
    except OSError:
        return ""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_neovims_end_is_its_end(start, code, certificate):
    editor = with_python(start, sys.executable)
    folder = str(code).replace(" ", "\\ ")
    editor.nvim.command(f"CodeComplete federate {NOBODY} {certificate} {folder}")
    editor.wait(lambda: any("federated" in arguments(pid) for pid in pids(editor)))
    joined = [pid for pid in pids(editor) if "federated" in arguments(pid)]
    editor.quit()
    editor.wait_without_neovim(lambda: not any("federated" in arguments(pid) for pid in joined))


def test_a_python_without_the_trainer_is_told_what_to_install(start, tmp_path, certificate):
    """A Python that finds no packages at all, as where only the plugin is installed."""
    bare = tmp_path / "bare-python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    editor = with_python(start, bare)
    with attached(editor.nvim):
        editor.nvim.command(f"CodeComplete federate {NOBODY} {certificate}")
        editor.wait(lambda: state(editor) == "failed")
    assert "codecomplete: the trainer is missing; see :checkhealth" in editor.messages()
    editor.nvim.command("checkhealth codecomplete")
    editor.wait(lambda: "the last :CodeComplete federate failed" in editor.text())
    assert "pip install 'codecomplete[train,corpus,federated]'" in " ".join(editor.text().split())


@pytest.mark.parametrize(
    "given, answer",
    [
        ("here", "federate here: expected HOST:PORT CERTIFICATE"),
        ("here /nowhere/ca.crt", "here: expected HOST:PORT"),
        (f"{NOBODY} /nowhere/ca.crt", "no such file; ask for the server's"),
        ("stop", "you take part in no federation"),
    ],
)
def test_what_is_wrong_with_the_arguments_is_said(start, given, answer):
    editor = with_python(start, sys.executable)
    editor.nvim.command(f"CodeComplete federate {given}")
    assert answer in editor.messages() and state(editor) == "never"


def test_without_arguments_it_asks_and_an_empty_answer_is_no(start):
    editor = with_python(start, sys.executable)
    editor.lua("vim.ui.input = function(how, take) _G.asked = how.prompt; take('') end")
    editor.nvim.command("CodeComplete federate")
    assert "HOST:PORT" in editor.lua("return _G.asked") and state(editor) == "never"


def test_files_are_offered_after_it(start, tmp_path):
    (tmp_path / "ca.crt").touch()
    editor = with_python(start, sys.executable)
    lead = f"{tmp_path}{os.sep}ca"
    found = editor.nvim.funcs.getcompletion(f"CodeComplete federate {NOBODY} {lead}", "cmdline")
    assert found == [f"{tmp_path}{os.sep}ca.crt"]
