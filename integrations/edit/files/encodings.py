"""Bytes to text and back: detects the encoding of a file, without losing a byte.

Knows nothing of line ends or of characters that are unsafe to show.
"""

from __future__ import annotations

import codecs
import contextlib
from dataclasses import dataclass

UTF8, UTF16_LE, UTF16_BE = "utf-8", "utf-16-le", "utf-16-be"
WINDOWS, LATIN = "windows-1252", "latin-1"
ENCODINGS = (UTF8, UTF16_LE, UTF16_BE, WINDOWS, LATIN)

BOMS = {
    UTF8: codecs.BOM_UTF8,
    UTF16_LE: codecs.BOM_UTF16_LE,
    UTF16_BE: codecs.BOM_UTF16_BE,
}

LEAST_UTF16 = 8  # bytes, without a byte-order mark
SAMPLE = 64_000  # bytes that are searched for signs of UTF-16
_MOST = 0.7
_UNLIKELY = frozenset(map(chr, range(0x20))) - set("\t\n\r\f\x1b")
_ASCII = bytes(range(0x80))
_TYPOGRAPHIC = bytes(range(0x80, 0xA0))  # quotes and dashes in Windows-1252, controls in Latin-1


@dataclass(frozen=True)
class Decoded:
    """Bytes as text; undecodable ones become lone surrogates ("surrogateescape")."""

    encoding: str
    bom: bytes
    text: str


def canonical(name: str) -> str:
    """The name used here for an encoding, whatever alias it is called by.

    Raises ValueError for one that is not among ENCODINGS.
    """
    with contextlib.suppress(LookupError):
        wanted = codecs.lookup(name).name
        for known in ENCODINGS:
            if codecs.lookup(known).name == wanted:
                return known
    raise ValueError(f"encoding {name!r} is none of {', '.join(ENCODINGS)}")


def decode(data: bytes) -> Decoded:
    """Text in the encoding that is detected. Never fails; ``bom`` and ``encode`` invert it."""
    return _by_mark(data) or _by_nulls(data) or _as_utf8(data) or as_bytes(data)


def decode_as(data: bytes, encoding: str) -> Decoded:
    """Text in a given encoding. Raises UnicodeDecodeError if it is another, except for UTF-8."""
    bom = BOMS.get(encoding, b"")
    bom = bom if data.startswith(bom) else b""
    if encoding == UTF8:
        return _utf8(data, bom)
    return Decoded(encoding, bom, data[len(bom) :].decode(encoding))


def encode(text: str, encoding: str) -> bytes:
    """The bytes of ``text``, without a byte-order mark. Raises UnicodeEncodeError."""
    return text.encode(encoding, "surrogateescape" if encoding == UTF8 else "strict")


def as_bytes(data: bytes) -> Decoded:
    """One character for each byte: Windows-1252 if its typographic characters occur, or Latin-1."""
    if len(data.translate(None, _TYPOGRAPHIC)) < len(data):
        with contextlib.suppress(UnicodeDecodeError):
            return Decoded(WINDOWS, b"", data.decode(WINDOWS))
    return Decoded(LATIN, b"", data.decode(LATIN))


def _by_mark(data: bytes) -> Decoded | None:
    for encoding, bom in BOMS.items():
        if data.startswith(bom):
            return _utf8(data, bom) if encoding == UTF8 else _utf16(data, encoding, bom)
    return None


def _utf8(data: bytes, bom: bytes = b"") -> Decoded:
    return Decoded(UTF8, bom, data[len(bom) :].decode(UTF8, "surrogateescape"))


def _utf16(data: bytes, encoding: str, bom: bytes = b"") -> Decoded | None:
    try:
        return Decoded(encoding, bom, data[len(bom) :].decode(encoding))
    except UnicodeDecodeError:
        return None


def _by_nulls(data: bytes) -> Decoded | None:
    """UTF-16 without a byte-order mark: most of every second byte is zero, and it is plain text."""
    if len(data) < LEAST_UTF16 or len(data) % 2 or 0 not in data[:SAMPLE]:
        return None
    for encoding, high in ((UTF16_LE, 1), (UTF16_BE, 0)):
        highs = data[high:SAMPLE:2]
        if highs.count(0) > _MOST * len(highs):
            found = _utf16(data, encoding)
            return found if found is not None and _is_plain(found.text) else None
    return None


def _is_plain(text: str) -> bool:
    """Numbers of 16 bits can be decoded as UTF-16, too, but not to plain text."""
    return not _UNLIKELY & set(text[:SAMPLE])


def _as_utf8(data: bytes) -> Decoded | None:
    """UTF-8, also with some undecodable bytes, as long as most that is not ASCII is valid."""
    with contextlib.suppress(UnicodeDecodeError):
        return Decoded(UTF8, b"", data.decode(UTF8))
    beyond = len(data.translate(None, _ASCII))
    undecodable = len(data) - len(data.decode(UTF8, "ignore").encode(UTF8))
    return _utf8(data) if beyond > 2 * undecodable else None
