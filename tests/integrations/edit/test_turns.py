"""Keys and pastes act in the order in which they were sent, whatever takes them and however slowly.

Everything is sent at once, and again in two parts while the first is being dealt with; what takes
keys waits before each, as it would on a machine that has a lot to do.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pytest

from tests.integrations.edit.test_pseudo_terminal import GUARD_SECONDS, started
from tests.integrations.terminal import ESCAPE

FIND, REPLACE, GO_TO, OPEN, PALETTE, SAVE = "\x06", "\x12", "\x07", "\x0f", "\x10", "\x13"
CLEAR, END, NEXT_FILE, SPLIT, OTHER, FILES = (
    "\x15", "\x1b[F", "\x1b[6;5~", "\x1bv", "\x1b[17~", "\x1bo"
)  # fmt: skip
SLOW = {"SLOW": "0.02"}


def pasted(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


CASES = {
    "find bar": (f"a{FIND}two\r{ESCAPE}b", "aone\nb\nthree\n"),
    "find bar, pasted into": (f"a{FIND}{pasted('tw')}o\r{ESCAPE}b", "aone\nb\nthree\n"),
    "paste before and after": (
        f"a{pasted('(p)')}b{FIND}thr{ESCAPE}{pasted('q')}c", "a(p)bone\ntwo\nqcee\n"
    ),
    "replacing": (f"{REPLACE}two\t2\x1ba{ESCAPE}x", "one\n2x\nthree\n"),
    "prompt": (f"a{GO_TO}3:2\rb", "aone\ntwo\ntbhree\n"),
    "prompt, pasted into": (f"a{GO_TO}{pasted('3:')}3\rb", "aone\ntwo\nthbree\n"),
    "prompt that is left": (f"a{GO_TO}3{ESCAPE}b", "abone\ntwo\nthree\n"),
    "palette": (f"a{PALETTE}clone line\rb", "aone\nabone\ntwo\nthree\n"),
    "palette, then its prompt": (f"a{PALETTE}go to a line\r3\rb", "aone\ntwo\nbthree\n"),
    "palette that is left": (f"a{PALETTE}clone{ESCAPE}b", "abone\ntwo\nthree\n"),
    "split": (f"a{SPLIT}b{OTHER}c{SPLIT}d", "acdbone\ntwo\nthree\n"),
    "commands and letters": (f"a{END}b\x1b[B\rc", "aoneb\ntwo\nc\nthree\n"),
}  # fmt: skip


@pytest.mark.parametrize("apart", [False, True], ids=["at once", "in two parts"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_sent_together_acts_in_order(tmp_path, case, apart):
    keys, expected = CASES[case]
    file = tmp_path / "a.txt"
    file.write_text("one\ntwo\nthree\n")
    with started(tmp_path, file, more=SLOW) as terminal:
        middle = len(keys) // 2 if apart else 0
        terminal.send(keys[:middle])
        if apart:
            time.sleep(0.03)
        terminal.send(keys[middle:] + SAVE)
        terminal.wait(lambda: file.read_text() != "one\ntwo\nthree\n")
        terminal.wait(lambda: file.read_text() == expected)


def test_what_is_typed_after_opening_a_file_is_in_that_file(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"{name}\n")
    with started(tmp_path, tmp_path / "a.txt", folder=tmp_path, more=SLOW) as terminal:
        terminal.send(f"x{OPEN}{CLEAR}b.txt\ry{SAVE}{NEXT_FILE}z{SAVE}")
        terminal.wait(lambda: (tmp_path / "a.txt").read_text() == "xza.txt\n")
        assert (tmp_path / "b.txt").read_text() == "yb.txt\n"


def test_a_file_is_opened_by_some_letters_that_are_typed_before_its_list_is_there(tmp_path):
    for name in ("a.txt", "wanted.txt"):
        (tmp_path / name).write_text(f"{name}\n")
    with started(tmp_path, tmp_path / "a.txt", folder=tmp_path, more=SLOW) as terminal:
        terminal.send(f"x{FILES}want\ry{SAVE}")
        terminal.wait(lambda: (tmp_path / "wanted.txt").read_text() == "ywanted.txt\n")
        terminal.wait(lambda: "xa.txt" not in terminal.text())


def test_a_question_takes_no_answer_that_was_typed_before_it_could_be_read(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("one\n")
    with started(tmp_path, file, more=SLOW) as terminal:
        terminal.send("x\x11dd")  # quit; “d” would drop the changes
        terminal.wait(lambda: "unsaved changes" in terminal.text())
        time.sleep(GUARD_SECONDS)
        terminal.send(f"{ESCAPE}y")
        terminal.wait(lambda: "xyone" in terminal.text())
        terminal.send(SAVE)
        terminal.wait(lambda: file.read_text() == "xyone\n")


def test_a_chosen_completion_is_inserted_between_what_was_typed_before_and_after_it(tmp_path):
    (tmp_path / "codecomplete").mkdir()
    (tmp_path / "codecomplete/edit.toml").write_text('servers = ["python: pylsp"]\n')
    (tmp_path / ".git").mkdir()
    file = tmp_path / "a.py"
    file.write_text("import math\n\nmath.fact\n")
    more = {**SLOW, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with started(tmp_path, "+3:10", file, more=more) as terminal:
        terminal.wait(lambda: _menu(terminal))
        terminal.send(f"o\r(3){SAVE}")
        terminal.wait(lambda: "factorial" in file.read_text())
    assert re.search(r"math\.factorial\(3\)", file.read_text())


def _menu(terminal) -> bool:
    """Ask until the server is ready."""
    terminal.send("\x1b/")
    terminal.settle(1.0)
    return "factorial" in terminal.text()
