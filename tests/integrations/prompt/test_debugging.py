"""Ghost text where people debug: real IPython in a pseudo-terminal, the names of the frame."""

from __future__ import annotations

import pytest

from tests.integrations.prompt.test_live_session import IPYTHON, UNHURRIED
from tests.integrations.terminal import ROOT, Terminal

pytestmark = pytest.mark.skipif(
    not (ROOT / "engine" / "models" / "small").is_dir(), reason="the package carries no model yet"
)

FAILS = "def fail():\n    local_quantity = [1]\n    return local_quantity / 0\n"
EMBEDS = (
    "import IPython\noutside_quantity = 3\n"
    "def stop():\n    inside_quantity = [1]\n    IPython.embed()\n"
    "stop()\n"
)


@pytest.fixture
def terminal(tmp_path):
    (tmp_path / "failing.py").write_text(FAILS)
    started = Terminal(tmp_path, *IPYTHON)
    started.wait(lambda: "In [1]:" in started.text())
    yield started
    started.close()


def types(terminal: Terminal, line: str, ghost: str) -> None:
    terminal.send("\x15")
    terminal.settle()
    terminal.send(line)
    terminal.wait(lambda: terminal.ghost().startswith(ghost))


def test_the_debugger_suggests_the_names_of_its_frame(terminal):
    terminal.send("import failing; failing.fail()\r")
    terminal.wait(lambda: "In [2]:" in terminal.text())
    terminal.settle()
    terminal.send("%debug\r")
    terminal.wait(lambda: "ipdb>" in terminal.text())
    terminal.settle()
    types(terminal, "p local_q", "uantity")
    types(terminal, "local_quantity.app", "end(")
    terminal.send("\x15next")
    terminal.settle(0.6)
    assert not terminal.ghost(), "a command of the debugger's is no Python"
    terminal.send("\x15q\r")
    terminal.wait(lambda: "In [3]:" in terminal.text())


def test_an_embedded_shell_knows_the_names_inside_and_around(tmp_path):
    (tmp_path / "embedding.py").write_text(EMBEDS)
    terminal = Terminal(tmp_path, "embedding.py")
    try:
        terminal.wait(lambda: "In [1]:" in terminal.text())
        terminal.send("%load_ext codecomplete\r")
        terminal.wait(lambda: "In [2]:" in terminal.text())
        terminal.send(f"%config {UNHURRIED.removeprefix('--')}\r")
        terminal.wait(lambda: "In [3]:" in terminal.text())
        types(terminal, "x = inside_q", "uantity")
        types(terminal, "x = outside_q", "uantity")
    finally:
        terminal.close()


def test_pythons_own_debugger_is_left_as_it_is(terminal):
    terminal.send("import failing, pdb\r")
    terminal.wait(lambda: "In [2]:" in terminal.text())
    terminal.send("pdb.run('failing.fail()')\r")
    terminal.wait(lambda: "(Pdb)" in terminal.text())
    terminal.send("local_q")
    terminal.settle(0.6)
    assert not terminal.ghost()
    terminal.send("\x15q\r")
    terminal.wait(lambda: "In [3]:" in terminal.text())
