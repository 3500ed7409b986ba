"""The picture of docs/nvim.md, from a real screen.

``python -m tests.integrations.nvim.picture FILE`` types into Neovim in a pseudo-terminal and writes
what stands there as an SVG.

What is typed is fixed; what is suggested is what the packaged model said.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.integrations import picture as shared
from tests.integrations.nvim.editor import ALONE, REAL, RUNTIME, installed
from tests.integrations.terminal import Terminal

ROWS, COLUMNS = 20, 74
TEXT = '''import csv


class Ledger:
    """Entries of one account, oldest first."""

    def __init__(self, path):
        self.path = path
        self.entries = []

    def read(self):
        with open(self.path) as file:
            for row in csv.reader(file):
                self.entries.append(row)

'''
TYPED = "\n    def write(self):\nwith op"
LOOK = (
    "set notermguicolors laststatus=0 noruler noshowmode noshowcmd shortmess+=F fillchars=eob:\\ "
)
GHOST = "highlight CodeCompleteGhost ctermfg=241"


def type_slowly(terminal: Terminal, text: str) -> None:
    for character in text.replace("\n", "\r"):
        terminal.send(character)
        terminal.settle(0.1)


def main(file: str) -> None:
    home = Path(tempfile.mkdtemp())
    source = home / "ledger.py"
    source.write_text(TEXT)
    program = installed()["new"]
    command = [program, *ALONE, "--cmd", f"set runtimepath^={RUNTIME}",
               "--cmd", f"let g:codecomplete_command = {REAL!r}", "-c", LOOK, "-c", GHOST,
               "-c", "normal! G", str(source)]  # fmt: skip
    start = f"import os; os.execv({command[0]!r}, {command!r})"
    terminal = Terminal(home, "-c", start, rows=ROWS, columns=COLUMNS)
    terminal.wait(lambda: "class Ledger" in terminal.text())
    terminal.settle(0.5)
    terminal.send("A")
    time.sleep(2.0)  # the model is loaded
    type_slowly(terminal, TYPED)
    terminal.settle(1.0)
    shared.COLUMNS = COLUMNS
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(shared.screen_text(terminal), end="")
    print(terminal.text())
    print("ghost:", terminal.ghost())
    terminal.close()
    drawn = console.export_svg(title="nvim", unique_id="nvim")
    # The viewer's own monospaced font: no picture of ours asks another computer for one.
    drawn = re.sub(r"@font-face\s*\{.*?\}\s*", "", drawn, flags=re.DOTALL)
    Path(file).write_text(drawn.replace("Fira Code", "monospace"), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
