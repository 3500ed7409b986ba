"""Line ends: which one a file uses, and the lines that end otherwise.

In the editor every line ends with ``\\n``, which stands for the file's own line end. A line that
ends otherwise carries a mark, anywhere in the line; deleting the mark gives the line the file's own
line end. A lone CR ends no line, as for compilers and grep, unless the file ends most lines with
it. Knows nothing of bytes.
"""

from __future__ import annotations

from .private import Block

LF, CRLF, CR = "\n", "\r\n", "\r"
LINE_ENDS = (LF, CRLF, CR)


def count(text: str) -> dict[str, int]:
    """How often each line end occurs."""
    pairs = text.count(CRLF)
    return {LF: text.count(LF) - pairs, CRLF: pairs, CR: text.count(CR) - pairs}


def dominant(counts: dict[str, int]) -> str:
    """The line end that occurs most; LF wins a tie and an empty file."""
    return max(LINE_ENDS, key=lambda end: counts[end])


def unify(text: str, own: str, block: Block) -> str:
    """``text`` with ``\\n`` for ``own``, and with marks in lines that end otherwise."""
    marked = {LF: block.mark_lf + "\n", CRLF: block.mark_crlf + "\n", own: "\n"}
    pieces = text.split(CRLF) if CRLF in text else [text]
    if own != LF:
        pieces = [piece.replace(LF, marked[LF]) for piece in pieces]
    if own == CR:
        pieces = [piece.replace(CR, "\n") for piece in pieces]
    return marked[CRLF].join(pieces)


def diversify(text: str, own: str, block: Block) -> str:
    """The inverse of ``unify``; of several marks in one line, the last one counts."""
    if block.mark_lf not in text and block.mark_crlf not in text:
        return text if own == LF else text.replace("\n", own)
    lines = text.split("\n")
    last = unmarked(lines.pop(), block)
    return "".join(_ended(line, own, block) for line in lines) + last


def unmarked(text: str, block: Block) -> str:
    """``text`` without marks."""
    return text.replace(block.mark_lf, "").replace(block.mark_crlf, "")


def _ended(line: str, own: str, block: Block) -> str:
    lf, crlf = line.rfind(block.mark_lf), line.rfind(block.mark_crlf)
    if lf == crlf:
        return line + own
    return unmarked(line, block) + (LF if lf > crlf else CRLF)
