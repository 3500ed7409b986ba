"""How much of a suggested text is true in the live session, and makes sense to stop at.

A text is cut before the first falsehood: an undefined name, an attribute or key that does not
exist, a call of something that is not callable, an unknown parameter, or invalid Python. What
cannot be known counts as true. Knows no model.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import sys
import types
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from . import looking, modules
from .calling import is_callable, is_subscriptable
from .inferring import Scope, scope_of
from .offers import keys_of, parameters_of
from .places import Kind, Place, given_in, place_of
from .reading import Code
from .things import Found, is_settable

_PIECE = re.compile(r"(?P<name>[^\W\d]\w*)|(?P<call>\()|(?P<subscript>\[)|(?P<string>\"+)")
_ASSIGNED = re.compile(r"\s*(?::[^=]*)?(?:[-+*/%@&|^]|//|\*\*|<<|>>)?=(?!=)")
_KEYWORD = re.compile(r"\s*=(?!=)")
_DANGLING = re.compile(
    r"(?:\s*(?:[.,=\[{@%&|^~<>+*/:-]|(?<!\w)\(|\b(?:and|or|not|in|is|if|else|for|lambda|from|as|import"
    r"|del|except|with|return|raise)\b|\bfor\s[\w, ]*)\s*)+$"
)
_BEFORE_NAME = re.compile(r"\b(def|class|import|as|global|nonlocal)\s+$")
_INCOMPLETE = 0x4000 | 0x200  # PyCF_ALLOW_INCOMPLETE_INPUT, PyCF_DONT_IMPLY_DEDENT


MOST_CUTS = 6


def true_part(cell: str, text: str, namespace: Mapping[str, Any]) -> str:
    """The beginning of a text suggested after ``cell`` that is true, cut where it makes sense."""
    for _ in range(MOST_CUTS):
        scope = scope_of(Code(cell + text), namespace)
        shorter = Claim(cell, text, scope).true_part()
        if shorter == text or not shorter:
            return shorter
        text = shorter  # what was cut off may have bound a name
    return ""


def names_the_deleted(cell: str, text: str, namespace: Mapping[str, Any], earlier: str) -> bool:
    """Whether a text completes a name that was deleted after it was defined."""
    typed = Code(cell).typed
    word = re.match(r"\w*", text)
    name = typed + (word.group() if word else "")
    if not typed or name in namespace:
        return False
    return bool(re.search(rf"^\s*del\b[^\n]*\b{re.escape(name)}\b", earlier, re.M))


def holds(cell: str, text: str, namespace: Mapping[str, Any], earlier: str = "") -> bool:
    """Whether an earlier line, or the rest of one, says nothing false as it is."""
    if names_the_deleted(cell, text, namespace, earlier):
        return False
    if _stands_open(cell, text, namespace):
        return False
    claim = Claim(cell, text, scope_of(Code(cell + text), namespace))
    return claim.is_true


def _stands_open(cell: str, text: str, namespace: Mapping[str, Any]) -> bool:
    """Whether anything may follow: a name of the session is typed to its end, or nothing after a
    dot or a bracket yet. What followed before means little then."""
    typed = Code(cell).typed
    ends_a_name = typed in namespace and not (text[:1].isalnum() or text[:1] == "_")
    return ends_a_name or cell.rstrip()[-1:] in (".", "[", "(", "{", ",")


@dataclass(frozen=True)
class Claim:
    """A text suggested at the end of a cell, and the names in scope in both."""

    cell: str
    text: str
    scope: Scope

    @cached_property
    def whole(self) -> Code:
        return Code(self.cell + self.text)

    @property
    def begin(self) -> int:
        return len(self.cell)

    @property
    def is_true(self) -> bool:
        return self._first_falsehood() is None

    def true_part(self) -> str:
        place = self._first_falsehood()
        text = self.text if place is None else self.text[: max(0, place - self.begin)]
        text = _without_dangling(self.cell, text)
        while text and not is_python(self.cell, text):
            shorter = _without_dangling(self.cell, text[: _last_word(text)])
            text = shorter if len(shorter) < len(text) else ""
        return text if text.strip() else ""

    def _first_falsehood(self) -> int | None:
        """The position of the first falsehood; None if there is none."""
        code = self.whole.code
        cell = Code(self.cell)
        place = max(0, self.begin - len(cell.typed)) if cell.string is None else cell.string.begin
        for found in _PIECE.finditer(code, place):
            if found.end() <= self.begin:
                continue
            false = self._false(found)
            if false is not None:
                return max(self.begin, false)
        return None

    def _false(self, piece: re.Match[str]) -> int | None:
        kind, begin = piece.lastgroup, piece.start()
        if kind == "name":
            return self._false_name(piece)
        if kind == "string":
            return begin if self._is_false_key(piece) else None
        expression = self.whole.primary_before(begin)
        if not expression or self._names_anew(expression):
            return None
        thing = self.scope.thing(expression)
        if thing is None:
            return None
        possible = is_callable(thing) if kind == "call" else is_subscriptable(thing)
        return None if possible else begin

    def _names_anew(self, expression: str) -> bool:
        """Whether what looks called is the name in a definition."""
        return bool(re.search(rf"\b(?:def|class)\s+{re.escape(expression)}\s*\($", self.whole.text))

    # Names

    def _false_name(self, piece: re.Match[str]) -> int | None:
        code, name, begin, end = self.whole.code, piece.group(), piece.start(), piece.end()
        before, after = code[:begin], code[end:]
        dot = re.search(r"\.\s*$", before)
        line = before[before.rfind("\n") + 1 :]
        if re.match(r"\s*(?:import|from)\b", line) or _BEFORE_NAME.search(before):
            return None
        if dot is not None:
            return dot.start() if self._is_false_attribute(name, dot.start(), after) else None
        if keyword.iskeyword(name) or keyword.issoftkeyword(name):
            return None
        place = place_of(Code(self.whole.text[:end]))
        if place.kind is Kind.BINDING:
            return None
        if _KEYWORD.match(after) and place.is_argument:
            return begin if self._is_false_keyword(name, place, begin) else None
        if self._is_assigned(line, after) or self._is_known(name):
            return None
        return begin

    def _is_known(self, name: str) -> bool:
        scope = self.scope
        return name in scope.namespace or scope.is_bound(name) or name in vars(builtins)

    def _is_assigned(self, line: str, after: str) -> bool:
        """Whether a name at the beginning of a statement is assigned to."""
        if line.strip() and not re.fullmatch(r"[\s\w,*()]*[,(*]\s*", line):
            return bool(re.search(r"\(\s*$", line) and re.match(r"\s*:=", after))
        return bool(_ASSIGNED.match(re.sub(r"^(?:\s*,\s*\*?\w+)+", "", after)))

    def _is_false_attribute(self, name: str, dot: int, after: str) -> bool:
        thing = self.scope.thing(self.whole.primary_before(dot))
        if thing is None or looking.attribute(thing, name) is not Found.ABSENT:
            return False
        return not (_ASSIGNED.match(after) and is_settable(thing))

    def _is_false_keyword(self, name: str, place: Place, begin: int) -> bool:
        given = given_in(Code(self.whole.text[:begin]))
        if name in given:
            return True
        known = parameters_of(place.of, self.scope)
        return known is not None and not known.takes_any and name not in known.names

    # Keys and modules

    def _is_false_key(self, piece: re.Match[str]) -> bool:
        """Whether a string in a subscript that is read is not a key of the container."""
        code, source, end = self.whole.code, self.whole.text, piece.end()
        bracket = code[: piece.start()].rstrip()
        if not bracket.endswith("[") or not code[end:].lstrip().startswith("]"):
            return False
        container = self.whole.primary_before(len(bracket) - 1)
        written = source[piece.start() : end]
        if not container or written[:1] not in "\"'" or "\\" in written:
            return False
        if _ASSIGNED.match(code[end:].lstrip()[1:]):
            return False
        known, is_all = keys_of(container, self.scope)
        return is_all and written.strip("\"'") not in known


def is_false_import(cell: str, text: str) -> bool:
    """Whether a line would import something that does not exist."""
    line = (cell + text).rpartition("\n")[2].strip()
    found = re.match(r"(?:import|from)\s+([\w.]+)", line)
    return found is not None and not modules.exists(found[1].rstrip("."))


def imports_nothing(line: str, namespace: Mapping[str, Any]) -> bool:
    """Whether a line imports only what the session already has, by the same names."""
    if not line.strip().startswith(("import ", "from ")):
        return False
    try:
        statement = ast.parse(line.strip()).body[0]
    except (SyntaxError, ValueError, IndexError):
        return False
    match statement:
        case ast.Import():
            return all(_is_module(a.name, a.asname, namespace) for a in statement.names)
        case ast.ImportFrom():
            return all((a.asname or a.name) in namespace for a in statement.names)
    return False


def _is_module(name: str, alias: str | None, namespace: Mapping[str, Any]) -> bool:
    value = namespace.get(alias or name.partition(".")[0])
    if type(value) is not types.ModuleType:
        return False
    return bool(name in sys.modules) if alias is None else vars(value).get("__name__") == name


def is_python(cell: str, text: str) -> bool:
    """Whether a text may begin valid Python, if the cell before it may."""
    return _may_begin(cell + text) or not _may_begin(cell)


def _may_begin(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "single", _INCOMPLETE, dont_inherit=True)
    except SyntaxError as error:
        return _is_incomplete(error, source)
    except (ValueError, OverflowError, RecursionError, MemoryError):
        return True
    return True


def _is_incomplete(error: SyntaxError, source: str) -> bool:
    """Whether the only thing wrong is that the end is missing."""
    message = error.msg or ""
    if type(error).__name__ == "_IncompleteInputError" or "incomplete input" in message:
        return True
    if isinstance(error, IndentationError) and "expected an indented block" in message:
        return True
    return any(sign in message for sign in ("was never closed", "unterminated", "unexpected EOF"))


def _last_word(text: str) -> int:
    """The position of the last word or mark of a text."""
    found = re.search(r"(?:\w+|[^\w\s])\s*$", text)
    return found.start() if found else 0


def _without_dangling(cell: str, text: str) -> str:
    """A text without an end that means nothing yet: a dot, a comma, an operator, or an opening
    bracket that belongs to no call."""
    code = Code(cell + text)
    if code.string is not None and code.string.start == len(code.text) > len(cell):
        code = Code(code.text[: max(len(cell), code.string.begin)])  # only a quotation mark
        text = code.text[len(cell) :]
    if code.string is not None or code.in_comment:
        return text
    while True:
        found = _DANGLING.search(code.code, len(cell))
        if found is None or _ends_well(code.code, found.start()):
            return text
        cut = max(0, found.start() - len(cell))
        if cut >= len(text):
            return text
        text = text[:cut]
        code = Code(cell + text)


def _ends_well(code: str, place: int) -> bool:
    """Whether a line or a call may end like this."""
    end = code[place:].strip()
    return end in (":", "(") and (end == ":" or bool(re.search(r"[\w)\]]\s*$", code[:place])))
