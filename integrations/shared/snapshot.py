"""What the user sees at one moment, as every host describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codecomplete.engine import Indentation

LONGEST_LINE = 1_000  # characters before the caret in which its line is looked for


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the user sees: the text around the caret, in which language, in which buffer."""

    before: str
    after: str = ""
    language: str | None = None
    buffer: Any = None  # any hashable value; each buffer has a session of its own
    start: int = 0  # where in ``before`` the text that the user edits begins
    path: str | None = None  # of the file on disk, if the text has one
    root: str | None = None  # the folder that the host has open around it, if it knows one
    indentation: Indentation | None = None  # None: detected in the text

    @property
    def line(self) -> str:
        """The part of the caret's line before the caret."""
        return self.before[-LONGEST_LINE:].rpartition("\n")[2]
