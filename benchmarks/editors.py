"""The cost of the editor, by itself and compared with nano and micro; both tables of docs/edit.md.

``python -m benchmarks.editors [ROUNDS [PAGE]]``; ``CC_EDIT_BEFORE`` names another
checkout to compare with.

All editors are measured in one run, in turns, through the same pseudo-terminal, without an emulated
screen: from the key to the first byte that shows it, from the start to the first byte of the text,
and from the start to the first byte of a letter that is typed as soon as the text appears. Only
ratios are reported, because a busy machine slows all of them down.
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

from tests.integrations.reference import tell
from tests.integrations.terminal import ROOT

from . import editor as costs
from .editor import lines_of_c

ROWS, COLUMNS = 40, 120
QUIET = 0.3
LETTER = b"@"  # neither in the text nor in control sequences
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
    """A running editor, in its own terminal."""

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
        """Seconds until ``wanted`` has been written; b"" means anything."""
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

    def key(self, letter: bytes = b"x") -> float:
        """Seconds until a letter is drawn."""
        start = time.perf_counter()
        os.write(self.terminal, letter)
        self.until(letter)
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


Times = dict[str, float]  # the median of each editor


def starts(path: str, rounds: int) -> tuple[Times, Times]:
    """How long it takes until the text is there, and until a letter typed then is, taking turns."""
    texts: dict[str, list[float]] = {name: [] for name in EDITORS}
    letters: dict[str, list[float]] = {name: [] for name in EDITORS}
    for _ in range(rounds):
        for name in EDITORS:
            with running(name, path) as (editor, took):
                texts[name].append(took)
                letters[name].append(took + editor.key(LETTER))
    return _medians(texts), _medians(letters)


def _medians(times: dict[str, list[float]]) -> Times:
    return {name: statistics.median(took) for name, took in times.items()}


def keys(path: str, rounds: int) -> Times:
    """The median of the keys of each, taking turns."""
    times: dict[str, list[float]] = {}
    for name in EDITORS:
        with running(name, path) as (editor, _):
            editor.quiet(1.5)
            times[name] = []
            for _ in range(8):  # warms up what is done only once
                editor.key()
                editor.quiet()
            for _ in range(rounds):
                times[name].append(editor.key())
                editor.quiet(0.1)
    return _medians(times)


def rows(rounds: int, folder: Path) -> Iterator[str]:
    path = lines_of_c(1_000, folder)
    kinds = ("a key", "text after the start", "first letter after the start")
    heads = [f"{kind}, {other}" for kind in kinds for other in ("nano", "micro")]
    yield f"| times as long as | {' | '.join(heads)} |"
    yield "|---" * 7 + "|"
    text, letter = starts(path, max(3, rounds))
    key = keys(path, 4 * rounds)
    for name in EDITORS:
        if name not in ("nano", "micro"):
            ratios = [f"{one[name] / one[other]:.1f}" for one in (key, text, letter)
                      for other in ("nano", "micro")]  # fmt: skip
            yield f"| {name} | {' | '.join(ratios)} |"
    for times in (key, text, letter):
        print({name: round(1000 * took, 1) for name, took in times.items()}, file=sys.stderr)


def main(rounds: str = "10", page: str | None = None) -> None:
    missing = [name for name in ("nano", "micro") if shutil.which(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}")
    folder = Path(tempfile.mkdtemp())
    subprocess.run([*OURS, "--version"], check=True, capture_output=True)  # compiled once
    tell(rows(int(rounds), folder), page, "compared")
    costs.main(rounds, page)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
