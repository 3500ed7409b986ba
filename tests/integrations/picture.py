"""The picture of docs/repl.md from a real screen: ``python -m tests.integrations.picture FILE
[MODEL]`` types into IPython in a pseudo-terminal and writes what stands there as an SVG.

Without MODEL the packaged model suggests. What is typed is fixed; what is suggested is what came.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from benchmarks.prompts import IPYTHON, chosen
from tests.integrations.terminal import Terminal

ROWS, COLUMNS = 14, 74
BEFORE = ("numbers = [1, 2, 3]",)
TYPED = "for i, number in enum"
NAMED = {"default": None, "brown": "yellow"}


def screen_text(terminal: Terminal, background: bool = False) -> Text:
    """The screen with its colours; those behind the text only if asked for."""
    text = Text(no_wrap=True)
    last = max(index for index, line in enumerate(terminal.lines()) if line)
    for row in range(last + 2):  # a blank one, or the last is cut at its descenders
        line = terminal.screen.buffer[row]
        cells = [line[column] for column in range(terminal.screen.columns)]
        for style, run in groupby(cells, lambda cell: _style(cell, background)):
            text.append("".join(cell.data for cell in run), style=style)
        text.append("\n")
    return text


def _style(cell, background: bool) -> str:
    colour, behind = _colour(cell.fg), _colour(cell.bg) if background else None
    parts = ["bold"] * cell.bold + ["italic"] * cell.italics + [colour] * bool(colour)
    return " ".join([*parts, *([f"on {behind}"] if behind else [])])


def _colour(name: str) -> str | None:
    colour = NAMED.get(name, name)
    return f"#{colour}" if colour and re.fullmatch(r"[0-9a-fA-F]{6}", colour) else colour


def main(file: str, model: str | None = None) -> None:
    home = Path(tempfile.mkdtemp())
    terminal = Terminal(
        home,
        "-m",
        "codecomplete.integrations.prompt.repl",
        *IPYTHON,
        *chosen(model),
        rows=ROWS,
        columns=COLUMNS,
    )
    terminal.wait(lambda: "In [1]:" in terminal.text())
    for number, text in enumerate(BEFORE, 2):
        terminal.send(text + "\r")
        terminal.wait(lambda number=number: f"In [{number}]:" in terminal.text())
    terminal.settle(1.0)
    for character in TYPED.replace("\n", "\r"):
        terminal.send(character)
        terminal.settle(0.05)
    terminal.wait(terminal.ghost)
    terminal.settle(0.5)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(screen_text(terminal), end="")
    terminal.close()
    drawn = console.export_svg(title="cc-repl", unique_id="repl")
    # The viewer's own monospaced font: no picture of ours asks another computer for one.
    drawn = re.sub(r"@font-face\s*\{.*?\}\s*", "", drawn, flags=re.DOTALL)
    Path(file).write_text(drawn.replace("Fira Code", "monospace"), encoding="utf-8")
    print(terminal.text())


if __name__ == "__main__":
    main(*sys.argv[1:])
