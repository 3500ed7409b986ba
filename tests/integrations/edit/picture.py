"""The picture of docs/edit.md: ``python -m tests.integrations.edit.picture FILE`` types into
cc-edit in a pseudo-terminal and writes what stands there as an SVG.

What is typed is fixed; what is suggested is what the packaged model suggests.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.integrations import picture
from tests.integrations.terminal import ROOT, Terminal

ROWS, COLUMNS = 22, 100
EXAMPLE, LINE = "wordcount.c", 42
TYPED = "\n\nstatic int table_grow(struct table *table, size_t size)\n{\ntable->buckets = c"


def main(file: str) -> None:
    home = Path(tempfile.mkdtemp())
    shutil.copy(ROOT / "examples" / EXAMPLE, home)
    terminal = Terminal(
        home,
        "-m",
        "codecomplete.integrations.edit",
        f"+{LINE}",
        EXAMPLE,
        rows=ROWS,
        columns=COLUMNS,
    )
    terminal.wait(lambda: "idle" in terminal.text())
    terminal.send("\x1b[F")  # the end of the line
    terminal.settle(0.5)
    for character in TYPED:
        terminal.send("\r" if character == "\n" else character)
        terminal.settle(0.1)
    terminal.settle(0.7)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(picture.screen_text(terminal, background=True), end="")
    terminal.close()
    drawn = console.export_svg(title="cc-edit", unique_id="edit")
    # The viewer's own monospaced font: no picture of ours asks another computer for one.
    drawn = re.sub(r"@font-face\s*\{.*?\}\s*", "", drawn, flags=re.DOTALL)
    Path(file).write_text(drawn.replace("Fira Code", "monospace"), encoding="utf-8")
    print(terminal.text())


if __name__ == "__main__":
    main(*sys.argv[1:])
