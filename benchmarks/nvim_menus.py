"""How long a letter takes to appear in Neovim's terminal, with and without the plugin, and with and
without the real nvim-cmp: ``python -m benchmarks.nvim_menus [RUNTIME]``.

The four are measured in one run, letter by letter in turns, so that other work on the machine
affects all of them. nvim-cmp has a source that takes 200 ms, like a language server; the engine is
a fake one that answers at once, and there is ghost text at the caret when the menu opens.
``RUNTIME`` is another copy of the plugin, to compare versions.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pyte

from tests.integrations.nvim.editor import ALONE, FAKE, ROOT, RUNTIME, environment, installed
from tests.integrations.nvim.plugins import CMP, FOLDER

from .figures import row

LINE = "for index in range(10):"  # the fake engine knows it from its first two letters
ROUNDS = 12
ROWS, COLUMNS = 24, 80
PAUSE = 0.35  # seconds between two letters of one Neovim: its menu opens meanwhile


class Typed:
    """A Neovim in a pseudo-terminal."""

    def __init__(self, program: str, home: Path, ours: Path | None, cmp: Path | None) -> None:
        home.mkdir()
        script = home / "setup.lua"
        script.write_text(f"_G.cmp_delay = 200\n{CMP}" if cmp else "")
        first = [f"let g:codecomplete_command = {[*FAKE, 'quick']!r}"]
        first += [f"set runtimepath^={path}" for path in (ours, cmp) if path]
        argv = [*ALONE, *(part for text in first for part in ("--cmd", text))]
        argv += ["-c", f"luafile {script}", "-c", "set noshowmode noruler filetype=python"]
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            program, argv, cwd=str(ROOT), dimensions=(ROWS, COLUMNS),
            env=environment(home) | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.child.delaybeforesend = None
        self.read(1.0)

    def read(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(pexpect.TIMEOUT):
                self._stream.feed(self.child.read_nonblocking(65536, 0.0005))

    def press(self, letter: str, column: int) -> float:
        """Milliseconds until the caret is after the letter."""
        begin = time.perf_counter()
        self.child.send(letter)
        while self.screen.cursor.x != column and time.perf_counter() - begin < 5:
            with contextlib.suppress(pexpect.TIMEOUT):
                self._stream.feed(self.child.read_nonblocking(65536, 0.0005))
        return 1000 * (time.perf_counter() - begin)

    def fresh_line(self) -> None:
        self.child.send("\x1b")
        self.read(0.2)
        self.child.send("cc")
        self.read(0.3)

    def close(self) -> None:
        self.child.close(force=True)


@contextlib.contextmanager
def all_four(program: str, runtime: Path, cmp: Path) -> Iterator[dict[str, Typed]]:
    kinds = {
        "neither": (None, None),
        "ours": (runtime, None),
        "nvim-cmp": (None, cmp),
        "both": (runtime, cmp),
    }
    with tempfile.TemporaryDirectory() as folder:
        typed = {name: Typed(program, Path(folder, name), *paths) for name, paths in kinds.items()}
        try:
            yield typed
        finally:
            for one in typed.values():
                one.close()


def measure(program: str, runtime: Path, cmp: Path, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Milliseconds of each letter, by the plugins loaded."""
    with all_four(program, runtime, cmp) as typed:
        found: dict[str, list[float]] = {name: [] for name in typed}
        for number in range(rounds):
            for one in typed.values():
                one.fresh_line()
            for column, letter in enumerate(LINE[:8], 1):
                for name, one in typed.items():
                    taken = one.press(letter, column)
                    if number and column > 1:  # the first round starts processes
                        found[name].append(taken)
                    one.read(PAUSE / len(typed))
        return found


def main() -> None:
    runtime = Path(sys.argv[1]) if len(sys.argv) > 1 else RUNTIME
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    for version, program in installed().items():
        cmp = FOLDER / ("nvim-cmp-0.7" if version == "old" else "nvim-cmp")
        if program is None or not cmp.is_dir():
            continue
        print(f"\n| {Path(program).name} ({version}) with | median, ms | p95 | most |")
        print("|---|---|---|---|")
        for name, times in measure(program, runtime, cmp).items():
            print(row(name, times), flush=True)


if __name__ == "__main__":
    main()
