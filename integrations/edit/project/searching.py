"""Searches the files of a folder, with ripgrep if it is installed, or else in Python.

Both leave out files that git ignores, binary files and very large ones. Knows nothing of widgets;
runs on a worker thread, until ``stop`` returns True.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from ..text.search import BadPattern, Query, compiled
from .listing import Stop, files, never

MOST_MATCHES = 2_000
MOST_BYTES = 5_000_000  # of a file
MOST_SHOWN = 300  # characters of a line
FILE_SECONDS = 1.0  # for a pattern in one file
PROGRAM = "rg"


@dataclass(frozen=True, slots=True)
class Match:
    """A place in a file, counted from 1, and the text of its line around it."""

    name: str  # relative to the folder
    line: int
    column: int
    text: str


def found(
    folder: Path, query: Query, open_texts: Mapping[str, str] | None = None, stop: Stop = never
) -> Iterator[Match]:
    """The matches below ``folder``; ``open_texts`` replace the files of the same relative names.

    At most MOST_MATCHES. Raises BadPattern.
    """
    compiled(query)  # finds fault with a pattern, whichever program searches
    texts = dict(open_texts or {})
    inside = (one for name, text in sorted(texts.items()) for one in _in_text(name, text, query))
    others = (one for one in _outside(folder, query, stop) if one.name not in texts)
    yield from islice(_chained(inside, others), MOST_MATCHES)


def _chained(*parts: Iterable[Match]) -> Iterator[Match]:
    for part in parts:
        yield from part


def _outside(folder: Path, query: Query, stop: Stop) -> Iterator[Match]:
    program = shutil.which(PROGRAM)
    if program is None or not _alike(query):
        return _ours(folder, query, stop)
    return _of_ripgrep(program, folder, query, stop)


def _alike(query: Query) -> bool:
    """Whether a pattern means the same to ripgrep, which has no lookaround and no backreferences,
    and matches within a line."""
    return not query.regex or not any(sign in query.text for sign in ("(?", "\\", "\n"))


# Ripgrep


def _of_ripgrep(program: str, folder: Path, query: Query, stop: Stop) -> Iterator[Match]:
    process = subprocess.Popen(
        _command(program, query), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    watch = _ending(process, stop)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            yield from _matches(line)
            if stop():
                return
    finally:
        watch.set()
        process.kill()
        process.stdout.close()
        process.wait()


def _ending(process: subprocess.Popen[bytes], stop: Stop) -> threading.Event:
    """End the process as soon as ``stop`` returns True, even while it finds nothing."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            if stop():
                process.kill()
                return

    threading.Thread(target=watch, daemon=True).start()
    return over


def _command(program: str, query: Query) -> list[str]:
    ways = ["--case-sensitive" if query.case else "--ignore-case"]
    ways += [] if query.regex else ["--fixed-strings"]
    ways += ["--word-regexp"] if query.word else []
    return [
        program, "--no-config", "--json", "--hidden", "--glob=!.git", "--no-require-git",
        "--sort=path", f"--max-filesize={MOST_BYTES}", *ways, "--regexp", query.text, "--", ".",
    ]  # fmt: skip


def _matches(line: bytes) -> Iterator[Match]:
    said = json.loads(line)
    if said["type"] != "match":
        return
    data = said["data"]
    name, text = _text(data["path"]), _bytes(data["lines"])
    for part in data["submatches"]:
        column = len(text[: part["start"]].decode("utf-8", "replace"))
        shown = text.decode("utf-8", "replace").rstrip("\r\n")
        yield Match(
            name.removeprefix("./"), data["line_number"], column + 1, _around(shown, column)
        )


def _bytes(field: dict[str, Any]) -> bytes:
    """The bytes of a field: ripgrep encodes what is not UTF-8 in base64."""
    import base64

    return field["text"].encode() if "text" in field else base64.b64decode(field["bytes"])


def _text(field: dict[str, Any]) -> str:
    return os.fsdecode(_bytes(field))


# Our own


def _ours(folder: Path, query: Query, stop: Stop) -> Iterator[Match]:
    for name in files(folder, stop):
        if stop():
            return
        text = _read(folder / name)
        if text is not None:
            yield from _in_text(name, text, query)


def _read(path: Path) -> str | None:
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    return None if b"\0" in data else data.decode("utf-8", "replace").replace("\r\n", "\n")


def _in_text(name: str, text: str, query: Query) -> Iterator[Match]:
    line, at = 1, 0
    try:
        for match in compiled(query).finditer(text, timeout=FILE_SECONDS):
            line, at = line + text.count("\n", at, match.start()), match.start()
            first = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            shown = text[first : end if end >= 0 else len(text)]
            yield Match(name, line, at - first + 1, _around(shown, at - first))
    except TimeoutError:  # go on with the other files
        return


def _around(line: str, column: int) -> str:
    """Of a very long line, what is near ``column``."""
    if len(line) <= MOST_SHOWN:
        return line
    first = max(0, column - MOST_SHOWN // 4)
    return line[first : first + MOST_SHOWN]


Searcher = Callable[[Path, Query, Mapping[str, str], Stop], Iterator[Match]]

__all__ = ["BadPattern", "Match", "Query", "Searcher", "found"]
