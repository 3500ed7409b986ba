"""A suggested text and its parts, for hosts whose own thread must not import the engine.

The same rules as ``engine.Suggestion``; a test compares them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_TOKEN = re.compile(r"\s*(?:\w+|[^\w\s]+)")
_WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class Text:
    """What a host suggests by itself, such as a line of the history."""

    text: str
    confidence: float = 1.0

    def typed(self, characters: str) -> Text | None:
        """What is left after ``characters`` were typed; None if they differ or use it up."""
        if not self.text.startswith(characters) or len(characters) == len(self.text):
            return None
        return replace(self, text=self.text[len(characters) :])


def first_token(text: str) -> str:
    """The first name, number or run of punctuation, and the white space before it."""
    found = _TOKEN.match(text)
    return found.group() if found else text


def first_word(text: str) -> str:
    """Up to the next white space: takes no line end and indent behind it along."""
    found = _WORD.match(text)
    return found.group() if found else text


def first_line(text: str) -> str:
    """Up to the first line end, or, if it begins with one, up to the second."""
    end = text.find("\n", 1 if text.startswith("\n") else 0)
    return text if end < 0 else text[:end]
