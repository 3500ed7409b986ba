"""Draws docs/demo.svg: the examples, completed by the packaged model, as a terminal shows them.

python docs/picture.py
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

from codecomplete import engine
from codecomplete.engine.command.complete import complete_at, picture, summary
from codecomplete.engine.command.source import open_at

HERE = Path(__file__).parent
MAKEFILE = (HERE.parent / "Makefile").read_text(encoding="utf-8")
EXAMPLES = re.search(r"^EXAMPLES := (.*)$", MAKEFILE, re.MULTILINE)[1].split()
LINES = 7


def draw(console: Console) -> None:
    """Print each example with its suggestion in grey."""
    model = engine.load()
    for place in EXAMPLES:
        command = f"python -m engine complete --typing {place}"
        console.print(f"\n$ {command}\n", style="bold", highlight=False)
        console.print(Text.from_ansi("\n".join(completed(model, place))))


def completed(model: engine.Model, place: str) -> list[str]:
    caret = open_at(str(HERE.parent / place)).while_typing()
    suggestion, facts = complete_at(model, caret)
    lines = picture(caret, suggestion, colour=True).split("\n")[-LINES:]
    return [*lines, "", summary(facts)]


if __name__ == "__main__":
    recorder = Console(record=True, width=116, file=io.StringIO())
    draw(recorder)
    drawn = recorder.export_svg(title="codecomplete", unique_id="demo")
    # The viewer's own monospaced font: our pictures request none from another computer.
    drawn = re.sub(r"@font-face\s*\{.*?\}\s*", "", drawn, flags=re.DOTALL)
    (HERE / "demo.svg").write_text(drawn.replace("Fira Code", "monospace"), encoding="utf-8")
