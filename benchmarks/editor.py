"""The cost of the editor: ``python -m benchmarks.editor ROUNDS [PAGE]``.

Prints the table of docs/edit.md, and writes it into PAGE. Times are of a whole round trip through a
pseudo-terminal, as for the user: from the key to the changed screen.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integrations.reference import tell
from tests.integrations.terminal import ROOT, Terminal

from .figures import with_most

EXAMPLES = ("ledger.py", "wordcount.c", "LruCache.java")
TYPED = {
    "ledger.py": "\nfor posting in postings:\nprint(",
    "wordcount.c": "\nstatic int compare(const void *a, const void *b)\n{\nreturn ",
    "LruCache.java": "\npublic int size() {\nreturn ",
}
FUNCTION = "int function_{0}(int a, char *b) {{\n    if (a > {0}) {{ return b[{0}]; }}\n    /* c */\n    return a;\n}}\n"  # noqa: E501


@contextmanager
def started(
    *words: str,
    wanted: str = "Ln ",
    program: tuple[str, ...] = ("-m", "codecomplete.integrations.edit"),
) -> Iterator[tuple[Terminal, float]]:
    """The editor, and the milliseconds until its first screen."""
    home = Path(tempfile.mkdtemp())
    terminal = Terminal(home, *program, *words, rows=40, columns=120)
    try:
        first = terminal.wait(lambda: wanted in terminal.text())
        yield terminal, 1000 * first
    finally:
        terminal.close()
        shutil.rmtree(home, ignore_errors=True)


def lines_of_c(count: int, folder: Path) -> str:
    path = folder / f"lines_{count}.c"
    path.write_text("".join(FUNCTION.format(i) for i in range(count // 5))[:-1])
    return str(path)


BARE = """
import sys
from textual.app import App
from textual.widgets import TextArea
class Bare(App):
    def compose(self):
        yield TextArea.code_editor(open(sys.argv[1]).read())
Bare().run()
"""


TEXT = "import sys"  # in the first lines of the file
LETTER = "~"  # nowhere on the first screen


def first_paint(rounds: int) -> dict[str, list[float]]:
    """Of the editor, also until a letter is there that was typed as soon as the text was, and of
    Textual's own text area with the same file."""
    times: dict[str, list[float]] = {"text": [], "letter": [], "bare": []}
    path = str(ROOT / "examples" / "ledger.py")
    for _ in range(rounds):
        with started(path, wanted=TEXT) as (terminal, first):
            times["text"].append(first)
            assert LETTER not in terminal.text()
            terminal.send(LETTER)
            times["letter"].append(first + 1000 * terminal.wait(lambda: LETTER in terminal.text()))
        with started(path, wanted=TEXT, program=("-c", BARE)) as (_, first):
            times["bare"].append(first)
    return times


def keys(path: str, line: int, rounds: int, *options: str) -> list[float]:
    """Milliseconds from a key to the screen that shows it, in the middle of a file."""
    times: list[float] = []
    with started(*options, f"+{line}", path) as (terminal, _):
        terminal.settle(1.0)
        for number in range(8 * rounds):
            sent = time.perf_counter()
            terminal.send("x")
            terminal.wait(shown(terminal, number + 1))
            times.append(1000 * (time.perf_counter() - sent))
            terminal.settle(0.05)
    return times


def shown(terminal: Terminal, count: int) -> Callable[[], bool]:
    return lambda: any(f" {'x' * count}int" in line for line in terminal.lines())


def opening(path: str, rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        with started(path) as (_, first):
            times.append(first)
    return times


def worked(name: str, folder: Path) -> tuple[float, float, int]:
    """Memory in MB without suggestions and after them, and how many were accepted."""
    path = folder / name
    shutil.copy(ROOT / "examples" / name, path)
    with started("--no-suggestions", str(path)) as (terminal, _):
        terminal.settle(0.5)
        without = terminal.memory_mb()
    accepted = 0
    with started("+12", str(path)) as (terminal, _):
        terminal.settle(1.5)
        for character in TYPED[name] * 2:
            terminal.send("\r" if character == "\n" else character)
            terminal.settle(0.08)
            if "Tab accept" in terminal.text() and accepted < 8:
                terminal.send("\t")
                terminal.settle(0.15)
                accepted += 1
        return without, terminal.memory_mb(), accepted


def rows(rounds: int, folder: Path) -> Iterator[str]:
    yield "| measured | |"
    yield "|---|---|"
    first = first_paint(rounds)
    bare = with_most(first["bare"])
    yield f"| text after the start, ms | {with_most(first['text'])}; bare Textual {bare} |"
    yield f"| first letter after the start, ms | {with_most(first['letter'])} |"
    for count in (1_000, 20_000):
        path = lines_of_c(count, folder)
        ours = keys(path, count // 2 + 1, rounds)
        yield f"| key to screen, {count:,} lines of C, ms | {with_most(ours)} |"
        alone = keys(path, count // 2 + 1, rounds, "--no-suggestions")
        yield f"| the same without suggestions, ms | {with_most(alone)} |"
    big = lines_of_c(1_000_000, folder)
    size = Path(big).stat().st_size / 1e6
    yield f"| opening 1,000,000 lines, {size:.0f} MB, ms | {with_most(opening(big, 3))} |"
    yield f"| key to screen there, ms | {with_most(keys(big, 500_001, rounds))} |"
    for name in EXAMPLES:
        without, after, accepted = worked(name, folder)
        yield (
            f"| whole process after {2 * len(TYPED[name])} keys and {accepted} accepts in "
            f"{name}, MB | {after:.0f}; before suggestions {without:.0f} |"
        )


def main(rounds: str = "10", page: str | None = None) -> None:
    folder = Path(tempfile.mkdtemp())
    tell(rows(int(rounds), folder), page)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
