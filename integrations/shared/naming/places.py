"""Where in Python code the possible names can be known.

After a dot, in an import, and where an argument of a call may be named. Knows text only; whether
the place is in a string or a comment is left to the source of names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

LONGEST_STATEMENT = 2_000
"""Characters before the caret that are looked at."""

_NAME = re.compile(r"[^\W\d]\w*\Z")
_AFTER_DOT = re.compile(r"(?:[^\W\d]\w*|[)\]\"'])\s*\.[ \t]*\Z")
_IMPORT = re.compile(
    r"^[ \t]*(?:import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*(?:[\w.]+\.)?"
    r"|from\s+[\w.]*"
    r"|from\s+[\w.]+\s+import\s+(?:\(\s*)?(?:\w+(?:\s+as\s+\w+)?\s*,\s*)*)\Z",
    re.M,
)
_ARGUMENT = re.compile(r"[\w)\]]\s*\(\s*\Z|,\s*\Z")


class Kind(Enum):
    """What kind of name may stand at a place."""

    ATTRIBUTE = "attribute"
    IMPORT = "import"
    ARGUMENT = "argument"  # by keyword, with "=" after the name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name begins, and the letters of it typed so far."""

    kind: Kind
    stem: str  # the text before the name
    typed: str


def place_at(before: str) -> Place | None:
    """The place of a caret after ``before``; None where asking is of no use.

    >>> place_at("import os\\nos.pa").typed
    'pa'
    """
    found = _NAME.search(before[-100:])
    typed = found.group() if found else ""
    stem = before[: len(before) - len(typed)]
    kind = _kind(stem[-LONGEST_STATEMENT:], typed)
    return None if kind is None else Place(kind, stem, typed)


def _kind(stem: str, typed: str) -> Kind | None:
    if _IMPORT.search(stem):
        return Kind.IMPORT
    if _AFTER_DOT.search(stem):
        return Kind.ATTRIBUTE
    if typed and _ARGUMENT.search(stem):
        return Kind.ARGUMENT
    return None
