"""One session of a Python prompt: the text that the model reads, and what is shown of its answer.

The model reads the earlier inputs, then the open cell. Its answer is checked against the live
session, which also adds names of its own. Knows no prompt library and no model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..shared.chooser import Rank
from ..shared.snapshot import Snapshot
from ..shared.suggester import log
from .options import ReplOptions
from .said import Said, earlier, left_alone

if TYPE_CHECKING:
    from codecomplete.engine import Suggestion

    from .choosing import Question

__all__ = ["Conversation", "ReplOptions"]

PROMPT = "<prompt>"  # in place of a file's name, in the working folder

MOST_LENGTH = 4_000  # characters of the open cell that are read

ASKED = 0.05
"""Least confidence for which the model is asked; the prompt's own gate decides."""

UNCHECKED = 0.5
"""Least confidence of what is shown without a check, after a failure of the check."""

LEAST_TEXT = 0.3
"""Least probability of a whole text: what is accepted at once should be right at once."""


def _here() -> str | None:
    """The path of a made-up file in the working folder; None if that has been removed."""
    try:
        return str(Path.cwd() / PROMPT)
    except OSError:
        return None


class Conversation:
    """What was entered in one session, and what is true in it; a ``Chooser``."""

    def __init__(
        self,
        options: ReplOptions,
        said: Callable[[], Sequence[Said]],
        namespace: Callable[[], Mapping[str, Any]],
        name: str = "repl",
        left_alone: Callable[[str, str], bool] = left_alone,
    ) -> None:
        """``left_alone`` says of a cell and the caret's line whether that is not Python."""
        self.options = options
        self.said = said
        self._namespace = namespace
        self.name = name
        self._left_alone = left_alone
        self._earlier: tuple[tuple[int, int], str] = ((0, 0), "")

    def snapshot(self, before: str, after: str) -> Snapshot | None:
        """The open cell at the caret, after all earlier inputs; None to suggest nothing."""
        line = before.rpartition("\n")[2]
        if self._left_alone(before + after, line + after.partition("\n")[0]):
            return None
        context = self._context()
        return Snapshot(context + before, after, "python", self.name, len(context), _here())

    def _context(self) -> str:
        said, most = self.said(), self.options.context_characters
        key = (len(said), most)
        if self._earlier[0] != key:
            self._earlier = (key, earlier(said, most))
        return self._earlier[1]

    def doubtful(self) -> set[str]:
        """Inputs that named something missing or were not Python; the history leaves them out."""
        return {one.text for one in self.said() if one.is_doubtful}

    def holds(self, snapshot: Snapshot, text: str) -> bool:
        """Whether an earlier line may be suggested: it is true in the session as it is now."""
        if not self.options.check_names:
            return True
        from . import truth

        try:
            asked = self._question(snapshot)
            return truth.holds(asked.cell, text, asked.namespace, asked.earlier)
        except Exception as error:
            log.debug("names could not be checked", exc_info=error)
            return True

    def forget(self) -> None:
        """Inputs were deleted: drop the text made from them."""
        self._earlier = ((0, 0), "")

    # As a ``Chooser``, on the worker thread

    @property
    def least(self) -> float | None:
        return ASKED if self.options.check_names else None

    @property
    def least_text(self) -> float:
        return LEAST_TEXT

    def choose(
        self, snapshot: Snapshot, found: Suggestion | None, rank: Rank, threshold: float | None
    ) -> Suggestion | None:
        """The model's text as far as it is true, a true name, or nothing.

        Never fails: what cannot be checked is shown if the model is sure of it.
        """
        if not self.options.check_names:
            return found
        from . import choosing  # imported on the worker thread, so that no prompt waits for it

        try:
            return choosing.choose(self._question(snapshot), found, rank, threshold)
        except Exception as error:
            log.debug("names could not be checked", exc_info=error)
            return found if found is not None and found.confidence >= UNCHECKED else None

    def others(self, snapshot: Snapshot, found: list[Suggestion], rank: Rank) -> list[Suggestion]:
        """Alternatives: true parts of the model's texts, and other true names."""
        if not self.options.check_names:
            return found
        from . import choosing

        try:
            return choosing.others(self._question(snapshot), found, rank)
        except Exception as error:
            log.debug("names could not be checked", exc_info=error)
            return found

    def _question(self, snapshot: Snapshot) -> Question:
        from .choosing import Question
        from .reading import newest_of

        cell = newest_of(snapshot.before[snapshot.start :], MOST_LENGTH)
        return Question(cell, snapshot.before[: snapshot.start], self._namespace())
