"""Which ghost text one editor shows: it follows typing, and everything else removes it.

Knows texts and the suggester, but no widget and no drawing. ``_deliver`` runs on the suggester's
worker thread and passes answers on by ``post``; everything else runs on the main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codecomplete.engine import Suggestion

from ..shared.choices import MOST_CHOICES, Choices
from ..shared.snapshot import Snapshot
from ..shared.suggester import Suggester


@dataclass(frozen=True, slots=True)
class Answer:
    """The worker's answer: the request, and one suggestion or several alternatives."""

    snapshot: Snapshot
    found: Suggestion | Sequence[Suggestion] | None


class Ghost:
    """Create one per editor. ``changed`` is called whenever ``text`` or ``place`` changes.
    ``later`` delays the requests that typing causes until what was typed is on the screen."""

    def __init__(
        self,
        suggester: Suggester,
        post: Callable[[Answer], object],
        changed: Callable[[], object],
        later: Callable[[Callable[[], object]], object] = lambda call: call(),
    ) -> None:
        self.suggester = suggester
        self.text, self.place = "", ""
        self._post, self._changed, self._later = post, changed, later
        self.asking = False  # whether a request is about to be made
        self._shown: Suggestion | None = None
        self._at: Snapshot | None = None  # where it is shown
        self._waiting: tuple[Snapshot, int] | None = None  # for what, and how far to step
        self._answered: Snapshot | None = None  # the request that may get a second, better answer
        self._choices: Choices | None = None

    def typed(self, snapshot: Snapshot | None, paired: bool = False) -> None:
        """Called after typing or deleting; ``snapshot`` is None if nothing may be suggested there.

        With ``paired``, the text after the caret changed only by brackets inserted or typed over.
        """
        rest = None if snapshot is None else self._rest(snapshot, paired)
        self._waiting = self._answered = self._choices = None
        if rest is not None:
            self._show(snapshot, rest)
            return
        self._show(None, None)
        if snapshot is None:
            self.suggester.cancel()
        else:
            self._waiting, self.asking = (snapshot, 0), True
            self._later(self._ask_now)  # for each key: one call that is lost must not be the last

    def _ask_now(self) -> None:
        """Request for the newest text, unless that was done or is no longer wanted."""
        if not self.asking:
            return
        self.asking = False
        if self._waiting is not None and not self._waiting[1]:
            self.ask(self._waiting[0])

    def ask(self, snapshot: Snapshot) -> None:
        """Ask the model, whatever is shown now."""
        self._waiting = (snapshot, 0)
        if not self.suggester.request(snapshot, self._deliver):
            self._waiting = None

    def clear(self) -> None:
        """The caret moved, something else was edited, or the focus changed: remove the ghost text,
        and drop late answers."""
        if self._shown is None and self._waiting is None and self._answered is None:
            return
        self.suggester.cancel()
        self._waiting = self._answered = self._choices = None
        self._show(None, None)

    def answered(self, answer: Answer) -> None:
        """An answer has arrived on the main thread; drop it unless it is for the current text.

        One request may get two answers; the second took longer, and is the better one.
        """
        if self._waiting is None or self._waiting[0] != answer.snapshot:
            self._refined(answer)
            return
        step, self._waiting = self._waiting[1], None
        self._answered = None if step else answer.snapshot
        if step:
            others = answer.found if isinstance(answer.found, Sequence) else ()
            self._choose(answer.snapshot, others, step)
        elif isinstance(answer.found, Suggestion):
            self._show(answer.snapshot, answer.found)

    def _refined(self, answer: Answer) -> None:
        is_there = self._answered is not None and self._answered == answer.snapshot
        if is_there and self._choices is None and isinstance(answer.found, Suggestion):
            self._show(answer.snapshot, answer.found)

    def cycle(self, step: int) -> None:
        """Show the next (1) or previous (-1) alternative; the first time, request them."""
        if self._shown is None or self._at is None:
            return
        if self._choices is not None:
            self._step(step)
        else:
            self._waiting = (self._at, step)
            if not self.suggester.alternatives(self._at, self._deliver, MOST_CHOICES - 1):
                self._waiting = None

    def accepted(self, text: str) -> None:
        """``text``, the ghost text or its beginning, is being inserted; ``typed`` comes next."""
        self.suggester.accepted(text)

    def forbid(self) -> bool:
        """Never suggest this text again; False if that is remembered only by this process."""
        kept = self._at is None or self.suggester.forbid(self._at.line, self.text)
        self.clear()
        return kept

    def _rest(self, snapshot: Snapshot, paired: bool) -> Suggestion | None:
        rest = self.suggester.follow(snapshot)
        if rest is not None or not paired or self._shown is None or self._at is None:
            return rest
        typed = snapshot.before.removeprefix(self._at.before)
        same = len(typed) + len(self._at.before) == len(snapshot.before)
        return self._shown.typed(typed) if same and typed else None

    def _deliver(self, snapshot: Snapshot, found: Suggestion | Sequence[Suggestion] | None) -> None:
        self._post(Answer(snapshot, found))  # on the worker's thread

    def _choose(self, snapshot: Snapshot, others: Sequence[Suggestion], step: int) -> None:
        self._choices = Choices.among([*([self._shown] if self._shown else []), *others])
        self._step(step)

    def _step(self, step: int) -> None:
        if self._choices is not None:
            self._show(self._at, *self._choices.step(step))

    def _show(self, snapshot: Snapshot | None, shown: Suggestion | None, place: str = "") -> None:
        before = self.text, self.place
        self._at, self._shown = snapshot, shown
        self.text, self.place = "" if shown is None else shown.text, place
        if shown is not None and snapshot is not None:
            self.suggester.show(snapshot, shown)
        if (self.text, self.place) != before:
            self._changed()
