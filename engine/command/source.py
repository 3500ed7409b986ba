"""A source file and a place in it, for the command line.

Reads whole files and checks them; knows nothing of models.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import SourceFileError
from ..languages import language_of

MOST_BYTES = 64 * 2**20
_PLACE = re.compile(r"(?P<path>.+?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Caret:
    """The text around a place in a file."""

    path: Path
    before: str
    after: str
    language: str | None
    line: int  # from 1

    def while_typing(self) -> Caret:
        """The same place before the rest of its line was written."""
        end = self.after.find("\n")
        return replace(self, after=self.after[end:] if end >= 0 else "")


def open_at(place: str) -> Caret:
    """The caret that ``FILE[:LINE[:COLUMN]]`` names; lines and columns count from 1.

    Without a column: the end of the line. Without a line: the end of the last line with text.
    Raises SourceFileError if the file cannot be read as text or has no such place.
    """
    path, line, column = parse_place(place)
    text = read_text(path)
    if not text.strip():
        raise SourceFileError(
            f"{path}: the file is empty; write something first that can be continued"
        )
    offset = _offset(path, text, line, column)
    return Caret(
        path, text[:offset], text[offset:], language_of(path), text.count("\n", 0, offset) + 1
    )


def parse_place(place: str) -> tuple[Path, int | None, int | None]:
    """Split ``FILE[:LINE[:COLUMN]]``; a file whose name really ends like that is preferred.

    >>> parse_place("src/main.c:12:5")[1:]
    (12, 5)
    """
    if Path(place).exists():
        return Path(place), None, None
    match = _PLACE.fullmatch(place)
    if match is None:
        raise SourceFileError(f"{place!r}: expected FILE[:LINE[:COLUMN]]")
    line, column = (int(part) if part else None for part in match.group("line", "column"))
    return Path(match["path"]), line, column


def read_text(path: Path) -> str:
    """A file's text with ``\\n`` line ends. Raises SourceFileError."""
    data = _read_bytes(path)
    if b"\0" in data:
        raise SourceFileError(
            f"{path}: looks like a binary file (a zero byte at offset {data.index(0):,}); "
            "expected source text in UTF-8"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceFileError(
            f"{path}:{line}: not UTF-8 (byte 0x{data[error.start]:02x} at offset {error.start:,}); "
            "convert it first, for instance with iconv -f latin1 -t utf-8"
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise SourceFileError(
                f"{path}: {size / 2**20:,.0f} MiB, at most {MOST_BYTES // 2**20} are read; "
                "complete a smaller file"
            )
        return path.read_bytes()
    except OSError as error:
        raise SourceFileError(f"{path}: cannot be read: {error.strerror}") from error


def _offset(path: Path, text: str, line: int | None, column: int | None) -> int:
    if line is None:
        return len(text.rstrip("\n"))
    lines = text.split("\n")
    count = len(lines) - (lines[-1] == "")
    if not 1 <= line <= count:
        raise SourceFileError(f"{path}: no line {line:,}: the file has lines 1 to {count:,}")
    length = len(lines[line - 1])
    column = length + 1 if column is None else column
    if not 1 <= column <= length + 1:
        raise SourceFileError(
            f"{path}:{line}: no column {column:,}: the line has columns 1 to {length + 1:,}"
        )
    return sum(len(above) + 1 for above in lines[: line - 1]) + column - 1
