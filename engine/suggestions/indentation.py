"""The unit a text is indented by, and further lines in that unit.

Pure text in, text out. Knows no language: a unit is what lines of the text itself show.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

LINES_LOOKED_AT = 300
WIDTHS = (2, 3, 4, 8)


def unit_of(text: str) -> str | None:
    """A tab, or the spaces of one level; None if the end of the text does not tell.

    >>> unit_of("if x:\\n  y\\nif z:\\n  w\\n")
    '  '
    """
    indents = [_indent(line) for line in text.split("\n")[-LINES_LOOKED_AT:] if line.strip()]
    tabs = sum(indent.startswith("\t") for indent in indents)
    spaces = sum(indent.startswith(" ") for indent in indents)
    if tabs > spaces:
        return "\t"
    steps = Counter(len(after) - len(before) for before, after in pairwise(indents))
    width = max(WIDTHS, key=lambda width: steps[width])
    return " " * width if spaces and steps[width] else None


def in_unit(text: str, line: str, unit: str | None) -> str:
    """``text`` behind ``line``, with its further lines indented by ``unit`` a level.

    A level is what the text itself goes up by; lines keep what they share with ``line``.

    >>> in_unit("x:\\n    y", "if ", "\\t")
    'x:\\n\\ty'
    """
    first, *others = text.split("\n")
    if unit is None or not others:
        return text
    base = _indent(line)
    depths = [_depth(_indent(other), base) for other in others if other.strip()]
    step = min((depth for depth in depths if depth), default=0)
    return "\n".join([first, *(_reindented(other, base, step, unit) for other in others)])


def _reindented(text: str, base: str, step: int, unit: str) -> str:
    indent = _indent(text)
    depth = _depth(indent, base)
    if not step or depth is None or not text.strip():
        return text
    levels, rest = divmod(depth, step)
    return base + unit * levels + " " * rest + text[len(indent) :]


def _depth(indent: str, base: str) -> int | None:
    """Characters of an indentation beyond ``base``; None if it does not go on from there."""
    return len(indent) - len(base) if indent.startswith(base) else None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
