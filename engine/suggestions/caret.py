"""The text around a caret: what a suggestion must lead to, and how it is made to fit there.

Pure text; knows no model and no window.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from .clean import clean
from .indentation import Indentation, fitted, indentation_of, leading
from .structure import NOTHING_OPEN, Open, ends_statement, left_open, needless
from .unsafe import is_unsafe

LONGEST_LINE, INDENTED_TEXT = 1_000, 8_000
"""Characters before the caret that are searched for its line, and for the indentation if the host
does not give it."""

NEAR = 4_000
"""Characters on either side in which a name counts as near."""

LINES_BELOW = 3
"""Lines below the caret that a suggestion must not repeat."""

_NAME_END = re.compile(r"[^\W\d]\w*\Z")
_CLOSED = re.compile(r"[)\]}>\"'`]+")


@dataclass(frozen=True)
class Caret:
    """A place in a text, and the brackets, string or comment open there."""

    before: str = ""
    after: str = ""
    language: str | None = None
    open: Open = NOTHING_OPEN
    told: Indentation | None = None  # by the host
    allow_unsafe: bool = False

    @property
    def line(self) -> str:
        """The text before the caret on its line."""
        return self.before[-LONGEST_LINE:].rpartition("\n")[2]

    @property
    def rest(self) -> str:
        """The text after the caret on its line."""
        return self.after[:LONGEST_LINE].partition("\n")[0]

    def goal(self) -> str:
        """The text that a suggestion must lead to; empty if it may lead anywhere.

        Within a line, this begins with the rest of the line; on an empty line, with the next line.
        After closers alone, which editors insert, nothing is required.
        """
        rest = self.rest.strip()
        if rest:
            return rest if _CLOSED.fullmatch(rest) else self.after
        below = self.after[:LONGEST_LINE].partition("\n")[2]
        return "" if self.line.strip() or not below.strip() else self.after

    def fit(self, text: str) -> str:
        """The part of a decoded text that may be inserted, with the buffer's indentation; may be
        empty."""
        if self._indentation is not None:
            text = fitted(text, self.line, self._indentation)
        fit = clean(text, self.after, self.line)
        fit = fit[: needless(fit, self.open, self.after, self.language)].rstrip()
        if fit == text.rstrip() and self.rest.strip() and not self.rest[0].isspace():
            fit = text  # its trailing blanks separate it from the rest of the line
        refused = self._repeats(fit) or self._is_too_deep(fit) or self._is_unsafe(fit)
        return "" if refused else fit

    @cached_property
    def _indentation(self) -> Indentation | None:
        return self.told or indentation_of(self.before[-INDENTED_TEXT:])

    def _is_unsafe(self, text: str) -> bool:
        if self.allow_unsafe:
            return False
        return is_unsafe(self.line, text, self.before, self.after, self.language)

    def is_left_open(self, text: str) -> bool:
        """Whether the text leaves its line incomplete, judged by the text below."""
        return left_open(text, self.open, self.after, self.language)

    def _repeats(self, text: str) -> bool:
        """Whether the caret's line would repeat one of the next lines."""
        if self.rest.strip():
            return False
        own, _, further = text.partition("\n")
        said = (self.line + own if own.strip() else further.lstrip().partition("\n")[0]).strip()
        return len(said) > 1 and said in self._below()

    def _is_too_deep(self, text: str) -> bool:
        """Whether a line would be indented more than the one above, although that opens no block:
        the model has miscounted, and nothing that follows could correct it."""
        lead = leading(text)
        if not lead or lead == text or self.line.strip():
            return False
        above = self.before[-INDENTED_TEXT:].rstrip().rpartition("\n")[2]
        columns = (self._indentation or Indentation()).columns
        deepest = max(columns(leading(above)), columns(self.line))
        is_deeper = columns(self.line + lead) > deepest
        return is_deeper and ends_statement(above, text[len(lead)], self.open, self.language)

    def _below(self) -> list[str]:
        lines = self.after[:LONGEST_LINE].split("\n")[1:]
        return [line.strip() for line in lines if line.strip()][:LINES_BELOW]

    @property
    def typed(self) -> str:
        """The letters of a name right before the caret."""
        found = _NAME_END.search(self.before[-100:])
        return found.group() if found else ""

    def is_near(self, name: str) -> bool:
        """Whether a name occurs around the caret, apart from the one that is being typed there."""
        # most names are not there at all, which is seen without a regular expression of their own
        return name in self._near and bool(re.search(rf"\b{re.escape(name)}\b", self._near))

    def beginning(self, prefix: str) -> set[str]:
        """The names around the caret that begin with ``prefix`` and are longer."""
        if prefix not in self._near:
            return set()
        return set(re.findall(rf"\b{re.escape(prefix)}\w+", self._near))

    @cached_property
    def _near(self) -> str:
        head = self.before[-NEAR:]
        return head[: len(head) - len(self.typed)] + "\n" + self.after[:NEAR]
