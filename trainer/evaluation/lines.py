"""How much of the rest of a line is right: exact match, and edit similarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .carets import Caret


@dataclass(frozen=True)
class Answer:
    """What was suggested at a caret; empty where nothing was."""

    caret: Caret
    text: str

    @property
    def line(self) -> str:
        """The suggestion's part of the caret's own line."""
        return self.text.partition("\n")[0].rstrip()


def line_measures(answers: Sequence[Answer]) -> dict[str, float | int]:
    """Over all carets, shown or not: exact match of the rest of the line, and similarity."""
    count = max(1, len(answers))
    exact = sum(answer.line == answer.caret.rest for answer in answers)
    similar = sum(edit_similarity(answer.line, answer.caret.rest) for answer in answers)
    return {
        "carets": len(answers),
        "shown": round(sum(bool(answer.text) for answer in answers) / count, 4),
        "exact_match": round(exact / count, 4),
        "edit_similarity": round(similar / count, 4),
    }


def edit_similarity(a: str, b: str) -> float:
    """1 - (Levenshtein distance) / (length of the longer), 1 for two empty texts.

    >>> round(edit_similarity("return x", "return y"), 3)
    0.875
    """
    longest = max(len(a), len(b))
    return 1.0 - levenshtein(a, b) / longest if longest else 1.0


def levenshtein(a: str, b: str) -> int:
    """Fewest insertions, deletions and replacements of characters that make ``b`` of ``a``."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]
