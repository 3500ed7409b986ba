"""The step by which a file indents: a tab, or a number of spaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise

MOST_LINES = 5000  # that are looked at
WIDEST = 8  # spaces
_ASIDE = ("*", "//", "#")  # comments are often aligned, not indented


def indent_unit(text: str, default: str = "    ") -> str:
    """A tab, or two to eight spaces; ``default`` where the text does not tell.

    >>> indent_unit("if a:\\n  if b:\\n    c()\\n")
    '  '
    """
    indents = [_indent(line) for line in islice(_lines(text), MOST_LINES) if _counts(line)]
    tabs = sum(indent.startswith("\t") for indent in indents)
    spaces = sum(indent.startswith("  ") for indent in indents)
    if tabs > spaces:
        return "\t"
    steps = _steps([len(indent) for indent in indents if "\t" not in indent])
    return " " * min(steps, key=lambda step: (-steps[step], step)) if steps else default


def _lines(text: str) -> Iterator[str]:
    """The lines one after the other, so that a long text is not split for its beginning."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _counts(line: str) -> bool:
    rest = line.lstrip(" \t")
    return bool(rest.strip()) and not rest.startswith(_ASIDE)


def _steps(widths: list[int]) -> Counter[int]:
    """How often each step inwards occurs from one line to the next."""
    steps = (after - before for before, after in pairwise(widths))
    return Counter(step for step in steps if 2 <= step <= WIDEST)
