"""Indentation: what a new line begins with, and lines moved in or out by one unit.

Pure functions on text; the caller knows the file's unit.
"""

from __future__ import annotations

import re

from .pairing import BRACKETS

_LEAVES = re.compile(r"\s*(?:return|raise|break|continue|pass)\b")
_WHITE = re.compile(r"[ \t]*")


def leading(line: str) -> str:
    """The whitespace that a line begins with."""
    found = _WHITE.match(line)
    return found.group() if found else ""


def new_line(before: str, after: str, unit: str, language: str | None) -> tuple[str, str]:
    """What Enter inserts before and after the caret, which is between ``before`` and ``after``.

    After an opening bracket, the new line is one unit deeper, and a matching closing bracket that
    follows goes to a line of its own. In Python, ":" indents too, and ``return`` and the like
    dedent.
    """
    indent, opener = leading(before), before.rstrip()[-1:]
    if opener in BRACKETS and opener:
        own_line = after.lstrip()[:1] == BRACKETS[opener]
        return f"\n{indent}{unit}", f"\n{indent}" if own_line else ""
    if language == "python" and opener == ":":
        return f"\n{indent}{unit}", ""
    if language == "python" and _LEAVES.match(before) and not after.strip():
        return "\n" + outdented(indent, unit), ""
    return f"\n{indent}", ""


def outdented(line: str, unit: str) -> str:
    """The line with its indentation reduced by one unit, or by as much as it has."""
    white = leading(line)
    if white.startswith("\t"):
        return line[1:]
    width = len(unit.expandtabs(4))
    return line[min(width, len(white) - len(white.lstrip(" "))) :]


def indented(line: str, unit: str) -> str:
    """The line with one unit more; blank lines stay as they are."""
    return unit + line if line.strip() else line


def to_next_stop(before: str, unit: str, tab_width: int) -> str:
    """What Tab inserts after ``before``: a tab, or spaces up to the next multiple of the unit."""
    if unit.startswith("\t"):
        return "\t"
    return " " * (len(unit) - len(before.expandtabs(tab_width)) % len(unit))
