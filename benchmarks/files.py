"""The cost of opening and saving: ``python -m benchmarks.files docs/files.md``.

Prints a table, and writes it into the page if one is given. Times are the shortest of several
rounds, because other work on the machine only adds to them.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from codecomplete.integrations.edit.files import TextFile, opening, read, save
from tests.integrations.reference import tell

from .figures import milliseconds

CHINESE = "圆的面积 = 半径 * 半径"
LINE = "    return radius * 3.14159  # the area of a circle, more or less\n"
ROUNDS = 25
SMALL, LARGE = 1_000_000, 95_000_000  # bytes
KINDS: dict[str, Callable[[str], bytes]] = {
    "ASCII, LF": str.encode,
    "ASCII, CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "UTF-8, one accent a line": lambda text: text.replace("circle", "círcle").encode(),
    "UTF-8, mostly Chinese": lambda text: text.replace(LINE.strip(), CHINESE).encode(),
    "UTF-8, two unsafe characters a line": lambda text: text.replace(
        "circle", "c\u200b\x0c"
    ).encode(),
    "Latin-1, one accent a line": lambda text: text.replace("circle", "círcle").encode("latin-1"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "mixed line ends, one in ten": lambda text: text.replace(
        "\n", "\r\n", len(text) // 700
    ).encode(),
    "binary": lambda text: bytes(range(256)) * (len(text) // 256),
}


def content(kind: str, size: int) -> bytes:
    return KINDS[kind](LINE * (size // len(LINE)))[:size]


def least(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The milliseconds of the fastest round."""
    times = []
    for _ in range(rounds):
        times.append(milliseconds(action))
    return min(times)


def costs(path: Path, kind: str) -> tuple[float, float]:
    """Milliseconds for each MB to open and to save."""
    path.write_bytes(content(kind, SMALL))
    file = read(path)
    megabytes = path.stat().st_size / 1e6
    return least(lambda: read(path)) / megabytes, least(lambda: saved(file)) / megabytes


def saved(file: TextFile) -> None:
    save(file, file.text, overwrite_changed=True)


def large(path: Path, kind: str) -> tuple[float, float]:
    """Seconds and peak MB of memory to open a large file, in a separate process."""
    path.write_bytes(content(kind, LARGE))
    receive, send = os.pipe()
    if not os.fork():
        start = time.perf_counter()
        read(path, most_lines=2 * opening.MOST_LINES)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        os.write(send, f"{time.perf_counter() - start} {most}".encode())
        os._exit(0)
    os.wait()
    seconds, most = os.read(receive, 100).split()
    return float(seconds), float(most)


def rows() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        yield "| 1 MB of | open, ms | save, ms |"
        yield "|---|---|---|"
        for kind in KINDS:
            opened, written = costs(path, kind)
            yield f"| {kind} | {opened:.0f} | {written:.0f} |"
        for kind in ("ASCII, LF", "UTF-8, two unsafe characters a line"):
            seconds, most = large(path, kind)
            cost = f"{1000 * seconds:.0f}; {most:.0f} MB of memory"
            yield f"| {LARGE / 1e6:.0f} MB: {kind} | {cost} | |"


def main(page: str | None = None) -> None:
    tell(rows(), page)


if __name__ == "__main__":
    main(*sys.argv[1:])
