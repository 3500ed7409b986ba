"""One session of a Python prompt: which text a suggestion is asked for, and what is shown of it.

The model reads the earlier inputs, then the open cell; what it says is held against the live
session, which also says more by itself. Knows no prompt library and no model.
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

PROMPT = "<prompt>"  # stands for the file that a prompt has none of, in the working folder

MOST_LENGTH = 4_000  # of the open cell, that is looked at

ASKED = 0.05
"""Least confidence of what the model is asked for; the prompt's own gate decides."""

UNCHECKED = 0.5
"""Least confidence of what is shown although it could not be checked."""

LEAST_TEXT = 0.3
"""Least probability of a whole text: what is taken at once should be right at once."""


def _here() -> str | None:
    """As if the prompt were a file of the working folder; None once that has been removed."""
    try:
        return str(Path.cwd() / PROMPT)
    except OSError:
        return None


class Conversation:
    """What one session has said so far, and what it knows to be true; a ``Chooser``."""

    def __init__(
        self,
        options: ReplOptions,
        said: Callable[[], Sequence[Said]],
        namespace: Callable[[], Mapping[str, Any]],
        name: str = "repl",
        left_alone: Callable[[str, str], bool] = left_alone,
    ) -> None:
        """``left_alone`` says of a cell and the caret's line whether that is no Python."""
        self.options = options
        self.said = said
        self._namespace = namespace
        self.name = name
        self._left_alone = left_alone
        self._earlier: tuple[tuple[int, int], str] = ((0, 0), "")

    def snapshot(self, before: str, after: str) -> Snapshot | None:
        """The open cell around the caret, after all that was said; None to leave it alone."""
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
        """Inputs that named what is not there: they are not suggested from the history."""
        return {one.text for one in self.said() if one.is_doubtful}

    def holds(self, snapshot: Snapshot, text: str) -> bool:
        """Whether an earlier line may be suggested: it names what there is, and does not give
        another value to a name that is typed to be read."""
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
        """Inputs were deleted: what was put together from them is not used again."""
        self._earlier = ((0, 0), "")

    # As a ``Chooser``, on the worker's thread

    @property
    def least(self) -> float | None:
        return ASKED if self.options.check_names else None

    @property
    def least_text(self) -> float:
        return LEAST_TEXT

    def choose(
        self, snapshot: Snapshot, found: Suggestion | None, rank: Rank, threshold: float | None
    ) -> Suggestion | None:
        """What to show: the model's text as far as it is true, or a true name, or nothing.

        Never fails: what cannot be judged is shown if the model is sure of it.
        """
        if not self.options.check_names:
            return found
        from . import choosing  # on the worker's thread, so that no prompt waits for it

        try:
            return choosing.choose(self._question(snapshot), found, rank, threshold)
        except Exception as error:
            log.debug("names could not be checked", exc_info=error)
            return found if found is not None and found.confidence >= UNCHECKED else None

    def others(self, snapshot: Snapshot, found: list[Suggestion], rank: Rank) -> list[Suggestion]:
        """Alternatives: what the model has as far as it is true, and the other true names."""
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
