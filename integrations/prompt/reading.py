"""The text of a Python cell up to the caret: strings, open brackets, and the names it binds.

Works on unfinished code, position by position, and never fails on it. Knows no live objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from keyword import kwlist

NAME = re.compile(r"[^\W\d]\w*")
NAME_END = re.compile(r"[^\W\d]\w*\Z")
OPENERS, CLOSERS = "([{", ")]}"
QUOTE = '"'  # stands for every character of a string in ``Code.code``

_TEXT = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r"|(?:(?<!\w)(?P<prefix>[rRbBfFuU]{1,2}))?"
    r"(?P<string>(?P<long>\"\"\"|''')(?:\\[\s\S]|(?!(?P=long))[^\\])*(?P<long_end>(?P=long))?"
    r"|(?P<quote>[\"'])(?:\\[\s\S]|(?!(?P=quote))[^\\\n])*(?P<end>(?P=quote))?)"
)


@dataclass(frozen=True)
class OpenString:
    """An unclosed string around the caret: where it begins, and how it was opened."""

    begin: int  # position of its prefix
    start: int  # position of its first character
    quote: str
    prefix: str

    @property
    def is_plain(self) -> bool:
        return len(self.quote) == 1 and not self.prefix


@dataclass(frozen=True)
class Code:
    """A text whose strings and comments are blanked out, with all positions kept."""

    text: str

    @cached_property
    def _found(self) -> tuple[str, OpenString | None, bool]:
        return _taken_out(self.text)

    @property
    def code(self) -> str:
        """The text with a blank for each character of a comment, ``QUOTE`` for each of a string."""
        return self._found[0]

    @property
    def string(self) -> OpenString | None:
        """The unclosed string that the text ends in."""
        return self._found[1]

    @property
    def in_comment(self) -> bool:
        return self._found[2]

    @cached_property
    def open(self) -> tuple[int, ...]:
        """The positions of the brackets that are still open, the innermost last."""
        return opened(self.code)

    @property
    def line_start(self) -> int:
        """Where the caret's logical line begins: a line does not end inside brackets."""
        end = self.open[0] if self.open else len(self.code)
        return self.code.rfind("\n", 0, end) + 1

    @property
    def typed(self) -> str:
        found = NAME_END.search(self.code)
        return found.group() if found else ""

    def primary_before(self, end: int) -> str:
        """The expression that ends at ``end``, to which a dot or bracket there is applied."""
        return self.text[primary_start(self.code, end) : end].strip()


def newest_of(cell: str, most: int) -> str:
    """The end of a long cell, from a line that begins a statement."""
    if len(cell) <= most:
        return cell
    found = re.search(r"\n(?=[^\s)\]}#])", cell[-most:])
    return cell[-most:][found.end() :] if found else cell[-most:]


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
    return OpenString(found.start(), start, quote, found["prefix"] or "")


def opened(code: str) -> tuple[int, ...]:
    """The positions of the brackets in blanked code that are never closed."""
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
        name = re.search(r"\w+\Z", code[:place])
        if name is None:
            return place
        place = name.start()
        dot = _DOT.search(code[:place])
        if dot is None:
            return place
        place = dot.start()
    return place


_DOT = re.compile(r"\s*\.\s*$")


def _goes_on(code: str, place: int) -> bool:
    """Whether a bracket belongs to the expression before it."""
    before = code[:place]
    if not before or not (
        before[-1].isalnum() or before[-1] in f"_{QUOTE}" or before[-1] in CLOSERS
    ):
        return False
    word = NAME_END.search(before)
    return word is None or word.group() not in KEYWORDS


KEYWORDS = frozenset(kwlist)


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
    """The position of the bracket that closes the one at ``opener``; None if it is open."""
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
_EQUALS = re.compile(r"(?<![=!<>:+\-*/%@&|^])=(?!=)")
_NO_TARGET = re.compile(r"\w+\s*[.\[][^,=]*")


@dataclass(frozen=True)
class Binding:
    """A name that a cell binds: what it is an element of, an instance of, or equal to."""

    name: str
    each_of: str = ""
    instance_of: str = ""
    equals: str = ""


def bindings(text: Code, until: int) -> Iterator[Binding]:
    """The names that a cell binds; assignments count only before ``until``."""
    code, source = text.code, text.text
    for found in _OF_FOR.finditer(code):
        yield Binding(found[1], each_of=_expression_from(code, source, found.end()))
    for found in _CAUGHT.finditer(code):
        yield Binding(found[2], instance_of=found[1])
    yield from _assigned(code[:until], source)
    for pattern in (_FOR, _AS, _DEFINED, _LAMBDA, _IMPORTED, _WALRUS, _DECLARED):
        for found in pattern.finditer(code):
            yield from _all_names(found[1])
    for found in _PARAMETERS.finditer(code):
        end = closing_of(code, found.end() - 1)
        yield from _all_names(code[found.end() : end])


def _assigned(code: str, source: str) -> Iterator[Binding]:
    """The names on the left of assignments."""
    begin = 0
    for line in _statements(code):
        end = begin + len(line)
        ends = [found.start() for found in _EQUALS.finditer(_flat(line))]
        first = NAME.match(line.lstrip())
        if ends and first is not None and first.group() not in KEYWORDS:
            value = source[begin + ends[-1] + 1 : end].strip()
            targets = [line[a:b] for a, b in zip([0, *(e + 1 for e in ends)], ends, strict=False)]
            for target in targets:
                yield from _targets(target, value)
        begin = end + 1


def _targets(target: str, value: str) -> Iterator[Binding]:
    name = target.partition(":")[0].strip()
    if NAME.fullmatch(name):
        yield Binding(name, equals=value)
    else:
        yield from _all_names(_NO_TARGET.sub("", target))


def _statements(code: str) -> Iterator[str]:
    """The logical lines of blanked code: those that brackets join are one."""
    joined = ""
    for line in code.split("\n"):
        joined = f"{joined}\n{line}" if joined else line
        if not opened(joined):
            yield joined
            joined = ""
    if joined:
        yield joined


def _flat(code: str) -> str:
    """Blanked code with blanks for everything inside brackets."""
    depth, parts = 0, []
    for character in code:
        depth -= character in CLOSERS
        parts.append(" " if depth > 0 else character)
        depth += character in OPENERS
    return "".join(parts)


def _all_names(part: str) -> Iterator[Binding]:
    for name in NAME.findall(part.replace(QUOTE, " ")):
        if name not in KEYWORDS:
            yield Binding(name)


def _expression_from(code: str, source: str, begin: int) -> str:
    """The expression that begins at ``begin``, up to where the code around it continues."""
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
