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

_CONTROL_SHARE = 0.1  # of the characters, from which on a file looks binary
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
        """Typed or pasted text as the editor holds it: any line end is ``\\n`` there.

        Only for text from outside; what was copied inside the editor is as it has to be.
        """
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return self._block.admit(text)

    def outward(self, text: str) -> str:
        """The editor's text for everybody else, such as the clipboard and the engine.

        Lines end with ``\\n``; bytes that are no character are �.
        """
        return self._block.export(text)

    def visible(self, text: str) -> str:
        """What may be drawn: as long as ``text``, a sign of width 1 for what is unsafe or unseen.

        Newlines and tabs are left alone.
        """
        if text.isascii() and text.isprintable():
            return text
        return "\n".join(
            "\t".join(map(self._block.visible, line.split("\t"))) for line in text.split("\n")
        )

    def unmarked(self, text: str) -> str:
        """``text`` with the file's own line end on every line."""
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
    """What an editor makes of ``data``; nothing in it is lost.

    Raises UnicodeDecodeError if an ``encoding`` is given and it is not that.
    """
    found = encodings.decode_as(data, encoding) if encoding else encodings.decode(data)
    characters = private.unusual(found.text)
    start = private.unused_block(characters)
    if start is None:  # no private code point left: bytes it is, which need none of the file's
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
    """``file`` with the private code points of ``other``, if it can do with them, so that pieces
    of the two texts may stand side by side."""
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
    """The same file, to be saved with one line end for all lines; marks mean nothing any more."""
    if line_end not in lines.LINE_ENDS:
        raise ValueError(f"line end {line_end!r} is none of {lines.LINE_ENDS}")
    return replace(file, line_end=line_end, mixed=False, text=file.unmarked(file.text))


def _mixed(counts: dict[str, int]) -> bool:
    return sum(count > 0 for count in counts.values()) > 1


def _looks_binary(text: str, characters: set[str]) -> bool:
    if "\0" in characters:
        return True
    return sum(text.count(one) for one in characters & _BINARY) > _CONTROL_SHARE * len(text)
