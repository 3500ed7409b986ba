"""What is offered to the user: a frozen piece of text, and the parts of it that can be taken."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

_HUMP = re.compile(
    r"(?<=[^\W_])_+(?=[^\W_])|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)"
)

SHORTEST = 2
"""Characters: taking a shorter suggestion costs as many keys as typing it."""

_WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)")
_WORD_GOES_ON = re.compile(r"\w*")


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
        """The leading white space and the word or run of punctuation after it.

        >>> Suggestion(" foo(bar)", 0.9).first_word()
        ' foo'
        """
        return first_word(self.text)

    def first_hump(self) -> str:
        """The first word, or as much of it as makes one part of its name.

        >>> Suggestion("get_value(key)", 0.9).first_hump()
        'get_'
        """
        return first_hump(self.text)

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


@dataclass(frozen=True, slots=True)
class Ranked:
    """A name that somebody knows to be possible, and how probable the model finds it.

    ``text`` is what is left of it to insert at the caret.
    """

    name: str
    text: str
    probability: float


def first_word(text: str) -> str:
    """As ``Suggestion.first_word``, of a text that may still grow."""
    match = _WORD.match(text)
    if match is None:
        return text
    end = match.end()
    while end < len(text) and _joins(text[end]):  # a letter is not parted from its accents
        end += 1
        more = _WORD_GOES_ON.match(text, end)
        end = more.end() if more and _is_word(match.group()) else end
    return text[:end]


def _joins(character: str) -> bool:
    """Whether a character changes the one before it: an accent, a variant."""
    return unicodedata.category(character)[0] == "M"


def _is_word(text: str) -> bool:
    return text[-1:].isalnum() or text[-1:] == "_"


def first_hump(text: str) -> str:
    """As ``Suggestion.first_hump``: up to the end of an underscore, before a capital letter after a
    small one or a digit, or before a digit after a letter.

    >>> first_hump("maxValue2"), first_hump("HTTPServer")
    ('max', 'HTTP')
    """
    word = first_word(text)
    match = _HUMP.search(word)
    return word[: match.end()] if match else word


def first_part(text: str) -> str:
    """The words at the beginning of a text up to the first that saves a key: two characters.

    >>> first_part("(self, name)")
    '(self'
    """
    part = first_word(text)
    while part and len(part.strip()) < SHORTEST and len(part) < len(text):
        part += first_word(text[len(part) :])
    return part


def first_line(text: str) -> str:
    """As ``Suggestion.first_line``, of any text."""
    end = text.find("\n", 1 if text.startswith("\n") else 0)
    return text if end < 0 else text[:end]
