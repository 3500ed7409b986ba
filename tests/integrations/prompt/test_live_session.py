"""Real IPython and real ptpython in a pseudo-terminal, with the real model and real objects: what
is suggested is true in the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.terminal import ROOT, Terminal

pytestmark = pytest.mark.skipif(
    not (ROOT / "engine" / "models" / "small").is_dir(), reason="the package carries no model yet"
)

UNHURRIED = "--CodeComplete.deadline_ms=60000"
"""On a busy machine the usual 80 ms may pass before the first step, and nothing asks again."""

IPYTHON = (
    "-m", "codecomplete.integrations.prompt.repl", "--no-banner", "--no-confirm-exit", UNHURRIED,
    "--HistoryManager.hist_file=:memory:",
)  # fmt: skip
PTPYTHON = """
from ptpython.repl import embed
from codecomplete.integrations.prompt.options import ReplOptions
from codecomplete.integrations.prompt.ptpython import configure
def start(repl):
    repl.complete_while_typing = repl.show_signature = repl.confirm_exit = False
    configure(repl, ReplOptions(deadline_ms=60000))
embed({"__name__": "__main__"}, configure=start)
"""
HOSTS = {"ipython": (IPYTHON, "In [1]:"), "ptpython": (("-c", PTPYTHON), ">>>")}

SETUP = """
import numpy as np
import pandas as pd

class Account:
    def __init__(self):
        self.balance = 0
    def deposit(self, amount, *, note=None):
        self.balance += amount

def plot_results(data_frame, *, show_legend=True):
    pass

account = Account()
amount = 3
settings = {"hidden_units": 64, "learning_rate": 0.1}
df = pd.DataFrame({"region": ["a"], "sales_total": [1]})
values = [1, 2]
"""


class Prompt:
    """One host; ``after`` types a line and says which ghost text stands after it."""

    def __init__(self, host: str, home: Path) -> None:
        (home / "prepared.py").write_text(SETUP)
        arguments, prompt = HOSTS[host]
        self.terminal = Terminal(home, *arguments)
        self.terminal.wait(lambda: prompt in self.terminal.text())
        self.run("from prepared import *; import os")
        self.settled("x = amount.bit_")  # a first suggestion: the model is loaded by now
        self.terminal.wait(self.terminal.ghost)

    def run(self, line: str) -> None:
        self.terminal.send(f"\x15{line}\r")
        self.terminal.settle(0.6)

    def settled(self, line: str) -> None:
        self.terminal.send("\x15")
        self.terminal.settle()
        self.terminal.send(line)
        self.terminal.settle(0.4)

    def shows(self, line: str, ghost: str) -> None:
        """Type a line, and wait for ghost text that begins so."""
        self.settled(line)
        self.terminal.wait(lambda: self.terminal.ghost().startswith(ghost))

    def after(self, line: str) -> str:
        self.settled(line)
        self.terminal.settle(0.6)
        return self.terminal.ghost()


@pytest.fixture(scope="module", params=HOSTS)
def prompt(request, tmp_path_factory) -> Iterator[Prompt]:
    started = Prompt(request.param, tmp_path_factory.mktemp(request.param))
    yield started
    started.terminal.close()


@pytest.mark.parametrize(
    ("line", "ghost"),
    [
        ("account.dep", "osit("),
        ('settings["hid', 'den_units"]'),
        ("df.sort_v", "alues("),
        ("plot_results(df, sh", "ow_legend="),
        ('df["sal', 'es_total"]'),
        ('df.groupby("reg', 'ion"'),
        ("from collections import OrderedD", "ict"),
    ],
)
def test_the_session_proposes_what_is_true(prompt, line, ghost):
    prompt.shows(line, ghost)


@pytest.mark.parametrize(
    ("line", "never"),
    [
        ("np.ar", "r("),  # nothing of that name
        ("np.pi", "("),  # cannot be called
        ("for a", " in amount"),  # cannot be gone through by name alone: nobody defined it
        ("plot_results(", "data_frame, *"),  # a definition's text
        ("settings.", "hidden"),  # a plain dictionary has no such attribute to assign
        ('settings["hidden_units"]', " = {"),
        ("import numpy as ", "np"),  # it is there already
    ],
)
def test_what_is_not_true_is_not_suggested(prompt, line, never):
    assert not prompt.after(line).startswith(never)


def test_a_deleted_name_is_gone(prompt):
    prompt.run("forgotten_number = 5")
    prompt.shows("forgotten_n", "umber")
    prompt.run("del forgotten_number")
    assert not prompt.after("forgotten_n")


def test_what_failed_is_not_believed(prompt):
    prompt.run("totl_price + 1")
    prompt.run("total_price = 3")
    prompt.run("totl_price + 1")
    assert prompt.after("tot") != "l_price"
    prompt.shows("tota", "l_price")


def test_questions_put_with_input_and_getpass_are_left_alone(prompt):
    prompt.run("answer = input('name? ')")
    prompt.terminal.send("account.dep")
    prompt.terminal.settle(0.6)
    assert not prompt.terminal.ghost()
    prompt.terminal.send("\r")
    prompt.terminal.settle(0.6)
    prompt.run("import getpass; word = getpass.getpass('word? ')")
    prompt.terminal.send("account.dep")
    prompt.terminal.settle(0.6)
    assert not prompt.terminal.ghost() and "word? account" not in prompt.terminal.text()
    prompt.terminal.send("\r")
    prompt.terminal.settle(0.6)
    prompt.shows("account.dep", "osit(")
