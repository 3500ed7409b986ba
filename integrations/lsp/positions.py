"""LSP's positions in a line: the number of code units of an encoding before a place.

UTF-16 is counted as an editor written in JavaScript does, lone surrogates included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place; both numbers count from 0, ``character`` in units of the agreed encoding."""

    line: int
    character: int


class Encoding(Enum):
    """The encodings, by their names in LSP."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    UTF_32 = "utf-32"

    def split(self, line: str, units: int) -> tuple[str, str]:
        """``line`` before and after ``units``. Beyond the end, all of it is before; in the middle
        of a UTF-8 character, it is split before that."""
        if self is Encoding.UTF_32 or line.isascii():
            return line[:units], line[units:]
        if self is Encoding.UTF_16:
            data = line.encode("utf-16-le", "surrogatepass")
            return _utf_16(data[: 2 * units]), _utf_16(data[2 * units :])
        data = line.encode("utf-8", "surrogatepass")
        while units < len(data) and data[units] & 0xC0 == 0x80:
            units -= 1
        return _utf_8(data[:units]), _utf_8(data[units:])

    def units(self, line: str) -> int:
        """The length of ``line`` in units."""
        if self is Encoding.UTF_32 or line.isascii():
            return len(line)
        if self is Encoding.UTF_16:
            return len(line.encode("utf-16-le", "surrogatepass")) // 2
        return len(line.encode("utf-8", "surrogatepass"))


def is_torn(text: str) -> bool:
    """Whether ``text`` has surrogates, which an editor in JavaScript may send one by one."""
    return not text.isascii() and _SURROGATES.search(text) is not None


def joined(text: str) -> str:
    """``text`` with one character for each surrogate pair, which an edit may have completed."""
    return _utf_16(text.encode("utf-16-le", "surrogatepass"))


def readable(text: str) -> str:
    """``text`` with U+FFFD for lone surrogates, as a tokenizer needs it."""
    return _SURROGATES.sub("\ufffd", text)


def _utf_16(data: bytes) -> str:
    return data.decode("utf-16-le", "surrogatepass")


def _utf_8(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")
