"""The text of a Python cell up to the caret: what is a string, what is open, which names it binds.

Works on unfinished code, position by position, and never fails on it. Knows no live objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

NAME = re.compile(r"[^\W\d]\w*")
NAME_END = re.compile(r"[^\W\d]\w*$")
OPENERS, CLOSERS = "([{", ")]}"
QUOTE = '"'  # stands for every character of a string in ``Code.code``

_TEXT = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?<!\w)(?P<prefix>[rRbBfFuU]{0,2})"
    r"(?P<string>(?P<long>\"\"\"|''')(?:\\[\s\S]|(?!(?P=long))[^\\])*(?P<long_end>(?P=long))?"
    r"|(?P<quote>[\"'])(?:\\[\s\S]|(?!(?P=quote))[^\\\n])*(?P<end>(?P=quote))?)"
)


@dataclass(frozen=True)
class OpenString:
    """A string that the caret stands in: where its letters begin, and how it was opened."""

    begin: int  # of its prefix
    start: int  # of its first letter
    quote: str
    prefix: str

    @property
    def is_plain(self) -> bool:
        return len(self.quote) == 1 and not self.prefix


@dataclass(frozen=True)
class Code:
    """A text with its strings and comments taken out, position by position."""

    text: str

    @cached_property
    def _found(self) -> tuple[str, OpenString | None, bool]:
        return _taken_out(self.text)

    @property
    def code(self) -> str:
        """The text with blanks for comments and ``QUOTE`` for each character of a string."""
        return self._found[0]

    @property
    def string(self) -> OpenString | None:
        """The string that the text ends in."""
        return self._found[1]

    @property
    def in_comment(self) -> bool:
        return self._found[2]

    @cached_property
    def open(self) -> tuple[int, ...]:
        """Where each bracket stands that is still open, the innermost last."""
        return opened(self.code)

    @property
    def line_start(self) -> int:
        """Where the line of the caret begins, as Python sees lines: not inside brackets."""
        end = self.open[0] if self.open else len(self.code)
        return self.code.rfind("\n", 0, end) + 1

    @property
    def typed(self) -> str:
        found = NAME_END.search(self.code)
        return found.group() if found else ""

    def primary_before(self, end: int) -> str:
        """The expression that ends there and that a dot, bracket or parenthesis goes on from."""
        return self.text[primary_start(self.code, end) : end].strip()


def _taken_out(text: str) -> tuple[str, OpenString | None, bool]:
    parts, place = [], 0
    string, in_comment = None, False
    for found in _TEXT.finditer(text):
        parts.append(text[place : found.start()])
        place = found.end()
        filler = " " if found["comment"] is not None else QUOTE
        parts.append(re.sub(r"[^\n]", filler, found.group()))
        if place == len(text):
            in_comment = found["comment"] is not None
            string = None if in_comment else _open_string(found)
    return "".join([*parts, text[place:]]), string, in_comment


def _open_string(found: re.Match[str]) -> OpenString | None:
    if found["long_end"] or found["end"]:
        return None
    quote = found["long"] or found["quote"]
    start = found.start("string") + len(quote)
    return OpenString(found.start(), start, quote, found["prefix"])


def opened(code: str) -> tuple[int, ...]:
    """Where each bracket of blanked code stands that nothing closes."""
    stack: list[int] = []
    for place, character in enumerate(code):
        if character in OPENERS:
            stack.append(place)
        elif character in CLOSERS and stack:
            stack.pop()
    return tuple(stack)


def primary_start(code: str, end: int) -> int:
    """Where the expression begins that ends at ``end`` of blanked code; ``end`` if there is none.

    >>> primary_start("x = a.b(c)[0]", 13)
    4
    """
    place = end
    while place > 0:
        last = code[place - 1]
        if last in CLOSERS:
            begin = _opener_of(code, place - 1)
            if begin is None:
                return end
            place = begin
            if not _goes_on(code, place):
                return place
            continue
        if last == QUOTE:
            while place > 0 and code[place - 1] == QUOTE:
                place -= 1
            return place
        name = re.search(r"\w+$", code[:place])
        if name is None:
            return place
        place = name.start()
        dot = re.search(r"\.\s*$", code[:place])
        if dot is None:
            return place
        place = dot.start()
    return place


def _goes_on(code: str, place: int) -> bool:
    """Whether a bracket follows something that it belongs to."""
    before = code[:place]
    if not before or not (
        before[-1].isalnum() or before[-1] in f"_{QUOTE}" or before[-1] in CLOSERS
    ):
        return False
    word = NAME_END.search(before)
    return word is None or word.group() not in KEYWORDS_BEFORE_BRACKETS


KEYWORDS_BEFORE_BRACKETS = frozenset(
    "and as assert await del elif else except for from if in is lambda not or raise return while "
    "with yield print".split()
) - {"print"}


def _opener_of(code: str, closer: int) -> int | None:
    depth = 0
    for place in range(closer, -1, -1):
        if code[place] in CLOSERS:
            depth += 1
        elif code[place] in OPENERS:
            depth -= 1
            if depth == 0:
                return place
    return None


def closing_of(code: str, opener: int) -> int | None:
    """Where the bracket is closed that stands at ``opener``."""
    depth = 0
    for place in range(opener, len(code)):
        if code[place] in OPENERS:
            depth += 1
        elif code[place] in CLOSERS:
            depth -= 1
            if depth == 0:
                return place
    return None


# Names that a cell binds


_FOR = re.compile(r"\bfor\s+((?:(?!\bin\b|\bfor\b)[^:\n=])*?)\s+in\b")
_OF_FOR = re.compile(r"\bfor\s+(\w+)\s+in\s+")
_CAUGHT = re.compile(r"\bexcept\s+([\w.]+)\s+as\s+(\w+)")
_AS = re.compile(r"\bas\s+(\w+)")
_DEFINED = re.compile(r"\b(?:def|class)\s+(\w+)")
_PARAMETERS = re.compile(r"\bdef\s+\w+\s*\(")
_LAMBDA = re.compile(r"\blambda\b([^:]*)")
_IMPORTED = re.compile(r"^[ \t]*(?:from\b[^\n]*\bimport|import)\b([^\n]*)", re.M)
_WALRUS = re.compile(r"(\w+)\s*:=")
_DECLARED = re.compile(r"^[ \t]*(?:global|nonlocal)\b([^\n]*)", re.M)
_ASSIGNED = re.compile(r"^[ \t]*((?:[\w*, \t()\[\].\"]+?(?::[^=\n]*)?=(?!=)[ \t]*)+)([^\n]*)", re.M)


@dataclass(frozen=True)
class Binding:
    """A name that a cell gives a meaning: what it is an element of, an instance of, or equal to."""

    name: str
    each_of: str = ""
    instance_of: str = ""
    equals: str = ""


def bindings(text: Code, until: int) -> Iterator[Binding]:
    """The names that a cell binds, those of assignments only if they stand before ``until``."""
    code, source = text.code, text.text
    for found in _OF_FOR.finditer(code):
        yield Binding(found[1], each_of=_expression_from(code, source, found.end()))
    for found in _CAUGHT.finditer(code):
        yield Binding(found[2], instance_of=found[1])
    for found in _ASSIGNED.finditer(code[:until]):
        targets = [target.strip() for target in found[1].split("=")[:-1]]
        value = source[found.start(2) : found.end(2)]
        for target in targets:
            whole = NAME.fullmatch(target.partition(":")[0].strip())
            if whole:
                yield Binding(whole.group(), equals=value)
            else:
                yield from _all_names(re.sub(r"\w+\s*[.\[][^,=]*", "", target))
    for pattern in (_FOR, _AS, _DEFINED, _LAMBDA, _IMPORTED, _WALRUS, _DECLARED):
        for found in pattern.finditer(code):
            yield from _all_names(found[1])
    for found in _PARAMETERS.finditer(code):
        end = closing_of(code, found.end() - 1)
        yield from _all_names(code[found.end() : end])


def _all_names(part: str) -> Iterator[Binding]:
    for name in NAME.findall(part.replace(QUOTE, " ")):
        yield Binding(name)


def _expression_from(code: str, source: str, begin: int) -> str:
    """The expression that begins there: up to where what surrounds it goes on."""
    depth = 0
    for place in range(begin, len(code)):
        character = code[place]
        if character in OPENERS:
            depth += 1
        elif character in CLOSERS:
            depth -= 1
        if depth < 0 or (depth == 0 and _ENDS.match(code, place)):
            return source[begin:place]
    return source[begin:]


_ENDS = re.compile(r"[:\n,]|\s(?:if|for)\b")
