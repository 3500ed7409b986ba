"""A text file as the editor holds it, and how its text becomes bytes again.

What is not edited keeps its bytes. Knows neither the disk nor the editor.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from . import encodings, lines, private
from .errors import NotEncodable
from .private import Block
from .stamps import Stamp

_CONTROL_SHARE = 0.1  # of the characters; with more controls than that, a file looks binary
_BINARY = frozenset(private.CONTROLS + private.RAW) - set("\b\f\r\x1b\x85")


@dataclass(frozen=True)
class TextFile:
    """What was read, and all that is needed to write it back; made by ``read`` and ``save``."""

    path: Path | None  # None: without a name, such as standard input
    encoding: str  # one of encodings.ENCODINGS
    bom: bytes
    line_end: str  # what "\n" in the text stands for
    mixed: bool  # other line ends occur too; lines that have them carry a mark
    text: str = field(repr=False)  # what is edited: lines end with "\n" only
    stamp: Stamp | None  # as it was on disk; None if it is not there yet
    looks_binary: bool = False
    read_only: bool = False
    block: int = private.BLOCKS[0]  # where the private code points of this file begin

    def encode(self, text: str) -> bytes:
        """The bytes that saving ``text`` writes. Raises NotEncodable."""
        real = self._block.reveal(self._with_line_ends(text))
        try:
            return self.bom + encodings.encode(real, self.encoding)
        except UnicodeEncodeError as error:
            line = 1 + self._line_ends_before(real[: error.start])
            raise NotEncodable(real[error.start], line, self.encoding) from error

    def inward(self, text: str) -> str:
        """Typed or pasted text as the editor holds it, with ``\\n`` for any line end.

        Only for text from outside; the editor's own text is in that form already.
        """
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return self._block.admit(text)

    def outward(self, text: str) -> str:
        """The editor's text for everything outside, such as the clipboard and the engine.

        Lines end with ``\\n``; undecodable bytes become �.
        """
        return self._block.export(text)

    def visible(self, text: str) -> str:
        """``text`` as it is drawn: of the same length, with a symbol one cell wide for each
        character that is unsafe or invisible.

        Newlines and tabs stay.
        """
        if text.isascii() and text.isprintable():
            return text
        return "\n".join(
            "\t".join(map(self._block.visible, line.split("\t"))) for line in text.split("\n")
        )

    def unmarked(self, text: str) -> str:
        """``text`` without marks: every line has the file's own line end."""
        return lines.unmarked(text, self._block)

    @property
    def _block(self) -> Block:
        return private.block(self.block)

    def _with_line_ends(self, text: str) -> str:
        if not self.mixed:
            text = self.unmarked(text)
        return lines.diversify(text, self.line_end, self._block)

    def _line_ends_before(self, real: str) -> int:
        counts = lines.count(real)
        lone = counts[lines.CR] if self.line_end == lines.CR else 0
        return counts[lines.LF] + counts[lines.CRLF] + lone


def from_bytes(data: bytes, path: Path | None = None, encoding: str | None = None) -> TextFile:
    """``data`` as a text file; nothing in it is lost.

    Raises UnicodeDecodeError if an ``encoding`` is given and ``data`` is not in it.
    """
    found = encodings.decode_as(data, encoding) if encoding else encodings.decode(data)
    characters = private.unusual(found.text)
    start = private.unused_block(characters)
    if start is None:  # no private block is unused: take it as single bytes, which use none
        found = encodings.as_bytes(data)
        characters, start = private.unusual(found.text), private.BLOCKS[0]
    block = private.block(start)
    counts = lines.count(found.text)
    own = lines.dominant(counts)
    text = block.hide(lines.unify(found.text, own, block))
    return TextFile(
        path, found.encoding, found.bom, own, _mixed(counts), text, None,
        looks_binary=_looks_binary(found.text, characters), block=start,
    )  # fmt: skip


def alike(file: TextFile, other: TextFile) -> TextFile:
    """``file`` with the private code points of ``other``, so that pieces of both texts can be
    mixed; unchanged if its text uses those itself, or has marks of line ends."""
    if file.block == other.block:
        return file
    real = private.block(file.block).reveal(file.text)  # but for the marks
    wanted, marks = private.block(other.block), private.block(file.block)
    if wanted.is_used(real) or marks.is_used(real):
        return file
    return replace(file, text=wanted.hide(real), block=other.block)


def with_encoding(file: TextFile, encoding: str) -> TextFile:
    """The same file, to be saved in another encoding; UTF-16 gets a byte-order mark.

    Raises ValueError for an encoding that is not in ``encodings.ENCODINGS``.
    """
    name = encodings.canonical(encoding)
    if name == file.encoding:
        return file
    bom = b"" if name == encodings.UTF8 else encodings.BOMS.get(name, b"")
    return replace(file, encoding=name, bom=bom)


def with_line_end(file: TextFile, line_end: str) -> TextFile:
    """The same file, to be saved with one line end for all lines; marks are removed.

    Raises ValueError for a line end that is not in ``lines.LINE_ENDS``.
    """
    if line_end not in lines.LINE_ENDS:
        raise ValueError(f"line end {line_end!r} is none of {lines.LINE_ENDS}")
    return replace(file, line_end=line_end, mixed=False, text=file.unmarked(file.text))


def _mixed(counts: dict[str, int]) -> bool:
    return sum(count > 0 for count in counts.values()) > 1


def _looks_binary(text: str, characters: set[str]) -> bool:
    if "\0" in characters:
        return True
    return sum(text.count(one) for one in characters & _BINARY) > _CONTROL_SHARE * len(text)
