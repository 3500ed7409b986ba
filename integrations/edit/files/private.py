"""Maps characters that neither an editor nor a terminal can hold to private code points and back.

Controls, line separators, invisible characters and undecodable bytes each become one code point of
a block of plane 16 or 15 that the file itself does not use. Knows nothing of files, bytes or lines:
line ends are dealt with in ``lines.py``, which puts its marks into the same block.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

BLOCK = 0x400
# From the top of plane 16 down: icon fonts begin at the bottom of plane 15 and of plane 16.
BLOCKS = (*range(0x10F800, 0xFFFFF, -BLOCK), *range(0xFF800, 0xEFFFF, -BLOCK))


def _ranges(text: str) -> str:
    """Every character of ``first-last`` pairs in hexadecimal."""
    pairs = [part.partition("-") for part in text.split()]
    return "".join(
        chr(code)
        for low, _, high in pairs
        for code in range(int(low, 16), int(high or low, 16) + 1)
    )


CONTROLS = _ranges("0-8 B-1F 7F-9F")
SEPARATORS = "\u2028\u2029"
# Unicode's default ignorable characters as far as they are assigned, and interlinear annotation:
# directions, joiners, variation selectors, fillers, tags. They show nothing, yet mean something.
INVISIBLE = _ranges(
    "AD 34F 61C 115F 1160 17B4 17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF "
    "FFA0 FFF9-FFFB 1BCA0-1BCA3 1D173-1D17A E0001 E0020-E007F E0100-E01EF"
)
SURROGATES = frozenset(_ranges("D800-DFFF"))
RAW = _ranges("DC80-DCFF")  # how Python decodes bytes that are not UTF-8 ("surrogateescape")
UNSAFE = CONTROLS + SEPARATORS + INVISIBLE + RAW

MARK_LF, MARK_CRLF = 0, 1  # offsets in a block; the characters of UNSAFE follow
_FIRST = 2
_PLAIN = bytes([9, 10, *range(32, 127)])
_PART = 1 << 18
_MANY = 12  # different characters; replacing them one by one is faster for fewer
_UNSAFE = frozenset(UNSAFE)


def unusual(text: str) -> set[str]:
    """The different characters of ``text`` that are not plain ASCII, tab or newline."""
    found: set[str] = set()
    for start in range(0, len(text), _PART):  # so that a large text is not copied whole
        part = text[start : start + _PART].encode("utf-8", "surrogatepass")
        found.update(part.translate(None, _PLAIN).decode("utf-8", "surrogatepass"))
    return found


def sign(character: str) -> str:
    """The visible symbol, one cell wide, that stands for an unsafe character."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if character in "\x85" + SEPARATORS:
        return "␤"
    if code < 0xA0:
        return "␦"
    return "�" if 0xD800 <= code <= 0xDFFF else "◌"


def unused_block(characters: set[str]) -> int | None:
    """The start of a block that holds none of ``characters``; None if there is none."""
    used = {
        (ord(character) - 0xF0000) // BLOCK for character in characters if character >= "\U000f0000"
    }
    return next((start for start in BLOCKS if (start - 0xF0000) // BLOCK not in used), None)


@dataclass(frozen=True)
class Block:
    """One choice of private code points, the first of which is ``start``."""

    start: int

    @cached_property
    def mark_lf(self) -> str:
        """The mark of a line that ends with LF, in a file whose other lines do not."""
        return chr(self.start + MARK_LF)

    @cached_property
    def mark_crlf(self) -> str:
        """The mark of a line that ends with CRLF, in a file whose other lines do not."""
        return chr(self.start + MARK_CRLF)

    @cached_property
    def _hiding(self) -> dict[str, str]:
        return {real: chr(self.start + _FIRST + index) for index, real in enumerate(UNSAFE)}

    @cached_property
    def _revealing(self) -> dict[str, str]:
        return {private: real for real, private in self._hiding.items()}

    @cached_property
    def _showing(self) -> dict[int, str]:
        signs = {ord(character): sign(character) for character in UNSAFE}
        signs |= {ord(private): sign(real) for private, real in self._revealing.items()}
        signs |= {ord(surrogate): "�" for surrogate in SURROGATES}
        return signs | {ord(self.mark_lf): "␊", ord(self.mark_crlf): "␍"}

    @cached_property
    def _strange(self) -> frozenset[str]:
        return SURROGATES.union(map(chr, range(self.start, self.start + BLOCK)))

    @cached_property
    def _leaving(self) -> dict[str, str]:
        undecodable = {self._hiding[raw]: "�" for raw in RAW}
        return self._revealing | undecodable | {self.mark_lf: "", self.mark_crlf: ""}

    def is_used(self, text: str) -> bool:
        """Whether one of the block's code points is in ``text``."""
        return any(self.start <= ord(one) < self.start + BLOCK for one in unusual(text))

    def hide(self, text: str) -> str:
        """``text`` with a private code point for every unsafe character."""
        return _exchange(text, unusual(text) & _UNSAFE, self._hiding)

    def reveal(self, text: str) -> str:
        """The inverse of ``hide``."""
        if text.isascii():
            return text
        return _exchange(text, unusual(text) & self._revealing.keys(), self._revealing)

    def admit(self, text: str) -> str:
        """``hide`` for text from outside; surrogates and this block's code points become � in
        it."""
        strangers = unusual(text) & self._strange
        return self.hide(_exchange(text, strangers, dict.fromkeys(strangers, "�")))

    def export(self, text: str) -> str:
        """``reveal`` for text that leaves the editor: no marks, and � for undecodable bytes."""
        if text.isascii():
            return text
        return _exchange(text, unusual(text) & self._leaving.keys(), self._leaving)

    def visible(self, text: str) -> str:
        """``text`` with a symbol for every unsafe character, hidden or not; the length is kept."""
        if text.isascii() and text.isprintable():
            return text
        return text.translate(self._showing)


@lru_cache(maxsize=8)
def block(start: int) -> Block:
    """The block that begins at ``start``; cached, because of its tables."""
    return Block(start)


def _exchange(text: str, present: set[str], table: dict[str, str]) -> str:
    if len(present) > _MANY:
        return text.translate({ord(old): table[old] for old in present})
    for old in present:
        text = text.replace(old, table[old])
    return text
