"""How quick the editor is beside nano and micro.

``python -m benchmarks.editors [ROUNDS [PAGE]]``; ``CC_EDIT_BEFORE`` names another
checkout to compare with.

All of them in the same run, taking turns, through the same pseudo-terminal, without a screen that
is kept up to date: from the key to the first byte that has it, and from the start to the first
byte of the text. Only ratios are told, because a busy machine makes all of them slower together.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integrations.reference import put
from tests.integrations.terminal import ROOT

from .editor import lines_of_c

ROWS, COLUMNS = 40, 120
QUIET = 0.3
OURS = [sys.executable, "-m", "codecomplete.integrations.edit"]
BEFORE = os.environ.get("CC_EDIT_BEFORE")
EDITORS = {
    "cc-edit": [*OURS, "+501"],
    "cc-edit without suggestions": [*OURS, "--no-suggestions", "+501"],
    **({"cc-edit before": [*OURS, "+501"]} if BEFORE else {}),
    "nano": ["nano", "--ignorercfiles", "+501"],
    "micro": ["micro", "+501:1"],
}


class Editor:
    """One that runs, in a terminal of its own."""

    def __init__(self, command: list[str], path: str, root: str = str(ROOT)) -> None:
        home = tempfile.mkdtemp()
        environment = {
            "PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-256color", "LANG": "C.UTF-8",
            "PYTHONPATH": root, "OMP_NUM_THREADS": "1", "COLORTERM": "truecolor",
        }  # fmt: skip
        self.home = home
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(root)
            os.execvpe(command[0], [*command, path], environment)
        import fcntl
        import struct
        import termios

        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def until(self, wanted: bytes, patience: float = 60.0) -> float:
        """Seconds until that has been written; b"" is anything."""
        start, seen = time.perf_counter(), b""
        while wanted not in seen or not seen:
            if time.perf_counter() - start > patience:
                raise TimeoutError(f"{wanted!r} is not in {seen[-2000:]!r}")
            if select.select([self.terminal], [], [], 0.5)[0]:
                seen += os.read(self.terminal, 1 << 16)
        return time.perf_counter() - start

    def quiet(self, seconds: float = QUIET) -> None:
        while select.select([self.terminal], [], [], seconds)[0]:
            os.read(self.terminal, 1 << 16)

    def key(self) -> float:
        """Seconds until a letter is drawn."""
        start = time.perf_counter()
        os.write(self.terminal, b"x")
        self.until(b"x")
        return time.perf_counter() - start

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def running(name: str, path: str) -> Iterator[tuple[Editor, float]]:
    start = time.perf_counter()
    editor = Editor(EDITORS[name], path, BEFORE if BEFORE and "before" in name else str(ROOT))
    try:
        editor.until(b"function_100")
        yield editor, time.perf_counter() - start
    finally:
        editor.end()


def starts(path: str, rounds: int) -> dict[str, float]:
    """The median of the starts of each, taking turns."""
    times: dict[str, list[float]] = {name: [] for name in EDITORS}
    for _ in range(rounds):
        for name in EDITORS:
            with running(name, path) as (_, took):
                times[name].append(took)
    return {name: statistics.median(took) for name, took in times.items()}


def keys(path: str, rounds: int) -> dict[str, float]:
    """The median of the keys of each, taking turns."""
    times: dict[str, list[float]] = {}
    for name in EDITORS:
        with running(name, path) as (editor, _):
            editor.quiet(1.5)
            times[name] = []
            for _ in range(8):  # what is only done once
                editor.key()
                editor.quiet()
            for _ in range(rounds):
                times[name].append(editor.key())
                editor.quiet(0.1)
    return {name: statistics.median(took) for name, took in times.items()}


def rows(rounds: int, folder: Path) -> Iterator[str]:
    path = lines_of_c(1_000, folder)
    yield "| times as long as | a key, nano | a key, micro | the start, nano | the start, micro |"
    yield "|---|---|---|---|---|"
    first, key = starts(path, max(3, rounds // 4)), keys(path, rounds)
    for name in EDITORS:
        if name not in ("nano", "micro"):
            ratios = [f"{one[name] / one[other]:.1f}" for one in (key, first)
                      for other in ("nano", "micro")]  # fmt: skip
            yield f"| {name} | {' | '.join(ratios)} |"
    print({name: round(1000 * took, 1) for name, took in key.items()}, file=sys.stderr)
    print({name: round(1000 * took, 1) for name, took in first.items()}, file=sys.stderr)


def main(rounds: str = "40", page: str | None = None) -> None:
    missing = [name for name in ("nano", "micro") if shutil.which(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}")
    folder = Path(tempfile.mkdtemp())
    subprocess.run([*OURS, "--version"], check=True, capture_output=True)  # compiled once
    lines = []
    for row in rows(int(rounds), folder):
        print(row, flush=True)
        lines.append(f"{row}\n")
    if page is not None:
        text = Path(page).read_text(encoding="utf-8")
        Path(page).write_text(put(text, "compared", "".join(lines)), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
