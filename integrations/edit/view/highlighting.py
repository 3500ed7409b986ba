"""Syntax highlighting: a tree-sitter tree per buffer, queried only for rows that are drawn.

The table says which grammar and queries a language has; ``themes`` gives the kinds that these name
their colours. A text that takes too long to parse loses its colours, never the user's time. Knows
nothing of widgets.
"""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Container
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Parser, Query, Tree

MOST_BYTES = 1_000_000
LONGEST_LINE = 2_000  # characters; a longer line has no colours
MOST_AT_ONCE = 40_000  # characters of the rows in one query
SECONDS_TO_OPEN = 0.5
SECONDS_TO_EDIT = 0.03
MOST_SECONDS = 0.1  # after which the parsing of an edit is given up
SLOW_EDITS = 3  # slow parses in a row until colours are switched off
BLOCK = 16  # rows in one query
UTF8 = ("utf-8", "surrogatepass")

Point = tuple[int, int]
Span = tuple[int, int, str]
"""First character, last character + 1, kind."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """Where a language's grammar and queries are: "module" or "module:attribute"."""

    module: str
    function: str = "language"
    queries: tuple[str, ...] = ()  # modules with a HIGHLIGHTS_QUERY; none: queries/NAME.scm


def _packaged(name: str, *more: str, function: str = "language") -> Grammar:
    module = f"tree_sitter_{name}"
    return Grammar(module, function, (*(f"tree_sitter_{one}" for one in more), module))


GRAMMARS = {
    "c": _packaged("c"),
    "cpp": _packaged("cpp", "c"),
    "csharp": Grammar("tree_sitter_c_sharp"),
    "css": _packaged("css"),
    "dockerfile": _packaged("containerfile"),
    "go": _packaged("go"),
    "html": _packaged("html"),
    "java": _packaged("java"),
    "javascript": _packaged("javascript"),
    "json": _packaged("json"),
    "kotlin": Grammar("tree_sitter_kotlin"),
    "lua": _packaged("lua"),
    "make": _packaged("make"),
    "markdown": Grammar("tree_sitter_markdown"),
    "php": _packaged("php", function="language_php"),
    "python": _packaged("python"),
    "ruby": _packaged("ruby"),
    "rust": _packaged("rust"),
    "shell": _packaged("bash"),
    "sql": _packaged("sql"),
    "toml": _packaged("toml"),
    "tsx": _packaged("typescript", "javascript", function="language_tsx"),
    "typescript": _packaged("typescript", "javascript", function="language_typescript"),
    "yaml": _packaged("yaml"),
}


@cache
def loaded(name: str) -> tuple[Language, Query]:
    """Grammar and query of a language. Both are kept: freeing a query can crash the process."""
    from tree_sitter import Language, Query

    grammar = GRAMMARS[name]
    language = Language(getattr(importlib.import_module(grammar.module), grammar.function)())
    return language, Query(language, _query(name, grammar))


def _query(name: str, grammar: Grammar) -> str:
    if not grammar.queries:
        return (Path(__file__).parent / "queries" / f"{name}.scm").read_text(encoding="utf-8")
    return "\n".join(importlib.import_module(module).HIGHLIGHTS_QUERY for module in grammar.queries)


