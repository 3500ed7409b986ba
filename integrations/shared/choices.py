"""The alternatives at one place, through which a key steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codecomplete.engine import Suggestion

MOST_CHOICES = 6


@dataclass
class Choices:
    """At least one text, and which of them is shown."""

    texts: list[Suggestion]
    index: int = 0

    @classmethod
    def among(cls, texts: Iterable[Suggestion]) -> Choices | None:
        """The first few, none twice; None where there is none."""
        different: dict[str, Suggestion] = {}
        for text in texts:
            different.setdefault(text.text, text)
        kept = list(different.values())[:MOST_CHOICES]
        return cls(kept) if kept else None

    def step(self, step: int) -> tuple[Suggestion, str]:
        """The text so many places on, around the end, and its place, such as "2/3"."""
        self.index = (self.index + step) % len(self.texts)
        return self.texts[self.index], f"{self.index + 1}/{len(self.texts)}"
