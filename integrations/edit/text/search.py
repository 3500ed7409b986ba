"""Finds and replaces in a text, in bounded time. Pure functions; ``regex`` is imported lazily.

A pattern that would take for ever (catastrophic backtracking) is stopped: ``find`` then returns
what it has found, with ``whole`` False, and replacing raises BadPattern.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

SECONDS = 0.25
MOST_MATCHES = 100_000

Span = tuple[int, int]


class BadPattern(Exception):
    """The pattern or the replacement is invalid or takes too long; the message says which."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for, and how."""

    text: str
    regex: bool = False
    case: bool = False
    word: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The matches in a text, in order, as (start, end); ``whole`` is False if there may be more."""

    spans: tuple[Span, ...]
    whole: bool = True

    def after(self, position: int) -> int | None:
        """Index of the first match at or after ``position``, else of the first of all, or None."""
        if not self.spans:
            return None
        return bisect_left(self.spans, (position, 0)) % len(self.spans)

    def before(self, position: int) -> int | None:
        """Index of the last match before ``position``, else of the last of all, or None."""
        if not self.spans:
            return None
        return (bisect_left(self.spans, (position, 0)) - 1) % len(self.spans)

    def at(self, span: Span) -> int | None:
        """Index of the match that is exactly ``span``; None if there is no such match."""
        index = bisect_left(self.spans, span)
        return index if self.spans[index : index + 1] == (span,) else None


@lru_cache(maxsize=16)
def compiled(query: Query) -> regex.Pattern[str]:
    """The query as a pattern, cached. Raises BadPattern."""
    import regex

    pattern = query.text if query.regex else regex.escape(query.text)
    if query.word:
        pattern = rf"(?<!\w)(?:{pattern})(?!\w)"
    flags = regex.MULTILINE | (0 if query.case else regex.IGNORECASE)
    try:
        return regex.compile(pattern, flags)
    except regex.error as error:
        raise BadPattern(str(error)) from error


def find(text: str, query: Query, seconds: float = SECONDS) -> Found:
    """All matches, or those found within ``seconds``, at most MOST_MATCHES. Raises BadPattern."""
    if not query.text:
        return Found(())
    spans: list[Span] = []
    try:
        for match in compiled(query).finditer(text, timeout=seconds):
            spans.append(match.span())
            if len(spans) == MOST_MATCHES:
                return Found(tuple(spans), False)
    except TimeoutError:
        return Found(tuple(spans), False)
    return Found(tuple(spans))


def replacement(text: str, query: Query, span: Span, by: str, seconds: float = SECONDS) -> str:
    """The text that replaces the match at ``span``; in a regular expression, ``\\1`` is a group.

    Raises BadPattern if ``by`` names a group that does not exist, or if matching takes too long.
    """
    if not query.regex:
        return by
    import regex

    try:
        match = compiled(query).match(text, span[0], timeout=seconds)
        return by if match is None else match.expand(by)
    except TimeoutError as error:
        raise BadPattern("the pattern takes too long") from error
    except (regex.error, IndexError) as error:
        raise BadPattern(f"{by}: {error}") from error


def replaced(
    text: str, query: Query, by: str, seconds: float = 4 * SECONDS
) -> tuple[Span, str, int] | None:
    """Replace every match; returns the changed span, its new text and the count, None if 0.

    All or nothing: raises BadPattern, also if it takes longer than ``seconds``.
    """
    import regex

    parts: list[str] = []
    first, last, count = -1, 0, 0
    try:
        for match in compiled(query).finditer(text, timeout=seconds):
            first = match.start() if first < 0 else first
            parts += [text[last : match.start()]] if count else []
            parts.append(match.expand(by) if query.regex else by)
            last, count = match.end(), count + 1
    except TimeoutError as error:
        raise BadPattern("the pattern takes too long; nothing was replaced") from error
    except (regex.error, IndexError) as error:
        raise BadPattern(f"{by}: {error}") from error
    return ((first, last), "".join(parts), count) if count else None


@dataclass(frozen=True, slots=True)
class Marks:
    """The matches in one version of a text, looked up by row."""

    found: Found
    places: Places
    version: int  # of the text

    def in_row(self, row: int, length: int) -> list[Span]:
        """The (start, end) columns of the matches in a row that is ``length`` characters long."""
        start = self.places.position((row, 0))
        index = max(0, bisect_left(self.found.spans, (start, start)) - 1)
        spans: list[Span] = []
        for first, last in islice(self.found.spans, index, None):
            if first > start + length:
                break
            if last > start and first < last:
                spans.append((max(0, first - start), min(length, last - start)))
        return [span for span in spans if span[0] < span[1]]


class Places:
    """Converts positions in a text to (row, column) and back."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def location(self, position: int) -> tuple[int, int]:
        row = bisect_right(self._starts, position) - 1
        return row, position - self._starts[row]

    def position(self, location: tuple[int, int]) -> int:
        row, column = location
        return self._starts[row] + column
