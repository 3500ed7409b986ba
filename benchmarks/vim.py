"""How long a letter takes to appear in Vim's terminal, with and without the plugin:
``python -m benchmarks.vim``.

Both are measured in one run, letter by letter in turns, so that other work on the machine affects
both. The engine is a fake one that answers at once, and there is ghost text at the caret.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from tests.integrations.vim.editor import ROOT, RUNTIME, Editor, found

from .figures import row

LINE = "for index in range(10):"  # the fake engine knows it from its first two letters
ROUNDS = 12
PAUSE = 0.05  # seconds between two letters of one Vim: ghost text is drawn meanwhile


def press(editor: Editor, letter: str, column: int) -> float:
    """Milliseconds until the caret is after the letter."""
    begin = time.perf_counter()
    editor.send(letter)
    while editor.screen.cursor.x != column and time.perf_counter() - begin < 5:
        editor.read(0.0005)
    return 1000 * (time.perf_counter() - begin)


def measure(program: str, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Milliseconds of each letter, without and with the plugin."""
    kinds: dict[str, Path | None] = {"neither": None, "codecomplete": RUNTIME}
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        editors = {}
        for name, runtime in kinds.items():
            home = Path(folder, name)
            home.mkdir()
            editors[name] = Editor(program, home, runtime=runtime)
            stack.callback(editors[name].close)
            editors[name].open()
        times: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(rounds):
            for editor in editors.values():
                editor.keys("<Esc>", *"cc")
            for column, letter in enumerate(LINE[:8], 1):
                for name, editor in editors.items():
                    taken = press(editor, letter, column)
                    if number and column > 1:  # the first round starts the process
                        times[name].append(taken)
                    editor.quiet(PAUSE)
        return times


def main() -> None:
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    program = found()
    if program is None:
        return
    print("| Vim with | median, ms | p95 | most |\n|---|---|---|---|")
    for name, times in measure(program).items():
        print(row(name, times))


if __name__ == "__main__":
    main()
