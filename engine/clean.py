"""Makes a model's text fit to be inserted: the last step before it is offered.

Pure text in, text out.
"""

from __future__ import annotations

import unicodedata

CLOSERS = frozenset(")]}>\"'`;,:")
LONGEST_OVERLAP = 64


def clean(text: str, after: str) -> str:
    """``text`` without unsafe characters and without what already stands behind the caret."""
    return trim_overlap(visible(text), after.partition("\n")[0]).rstrip()


def visible(text: str) -> str:
    """``text`` up to the first character that a terminal or a reader could be deceived by.

    Control characters other than tab and newline, bidirectional and zero-width controls, and
    U+FFFD, which stands for bytes that are no text.
    """
    for index, character in enumerate(text):
        if character in "\t\n":
            continue
        if character == "\ufffd" or unicodedata.category(character) in (
            "Cc",
            "Cf",
            "Cs",
            "Co",
            "Cn",
        ):
            return text[:index]
    return text


def trim_overlap(text: str, after: str) -> str:
    """``text`` without an end that repeats the rest of the line.

    >>> trim_overlap("name)", ")")
    'name'
    """
    rest = after.strip()
    if not rest:
        return text
    for length in range(min(len(text), len(rest), LONGEST_OVERLAP), 0, -1):
        overlap = rest[:length]
        if text.endswith(overlap) and (length > 1 or overlap in CLOSERS):
            return text[:-length]
    return text
