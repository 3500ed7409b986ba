"""Makes a model's text fit to be inserted: the last step before it is offered.

Pure text in, text out.
"""

from __future__ import annotations

import unicodedata

from ..privacy.secrets import find

CLOSERS = frozenset(")]}>\"'`;,:")
LONGEST_OVERLAP = 64


def clean(text: str, after: str, line: str = "") -> str:
    """``text`` without unsafe characters, secrets, and what already stands behind the caret.

    ``line`` is what stands before the caret on its line.
    """
    shown = before_secrets(visible(text), line)
    return trim_overlap(shown, after.partition("\n")[0]).rstrip()


def before_secrets(text: str, line: str) -> str:
    """``text`` up to the first secret in it.

    >>> before_secrets('"AKIAIOSFODNN7EXAMPLE")', "key = ")
    '"'
    """
    for begin, end in find(line + text):
        if end > len(line):
            return text[: max(0, begin - len(line))]
    return text


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
