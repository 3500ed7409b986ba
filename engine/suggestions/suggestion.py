"""A suggestion: a frozen piece of text, and the parts of it that can be accepted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

_HUMP = re.compile(
    r"(?<=[^\W_])_+(?=[^\W_])|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)"
)

SHORTEST = 2
"""Characters: accepting a shorter suggestion costs as many keys as typing it."""

_WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)")
_WORD_GOES_ON = re.compile(r"\w*")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text to insert at the caret, for the one text and caret it was computed for.

    ``confidence`` estimates the probability that the first word is right, 0 to 1. ``origin`` is
    ``"model"``, or the name of a host that offers something of its own in the same way.
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
        """The first word, or its beginning up to the end of the first part of a name.

        >>> Suggestion("get_value(key)", 0.9).first_hump()
        'get_'
        """
        return first_hump(self.text)

    def first_line(self) -> str:
        """Everything up to the first line end, or up to the second if it begins with one."""
        return first_line(self.text)

    def typed(self, characters: str) -> Suggestion | None:
        """The rest after the user typed or accepted ``characters``; None if they differ from the
        text, or are all of it.

        >>> Suggestion("range(n):", 0.9).typed("ran").text
        'ge(n):'
        """
        if not self.text.startswith(characters) or len(characters) == len(self.text):
            return None
        return replace(self, text=self.text[len(characters) :])


@dataclass(frozen=True, slots=True)
class Ranked:
    """A name that a host knows to be possible, and the model's probability of it.

    ``text`` is the rest of it, to insert at the caret.
    """

    name: str
    text: str
    probability: float


def first_word(text: str) -> str:
    """Like ``Suggestion.first_word``, for a text that may still grow."""
    match = _WORD.match(text)
    if match is None:
        return text
    end = match.end()
    while end < len(text) and _joins(text[end]):  # a letter is not separated from its accents
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
    """Like ``Suggestion.first_hump``: up to the end of underscores, before a capital that follows a
    small letter or a digit, or before a digit that follows a letter.

    >>> first_hump("maxValue2"), first_hump("HTTPServer")
    ('max', 'HTTP')
    """
    word = first_word(text)
    match = _HUMP.search(word)
    return word[: match.end()] if match else word


def first_part(text: str) -> str:
    """The beginning of a text, in whole words, that saves a key: two characters or more.

    >>> first_part("(self, name)")
    '(self'
    """
    part = first_word(text)
    while part and len(part.strip()) < SHORTEST and len(part) < len(text):
        part += first_word(text[len(part) :])
    return part


def first_line(text: str) -> str:
    """Like ``Suggestion.first_line``, for any text."""
    end = text.find("\n", 1 if text.startswith("\n") else 0)
    return text if end < 0 else text[:end]
