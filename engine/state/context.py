"""The text that is in the model's state, token by token, and what an edit does to it.

``Context`` maps a stream's entries to places in the buffer's text. Bounded: it knows only the text
of entries that are still in the window, plus the held tail after them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..tokenizer import BOS, SETTLING_CHARACTERS, Token, Tokenizer, language_tag
from .edits import locate

CHARACTERS_PER_TOKEN = 8
"""How much text is looked at to find enough tokens for a fresh start."""


@dataclass(frozen=True, slots=True)
class Change:
    """The first ``keep`` entries stay; ``tokens`` follow them; ``held`` is left over.

    ``fresh`` means that nothing stays and the entries begin with a prompt.
    """

    keep: int
    tokens: list[Token]
    held: str
    fresh: bool


@dataclass
class Context:
    """Entries (prompt tokens have no text) with their ends counted from ``start`` in the text."""

    tokenizer: Tokenizer
    language: str | None
    entries: list[Token] = field(default_factory=list)
    start: int = 0  # where the entries' text begins in the whole text, in characters
    pinned: bool = False  # whether they begin with the file
    known: str = ""  # text of the entries and the held tail

    def change(self, text: str, most: int) -> Change | None:
        """How to get from what is known to ``text``; None if a fresh start is needed.

        ``most`` bounds the entries a fresh start would have: more new text than that is no edit.
        """
        if not self.entries:
            return None
        place = locate(self.known, text, self.start, self.pinned)
        keep = self._settled(place.common)
        if not self._has_text(keep) and not self.pinned:
            return None
        self.start = place.start
        end = self.entries[keep - 1].end
        tail = text[place.start + end :]
        if len(tail) > most * CHARACTERS_PER_TOKEN:
            return None
        tokens, held = self.tokenizer.split_held(tail)
        return Change(keep, _moved(tokens, end), held, False)

    def fresh(self, text: str, most: int) -> Change:
        """A start for ``text`` of at most ``most`` entries; sets ``start`` and ``pinned``."""
        window = text[-most * CHARACTERS_PER_TOKEN :]
        tokens, held = self.tokenizer.split_held(window)
        prompt = self._prompt(from_beginning=True)
        self.pinned = len(window) == len(text) and len(prompt) + len(tokens) <= most
        first = 0
        if not self.pinned:
            prompt = self._prompt(from_beginning=False)
            first = _first_whole_piece(tokens, most - len(prompt))
        begin = tokens[first - 1].end if first else 0
        self.start = len(text) - len(window) + begin
        entries = [Token(id_, 0, True) for id_ in prompt] + _moved(tokens[first:], -begin)
        return Change(0, entries, held, True)

    def apply(self, change: Change, text: str) -> None:
        """Record that ``change`` was carried out for ``text``."""
        self.entries[change.keep :] = change.tokens
        self.known = text[self.start :]

    def cut(self, count: int) -> None:
        """Only the first ``count`` entries were carried out after all."""
        del self.entries[count:]
        end = self.entries[-1].end if self.entries else 0
        self.known = self.known[: end + SETTLING_CHARACTERS]

    def drop(self, count: int) -> None:
        """The oldest ``count`` entries have left the window."""
        gone = self.entries[count - 1].end
        self.entries = _moved(self.entries[count:], -gone)
        self.start += gone
        self.known = self.known[gone:]
        self.pinned = False

    def _settled(self, common: int) -> int:
        """How many entries are certain to stay when ``common`` characters of known text agree."""
        if common == len(self.known):
            return len(self.entries)
        keep = len(self.entries)
        while keep and not self._stays(self.entries[keep - 1], common):
            keep -= 1
        return keep

    @staticmethod
    def _stays(entry: Token, common: int) -> bool:
        if not entry.end:
            return True  # part of the prompt
        return entry.ends_piece and entry.end + SETTLING_CHARACTERS <= common

    def _has_text(self, keep: int) -> bool:
        return keep > 0 and self.entries[keep - 1].end > 0

    def _prompt(self, from_beginning: bool) -> list[int]:
        """What a fresh start puts in front of the text, as the training rows have it."""
        names = [BOS] if from_beginning else []
        if self.language:
            names.append(language_tag(self.language))
        ids = [self.tokenizer.special(name) for name in names]
        return [id_ for id_ in ids if id_ is not None] or [self.tokenizer.special(BOS) or 0]


def _first_whole_piece(tokens: list[Token], most: int) -> int:
    """Index of the first token to keep so that at most ``most`` stay, beginning with a piece.

    The very first piece may itself have been cut, so it never stays.
    """
    first = max(1, len(tokens) - max(0, most))
    while first < len(tokens) and not tokens[first - 1].ends_piece:
        first += 1
    return min(first, len(tokens))


def _moved(tokens: list[Token], by: int) -> list[Token]:
    return [Token(token.id, token.end + by, token.ends_piece) for token in tokens]
