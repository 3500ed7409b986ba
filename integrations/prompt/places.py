"""The kind of place that the caret is at: after a dot, in a key, in a call, in an import.

Knows text only, no live objects.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from .reading import NAME, Code

_IMPORT = re.compile(r"import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*([\w.]*)$")
_FROM = re.compile(r"from\s+([\w.]*)$")
_MEMBER = re.compile(r"from\s+([\w.]+)\s+import\s+\(?([^()]*?)(\w*)$")
_DOT = re.compile(r"\.\s*(\w*)$")
_BINDS = re.compile(r"\b(def|class|as|global|nonlocal|lambda|for)\s+\w*$")
_FOR_TARGETS = re.compile(r"\bfor\s+(?:(?!\bin\b).)*$")
_KEYWORD_VALUE = re.compile(r"(\w+)\s*=\s*$")
_DEFINITION = re.compile(r"\s*(?:async\s+)?(?:def|class)\b|.*\blambda\b[^:]*$")
_OPERATOR = re.compile(r"[\w)\]}\"]\s+$|[)\]}\"]$")
_WORDS = re.compile(
    r"(?:\b(?:and|as|assert|await|del|elif|else|except|for|from|if|import|in|is|lambda|not|or|raise"
    r"|return|while|with|yield))\s+$"
)


class Kind(Enum):
    """What may stand at a place."""

    NAME = "a name by itself, or a keyword argument"
    ATTRIBUTE = "a name after a dot"
    KEY = "a key or column in a subscript"
    TEXT_ARGUMENT = "a string that is given to a call"
    MODULE = "a module to import"
    MEMBER = "a name to import from a module"
    OPERATOR = "something that goes on from an expression"
    BINDING = "a name that is only now given its meaning"
    PROSE = "a comment, a docstring, a string of nobody's"


@dataclass(frozen=True)
class Place:
    """Where the caret is: the letters of the name before it, and what the name belongs to."""

    kind: Kind
    typed: str = ""
    of: str = ""  # the expression with the attribute, key or call; or the module
    outer: tuple[str, ...] = ()  # the calls around it, the innermost first
    quote: str = ""  # with which the string was opened
    is_argument: bool = False  # at the beginning of an argument
    given: tuple[str, ...] = ()  # keyword arguments that the call already has
    is_alone: bool = False  # the key is alone in its subscript
    begins_line: bool = False
    binds: str = ""  # what binds the name: "def", "for", "parameter" and so on


def place_of(cell: Code) -> Place:
    """The place at the end of a cell."""
    if cell.in_comment:
        return Place(Kind.PROSE)
    if cell.string is not None:
        return _in_string(cell)
    line = cell.code[cell.line_start :].lstrip()
    imported = _in_import(line)
    if imported is not None:
        return imported
    found = _DOT.search(cell.code)
    if found is not None:
        return _after_dot(cell, found)
    binds = _binding(cell, line)
    if binds:
        return Place(Kind.BINDING, cell.typed, binds=binds)
    return _at_name(cell, line)


def _in_import(line: str) -> Place | None:
    if not line.startswith(("import ", "from ")):
        return None
    member = _MEMBER.match(line)
    if member is not None:
        given = tuple(NAME.findall(re.sub(r"\bas\s+\w+", "", member[2])))
        if re.search(r"\bas\s+$", member[2]) or (
            member[2] and not member[2].rstrip().endswith(",")
        ):
            return Place(Kind.BINDING, member[3])
        return Place(Kind.MEMBER, member[3], member[1], given=given)
    for pattern in (_FROM, _IMPORT):
        found = pattern.match(line)
        if found is not None:
            return Place(Kind.MODULE, found[1])
    return Place(Kind.BINDING)


def _after_dot(cell: Code, dot: re.Match[str]) -> Place:
    before = cell.primary_before(dot.start())
    if not before or re.fullmatch(r"\d+", before):
        return Place(Kind.PROSE)
    return Place(Kind.ATTRIBUTE, dot[1], before, begins_line=_begins(cell, before, dot.start()))


def _begins(cell: Code, before: str, end: int) -> bool:
    return not cell.code[cell.line_start : end].replace(before, "", 1).strip()


def _binding(cell: Code, line: str) -> str:
    """What binds a name at the end of a line, such as "def"; empty if nothing does."""
    found = _BINDS.search(line)
    if found is not None:
        return found[1]
    if _FOR_TARGETS.search(line):
        return "for"
    return "parameter" if _in_parameters(cell) else ""


def _in_parameters(cell: Code) -> bool:
    """Whether the caret is among the parameters of a definition."""
    line = cell.code[cell.line_start :]
    if _DEFINITION.match(line) is None:
        return False
    if re.search(r"\blambda\b[^:]*$", line):
        return True
    if not cell.open or not re.match(r"\s*(?:async\s+)?def\b", line):
        return False
    return len(cell.open) == 1 and not _KEYWORD_VALUE.search(
        cell.code[: len(cell.code) - len(cell.typed)]
    )


def _at_name(cell: Code, line: str) -> Place:
    typed = cell.typed
    before = cell.code[: len(cell.code) - len(typed)]
    begins = not line[: len(line) - len(typed)].strip()
    if not typed and re.search(r"\d$", before):
        return Place(Kind.PROSE)  # inside a number
    if not typed and not begins and _OPERATOR.search(before) and not _WORDS.search(before):
        return Place(Kind.OPERATOR, of=cell.primary_before(len(before.rstrip())))
    calls = calls_around(cell)
    if cell.open and before.rstrip()[-1:] == "[" and not typed:
        container = cell.primary_before(cell.open[-1])
        if container:
            return Place(Kind.KEY, "", container, calls, is_alone=True)
    is_argument = bool(calls) and before.rstrip()[-1:] in ("(", ",") and _is_call(cell)
    given = given_in(cell) if is_argument else ()
    return Place(
        Kind.NAME, typed, calls[0] if calls else "", calls,
        is_argument=is_argument, given=given, begins_line=begins,
    )  # fmt: skip


def _is_call(cell: Code) -> bool:
    """Whether the innermost open bracket belongs to a call."""
    last = cell.open[-1]
    return cell.code[last] == "(" and bool(cell.primary_before(last))


def calls_around(cell: Code) -> tuple[str, ...]:
    """What is called by each open parenthesis, the innermost first."""
    found = [cell.primary_before(place) for place in reversed(cell.open) if cell.code[place] == "("]
    return tuple(name for name in found if name)


def given_in(cell: Code) -> tuple[str, ...]:
    """The keyword arguments that the innermost call has so far."""
    begin = cell.open[-1] + 1
    inside, depth = [], 0
    for character in cell.code[begin:]:
        depth += (character in "([{") - (character in ")]}")
        inside.append(character if depth == 0 else " ")
    return tuple(re.findall(r"(?<![\w.])(\w+)\s*=(?!=)", "".join(inside)))


def _in_string(cell: Code) -> Place:
    string = cell.string
    assert string is not None
    typed = cell.text[string.start :]
    if not string.is_plain or "\\" in typed:
        return Place(Kind.PROSE)
    before = cell.code[: string.begin].rstrip()
    if not cell.open:
        return Place(Kind.PROSE)
    calls = calls_around(cell)
    subscript = _subscript_around(cell)
    if subscript is not None and before[-1:] in ("[", ","):
        alone = before[-1:] == "[" and cell.open[-1] == subscript
        container = cell.primary_before(subscript)
        return Place(Kind.KEY, typed, container, calls, string.quote, is_alone=alone)
    if calls:
        named = _KEYWORD_VALUE.search(before)
        given = (named[1],) if named else ()
        return Place(Kind.TEXT_ARGUMENT, typed, calls[0], calls, string.quote, given=given)
    return Place(Kind.PROSE)


def _subscript_around(cell: Code) -> int | None:
    """The bracket of the subscript around the caret, perhaps through a list: ``x[["a", "``."""
    for place in reversed(cell.open[-2:]):
        if cell.code[place] != "[":
            return None
        if cell.primary_before(place):
            return place
    return None
