"""Real language servers after the editor, with the bytes that a terminal sends."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from tests.integrations.edit.test_losing_nothing import SAVE, UNDO, said, typed
from tests.integrations.edit.test_pseudo_terminal import started, unknown
from tests.integrations.nvim.test_federate import arguments
from tests.patience import PATIENCE

DEFINITION, BACK, RENAME, NEXT, COMPLETE = "\x1bd", "\x1b,", "\x1bOQ", "\x1b[19~", "\x1b/"
DOWN, CLEAR = "\x1b[B", "\x15"
PYTHON = "import math\n\n\ndef amount(values):\n    return sum(values)\n\n\nprint(amount([1]))\n"
C = """static int amount(int a) { return a; }
int main(void) {
  int x = amount(1);
  return x;
}
"""


@pytest.fixture(params=["pylsp", "clangd"])
def case(request, tmp_path):
    """A file, the place of a use, and the environment, with the server in the settings."""
    if shutil.which("clangd") is None and request.param == "clangd":
        pytest.skip("no clangd here (apt-get install clangd)")
    (tmp_path / "codecomplete").mkdir()
    (tmp_path / "codecomplete/edit.toml").write_text('servers = ["python: pylsp", "c: clangd"]\n')
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    python = request.param == "pylsp"
    path = folder / ("a.py" if python else "a.c")
    path.write_text(PYTHON if python else C)
    more = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return path, ("+8:8" if python else "+3:11"), more


def children(terminal) -> list[str]:
    pids = Path(f"/proc/{terminal.child.pid}/task/{terminal.child.pid}/children").read_text()
    return [one for one in map(arguments, map(int, pids.split())) if one]


def test_a_server_says_what_is_wrong_and_is_asked_for_definitions_and_other_names(tmp_path, case):
    path, place, more = case
    with started(tmp_path, place, path, more=more) as terminal:
        terminal.wait(lambda: children(terminal))
        if path.suffix == ".py":
            terminal.wait(lambda: terminal.screen.display[0][2] == "●")  # math is not used
        terminal.wait(lambda: went(terminal, "Ln 4, Col 5", "Ln 1, Col 12"))
        typed(terminal, BACK)
        terminal.wait(lambda: "Ln 8, Col 8" in terminal.text() or "Ln 3, Col 11" in terminal.text())
        typed(terminal, RENAME)
        terminal.wait(lambda: said(terminal, "Rename 'amount' to"))
        typed(terminal, CLEAR + "total\r")
        terminal.wait(lambda: said(terminal, "nothing is saved yet"))
        assert "amount" in path.read_text()
        typed(terminal, SAVE)
        terminal.wait(lambda: "amount" not in path.read_text())
        assert path.read_text().count("total") == 2
        typed(terminal, UNDO)
        terminal.wait(lambda: "amount" in terminal.text() and "total" not in terminal.text())
        typed(terminal, "(((")
        terminal.wait(lambda: "error" in terminal.lines()[-2])
        typed(terminal, NEXT)
        terminal.wait(lambda: "error:" in terminal.lines()[-2])
        assert unknown(terminal.raw) == ""
        pid = int(Path(f"/proc/{terminal.child.pid}/task/{terminal.child.pid}/children")
                  .read_text().split()[0])  # fmt: skip
        typed(terminal, "\x11")
        terminal.wait(lambda: "unsaved changes" in terminal.text())
        time.sleep(0.7)
        typed(terminal, "d")
        terminal.ended()
        start = time.monotonic()
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() - start < PATIENCE, "the server goes on without the editor"
            time.sleep(0.05)


def test_the_menu_of_completions_is_narrowed_by_typing_and_taken_by_tab(tmp_path, case):
    path, _, more = case
    python = path.suffix == ".py"
    line = "x = am" if python else "int y = am"
    path.write_text(path.read_text() + line)
    last = str(path.read_text().count("\n") + 1)
    with started(tmp_path, f"+{last}:99", path, more=more) as terminal:
        terminal.wait(lambda: children(terminal))
        terminal.settle(0.5)
        terminal.wait(lambda: asked(terminal, "amount("))
        typed(terminal, "ou")
        terminal.wait(lambda: "Tab take" in terminal.text())
        typed(terminal, "\t")
        terminal.wait(lambda: "Tab take" not in terminal.text())
        typed(terminal, SAVE)
        terminal.wait(lambda: path.read_text().endswith(line[:-2] + "amount"))


def went(terminal, *places: str) -> bool:
    """Go to the definition, again and again until the server has started."""
    terminal.send(DEFINITION)
    terminal.settle(1.0)
    return any(place in terminal.text() for place in places)


def asked(terminal, wanted: str) -> bool:
    """Ask until the server is ready; it says that none runs before."""
    terminal.send(COMPLETE)
    terminal.settle(1.0)
    rows = terminal.lines()[:-2]
    return "Tab take" in terminal.text() and any(wanted in row for row in rows)


def test_without_a_server_it_is_said_how_to_have_one_and_secrets_are_shown_to_none(tmp_path, case):
    _, _, more = case
    secret = tmp_path / "project" / ".env"
    secret.write_text("KEY=1\n")
    with started(tmp_path, secret, more=more) as terminal:
        typed(terminal, DEFINITION)
        terminal.wait(lambda: said(terminal, "No language server runs"))
        assert children(terminal) == []