class Syntax:
    """The syntax tree of one text, and the colours of its rows."""

    def __init__(self, name: str) -> None:
        from tree_sitter import Parser

        self.name = name
        self._language, self._query = loaded(name)
        self._parser = Parser(self._language)
        self._tree: Tree | None = None
        self._fresh = False
        self._slow = 0
        self._rows: dict[int, list[Span]] = {}

    def edited(
        self, first: int, last: int, start: Point, old_end: Point, length: int, new_end: Point
    ) -> None:
        """The bytes from ``first`` to ``last`` were replaced by ``length`` others."""
        self._fresh = False
        self._move(start[0], old_end[0], new_end[0])
        if self._tree is not None:
            self._tree.edit(first, last, first + length, start, old_end, new_end)

    def _move(self, top: int, old_end: int, new_end: int) -> None:
        """Update what is known after an edit: forget its rows, and shift those below."""
        if old_end == new_end:
            for row in range(top, old_end + 1):
                self._rows.pop(row, None)
            return
        by = new_end - old_end
        self._rows = {
            row if row < top else row + by: spans
            for row, spans in self._rows.items()
            if not top <= row <= old_end
        }

    def spans(self, row: int, text: str, lines: list[str]) -> list[Span]:
        """The spans of a row; ``lines`` are those of ``text``. Later spans win over earlier
        ones."""
        if not self._fresh:
            self._parse(text)
        if row >= len(lines) or len(lines[row]) > LONGEST_LINE or self._tree is None:
            return []
        if row not in self._rows:
            top, bottom = _together(row, lines, self._rows)
            self._rows.update({one: [] for one in range(top, bottom)})
            self._rows.update(self._query_rows(top, bottom, lines))
        return self._rows[row]

    @property
    def too_slow(self) -> bool:
        """Whether parsing takes longer than a user should wait."""
        return self._slow >= SLOW_EDITS

    def _parse(self, text: str) -> None:
        start, first = time.perf_counter(), self._tree is None
        source = text.encode(*UTF8)
        _bound(self._parser, SECONDS_TO_OPEN if first else MOST_SECONDS)
        try:
            parse, tree = self._parser.parse, self._tree
            self._tree = parse(source) if tree is None else parse(source, tree)
            self._forget_changed(tree, self._tree)
        except ValueError:  # out of time: the tree as it was edited is better than none
            self._parser.reset()
            self._rows = {}
        self._fresh = True
        took = time.perf_counter() - start
        if took > (SECONDS_TO_OPEN if first else SECONDS_TO_EDIT):
            self._slow += SLOW_EDITS if first else 1
        elif not first:
            self._slow = 0

    def _forget_changed(self, before: Tree | None, after: Tree) -> None:
        """Forget the rows whose meaning an edit has changed, wherever they are."""
        if before is None:
            self._rows = {}
            return
        changed = [(one.start_point[0], one.end_point[0]) for one in before.changed_ranges(after)]
        for row in [row for row in self._rows if any(top <= row <= end for top, end in changed)]:
            del self._rows[row]

    def _query_rows(self, top: int, bottom: int, lines: list[str]) -> dict[int, list[Span]]:
        from tree_sitter import QueryCursor

        cursor = QueryCursor(self._query)
        cursor.set_point_range((top, 0), (bottom, 0))
        found: dict[int, list[Span]] = {}
        if self._tree is None:
            return found
        matches = sorted(cursor.matches(self._tree.root_node), key=lambda match: match[0])
        for _, captures in matches:
            for kind, nodes in captures.items():
                for node in nodes:
                    _spread(found, node.start_point, node.end_point, kind, top, bottom)
        return {row: _in_characters(spans, lines[row]) for row, spans in found.items()
                if row < len(lines)}  # fmt: skip


def _bound(parser: Parser, seconds: float) -> None:
    """Limit the time of parsing. The newer way, a progress callback, crashes the process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        parser.timeout_micros = int(seconds * 1e6)  # type: ignore[misc]  # the stub lacks the setter


def _together(row: int, lines: list[str], known: Container[int]) -> tuple[int, int]:
    """The first and last + 1 of the rows to query with ``row``: within its block, up to rows that
    are known or that would make too many characters."""
    first = row - row % BLOCK
    last = min(first + BLOCK, len(lines))
    top, bottom, room = row, row + 1, MOST_AT_ONCE - len(lines[row])
    while bottom < last and bottom not in known and (room := room - len(lines[bottom])) > 0:
        bottom += 1
    while top > first and top - 1 not in known and (room := room - len(lines[top - 1])) > 0:
        top -= 1
    return top, bottom


def _spread(
    found: dict[int, list[Span]], start: Point, end: Point, kind: str, top: int, bottom: int
) -> None:
    """Add a node's part of each row from ``top`` to before ``bottom``, in bytes."""
    for row in range(max(start[0], top), min(end[0], bottom - 1) + 1):
        first = start[1] if row == start[0] else 0
        last = end[1] if row == end[0] else -1
        found.setdefault(row, []).append((first, last, kind))


def _in_characters(spans: list[Span], line: str) -> list[Span]:
    """Columns in bytes as columns in characters; -1 is the end of the line."""
    if len(line) > LONGEST_LINE:
        return []
    if line.isascii():
        return [(first, len(line) if last < 0 else last, kind) for first, last, kind in spans]
    column = {}
    at = 0
    for index, character in enumerate(line):
        column[at] = index
        at += len(character.encode(*UTF8))
    end = column[at] = len(line)
    return [
        (column.get(first, 0), end if last < 0 else column.get(last, end), kind)
        for first, last, kind in spans
    ]
