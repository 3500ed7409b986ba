"""What is offered to the user: a frozen piece of text, and the parts of it that can be taken."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text to insert at the caret, for the one text and caret it was computed for.

    ``confidence`` estimates the probability that the first word is right, 0 to 1. ``origin`` says
    who suggests it: ``"model"``, or a host that offers something of its own in the same way.
    """

    text: str
    confidence: float = 1.0
    origin: str = "model"

    def first_word(self) -> str:
        """The leading white space and the word or run of punctuation behind it.

        >>> Suggestion(" foo(bar)", 0.9).first_word()
        ' foo'
        """
        return first_word(self.text)

    def first_line(self) -> str:
        """Everything up to the first line end, or, if it begins with one, up to the second."""
        return first_line(self.text)

    def typed(self, characters: str) -> Suggestion | None:
        """What is left after the user typed or accepted ``characters``; None if they differ from
        it or use it up.

        >>> Suggestion("range(n):", 0.9).typed("ran").text
        'ge(n):'
        """
        if not self.text.startswith(characters) or len(characters) == len(self.text):
            return None
        return replace(self, text=self.text[len(characters) :])


def first_word(text: str) -> str:
    """As ``Suggestion.first_word``, of a text that may still grow."""
    match = _WORD.match(text)
    return match.group() if match else text


def first_line(text: str) -> str:
    """As ``Suggestion.first_line``, of any text."""
    end = text.find("\n", 1 if text.startswith("\n") else 0)
    return text if end < 0 else text[:end]
