"""What was entered at a prompt and how it ended: the part that the model is shown.

Magics and questions are left out line by line. Input that failed because a name was missing, or
because it was not Python, is left out, too. Knows no prompt and no model.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NOT_PYTHON = re.compile(r"\s*(?:[%!?]|[^#\"'\n]*\?\??\s*$|[\w, ]+=\s*[%!])")
_RUNS_PYTHON = re.compile(r"\s*%(?:time|timeit|prun|memit)\s+(?:-\w+(?:\s+\d+)?\s+)*")
_CELL_OF_PYTHON = re.compile(r"%%(?:time|timeit|capture|prun|memit)\b")

_NO_PYTHON = {"SyntaxError", "IndentationError", "TabError"}
_NAMES_NOTHING = {
    "NameError", "UnboundLocalError", "AttributeError", "ImportError", "ModuleNotFoundError",
    "KeyError",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One input, and how it failed, if it did: the class of the error, and the name it is about."""

    text: str
    error: str = ""
    about: str = ""

    @classmethod
    def with_error(cls, text: str, error: BaseException | None) -> Said:
        """An input and the exception that ended it, of which only stored values are read."""
        if error is None:
            return cls(text)
        return cls(text, type(error).__name__, _subject(error))

    @property
    def is_doubtful(self) -> bool:
        """Whether it named something missing, or was not Python."""
        return self.error in _NO_PYTHON or self.error in _NAMES_NOTHING


def _subject(error: BaseException) -> str:
    if type(error) is KeyError:
        key = error.args[0] if error.args else None
        return key if type(key) is str else ""
    for kind in (NameError, AttributeError, ImportError):
        if isinstance(error, kind):
            name = vars(kind)["name"].__get__(error)  # as stored: a property may hide it
            return name if type(name) is str else ""
    return ""


def left_alone(cell: str, line: str) -> bool:
    """Whether ``line`` of ``cell`` is not Python, so that nothing is suggested for it."""
    if cell.startswith("%%"):
        return not _CELL_OF_PYTHON.match(cell) or line.startswith("%%")
    return bool(_NOT_PYTHON.match(line))


def believed(said: Said) -> str:
    """The part of an input that is Python and was not wrong; empty, or with a final line end."""
    if said.error in _NO_PYTHON:
        return ""
    text = "\n".join(_python_lines(said.text)).strip("\n")
    if said.is_doubtful:
        text = _without_statements_about(text, said.about)
    return text.rstrip() + "\n" if text.strip() else ""


def _python_lines(text: str) -> Iterator[str]:
    cell = text.lstrip()
    if cell.startswith("%%") and not _CELL_OF_PYTHON.match(cell):
        return
    for line in text.splitlines():
        magic = _RUNS_PYTHON.match(line)
        if magic is not None and not line.lstrip().startswith("%%"):
            yield line[magic.end() :]
        elif not _NOT_PYTHON.match(line):
            yield line


def _without_statements_about(text: str, name: str) -> str:
    """The statements that do not mention ``name``; none if that cannot be told."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return ""
    wrong = [node for node in body if name in _mentioned(node)]
    if not wrong:
        return ""
    lines = text.split("\n")
    kept = [node for node in body if node not in wrong]
    return "\n".join("\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in kept)


def _mentioned(node: ast.stmt) -> set[str]:
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name():
                found.add(inner.id)
            case ast.Attribute():
                found.add(inner.attr)
            case ast.Constant(value=str() as text):
                found.add(text)
            case ast.alias():
                found.update((inner.name, inner.name.partition(".")[0]))
            case ast.ImportFrom():
                found.update({inner.module or "", (inner.module or "").partition(".")[0]})
    return found


def earlier(said: Sequence[Said], most: int) -> str:
    """What the newest inputs hold that is believed, in order, about ``most`` characters.

    Old inputs are dropped in strides of a quarter of ``most``: the beginning of the text changes
    seldom, and so the model's cache stays valid. Of a single input that is longer, the end is kept.
    """
    kept = [_end_of(text, most) for text in map(believed, said) if text]
    total = sum(map(len, kept))
    stride = max(1, most // 4)
    excess = -(-max(0, total - most) // stride) * stride
    gone = 0
    while len(kept) > 1 and gone < excess:
        gone += len(kept.pop(0))
    return "".join(kept)


def _end_of(text: str, most: int) -> str:
    """The last whole lines of a text, at most ``most`` characters."""
    if len(text) <= most:
        return text
    return text[-most:].partition("\n")[2]
