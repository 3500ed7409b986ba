"""The alternatives at one place in a text, which a key steps through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codecomplete.engine import Suggestion

MOST_CHOICES = 6


@dataclass
class Choices:
    """The alternatives, at least one, and the index of the one that is shown."""

    texts: list[Suggestion]
    index: int = 0

    @classmethod
    def among(cls, texts: Iterable[Suggestion]) -> Choices | None:
        """The first MOST_CHOICES different ones; None if there are none."""
        different: dict[str, Suggestion] = {}
        for text in texts:
            different.setdefault(text.text, text)
        kept = list(different.values())[:MOST_CHOICES]
        return cls(kept) if kept else None

    def step(self, step: int) -> tuple[Suggestion, str]:
        """Move on by ``step``, wrapping around; returns the text and its place, such as "2/3"."""
        self.index = (self.index + step) % len(self.texts)
        return self.texts[self.index], f"{self.index + 1}/{len(self.texts)}"
