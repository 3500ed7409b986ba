"""From bytes to the text that is learned: decoding, line ends and leading boilerplate.

Pure functions. ``filters`` decides whether the text is kept.
"""

from __future__ import annotations

import codecs
import re

LONGEST_HEADER = 20
"""Lines. System A's rule: a longer header comment or module docstring is cut off."""

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LICENCE_WORDS = re.compile(r"licen[cs]e|copyright|\(c\)\s+\d{4}|©|all rights reserved", re.I)

_CODING = re.compile(rb"(?:[^\n]*\n)?[^\n]*?coding[:=][ \t]*([-\w.]+)")
_OLDER = re.compile(r"iso8859-|cp125\d$|cp932$|koi8-|shift_jis|euc_|gb|big5|mac-")
"""Encodings that occur in practice, by Python's names; its other codecs only transform text."""

_HASH = re.compile(r"(?:[ \t]*#(?!!)[^\n]*(?:\n|\Z))+")
_SLASHES = re.compile(r"(?:[ \t]*//[^\n]*(?:\n|\Z))+")
_BLOCK = re.compile(r"[ \t]*/\*.*?\*/[ \t]*(?:\n|\Z)?", re.S)
_DASHES = re.compile(r"(?:[ \t]*--(?!\[=*\[)[^\n]*(?:\n|\Z))+")
_LONG_BRACKETS = re.compile(r"[ \t]*--\[(=*)\[.*?\]\1\][ \t]*(?:\n|\Z)?", re.S)
_MARKUP = re.compile(r"[ \t]*<!--.*?-->[ \t]*(?:\n|\Z)?", re.S)
_DOCSTRING = re.compile(r"[rRuU]?(?:\"\"\".*?\"\"\"|'''.*?''')[ \t]*(?:\n|\Z)", re.S)
_BLANK = re.compile(r"(?:[ \t\f]*\n)+")
_FIRST_LINE = re.compile(r"#![^\n]*\n|<\?php[^\n]*\n|<\?php\s")

_COMMENTS: dict[str, tuple[re.Pattern[str], ...]] = {
    "python": (_HASH, _DOCSTRING),
    "php": (_BLOCK, _SLASHES, _HASH),
    "shell": (_HASH,),
    "lua": (_LONG_BRACKETS, _DASHES),
    "markdown": (_MARKUP,),
}
_C_COMMENTS = (_BLOCK, _SLASHES)


def decode(data: bytes) -> str | None:
    """The text of a file with ``\\n`` line ends, or None if its encoding is not known.

    That is UTF-8, or an older one that the file itself names in its first two lines (PEP 263).

    A byte-order mark, zero-width characters and bidirectional controls are left out: they are
    invisible in an editor and never what a person wants completed.
    """
    text = _decoded(data)
    if text is None:
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else _INVISIBLE.sub("", text)


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        named = _CODING.match(data)
    if named is None:
        return None
    try:
        name = codecs.lookup(named[1].decode("ascii")).name
        return data.decode(name) if _OLDER.match(name) else None
    except (LookupError, UnicodeDecodeError):
        return None


def without_boilerplate(text: str, language: str) -> str:
    """The text without leading comments that contain a licence or copyright, or are too long.

    >>> without_boilerplate("# Copyright 2020 A\\n\\nimport os\\n", "python")
    'import os\\n'
    """
    spans = _leading(text, language)
    if not spans:
        return text
    kept = [
        text[start:end]
        for start, end, is_comment in spans
        if not (is_comment and is_boilerplate(text[start:end]))
    ]
    head, rest = "".join(kept), text[spans[-1][1] :]
    return head.lstrip("\n") + rest if head.strip() else rest


def is_boilerplate(comment: str) -> bool:
    """Whether a leading comment says who owns the file and not what the code does."""
    return comment.count("\n") > LONGEST_HEADER or _LICENCE_WORDS.search(comment) is not None


def header(text: str, language: str) -> str:
    """Everything before the first code: the leading comments and blank lines."""
    spans = _leading(text, language)
    return text[: spans[-1][1]] if spans else ""


def _leading(text: str, language: str) -> list[tuple[int, int, bool]]:
    """Spans before the first code: start, end, and whether the span is a comment."""
    patterns = _COMMENTS.get(language, _C_COMMENTS)
    first = _FIRST_LINE.match(text)
    spans = [(0, first.end(), False)] if first else []
    position = first.end() if first else 0
    while position < len(text):
        blank = _BLANK.match(text, position)
        matches = [blank] if blank else [pattern.match(text, position) for pattern in patterns]
        match = next((match for match in matches if match and match.end() > position), None)
        if match is None:
            break
        spans.append((position, match.end(), blank is None))
        position = match.end()
    return spans
