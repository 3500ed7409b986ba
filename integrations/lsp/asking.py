"""From a client's request to its answer: the newest request wins, and each gets an answer.

At most one question is with the suggester. One about the same text and caret joins it; any other
replaces it, and so does an edit: then the old one is answered with null. Knows no protocol but
``Reply``, and no document but what a question contains.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..shared.snapshot import Snapshot
from ..shared.suggester import Suggester
from .rpc import Reply

if TYPE_CHECKING:
    from codecomplete.engine import Suggestion

ALTERNATIVES = 3

Shape = Callable[[list[str]], Any]
"""The result for these suggested texts, best first; there may be none."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text and a caret, and whether the user asked for a suggestion by hand: then an unsure one
    and alternatives are welcome."""

    snapshot: Snapshot
    invoked: bool = False


@dataclass
class _Pending:
    """The question that the suggester is working on, and the replies that wait for it."""

    question: Question
    waiting: list[tuple[Reply, Shape]] = field(default_factory=list)
    first: list[Suggestion] = field(default_factory=list)  # shown before the alternatives

    def give_up(self) -> None:
        """The text has changed: answer with null."""
        for reply, _ in self.waiting:
            reply.result(None)

    def answer(self, found: list[Suggestion]) -> None:
        texts = list(dict.fromkeys(suggestion.text for suggestion in found))
        for reply, shape in self.waiting:
            reply.result(shape(texts))


class Asking:
    """Connects one client with its suggester; calls ``delivered`` after each answer."""

    def __init__(self, suggester: Suggester, delivered: Callable[[], None] = lambda: None) -> None:
        self._suggester = suggester
        self._delivered = delivered
        self._lock = threading.Lock()
        self._pending: _Pending | None = None

    def ask(self, question: Question, reply: Reply, shape: Shape) -> None:
        """Answer ``reply`` with what ``shape`` makes of the suggestions, now or later."""
        rest = self._suggester.follow(question.snapshot)
        if rest is not None and not question.invoked:
            reply.result(shape([rest.text]))
            return
        with self._lock:
            asked, replaced = self._wait(question, reply, shape, [rest] if rest else [])
        reply.when_cancelled(lambda: self._give_up(reply))
        if replaced is not None:
            replaced.give_up()
        if not asked:
            reply.result(shape([]))

    def changed(self, buffer: Any) -> None:
        """A document has changed or was closed: drop the question about it."""
        pending = self._pending
        if pending is not None and pending.question.snapshot.buffer == buffer:
            self.abandon()

    def abandon(self) -> None:
        """Answer the pending question with null, and stop the suggester."""
        with self._lock:
            pending, self._pending = self._pending, None
            if pending is not None:
                self._suggester.cancel()
        if pending is not None:
            pending.give_up()

    def _wait(
        self, question: Question, reply: Reply, shape: Shape, first: list[Suggestion]
    ) -> tuple[bool, _Pending | None]:
        """Ask the suggester, or join; returns whether an answer comes, and the question
        replaced."""
        pending = self._pending
        if pending is not None and pending.question == question:
            pending.waiting.append((reply, shape))
            return True, None
        self._pending = new = _Pending(question, [(reply, shape)], first)
        if self._put(new):
            return True, pending
        self._pending = None
        return False, pending

    def _put(self, pending: _Pending) -> bool:
        snapshot = pending.question.snapshot

        def deliver(_: Snapshot, found: Suggestion | None) -> None:
            self._found(pending, found)

        def deliver_all(_: Snapshot, found: list[Suggestion]) -> None:
            self._finish(pending, [*pending.first, *found])

        if pending.first:
            return self._suggester.alternatives(snapshot, deliver_all, ALTERNATIVES)
        return self._suggester.request(snapshot, deliver, 0.0 if pending.question.invoked else None)

    def _found(self, pending: _Pending, found: Suggestion | None) -> None:
        """Called on the suggester's thread: go on to the alternatives, or answer."""
        if found is not None and pending.question.invoked:
            pending.first = [found]
            with self._lock:  # otherwise a newer question could be replaced
                if self._pending is not pending or self._put(pending):
                    return
        self._finish(pending, [found] if found is not None else [])

    def _finish(self, pending: _Pending, found: list[Suggestion]) -> None:
        with self._lock:
            if self._pending is not pending:
                return  # replaced, cancelled or edited meanwhile: already answered
            self._pending = None
        pending.answer(found)
        self._delivered()

    def _give_up(self, reply: Reply) -> None:
        with self._lock:
            pending = self._pending
            if pending is None or not any(one is reply for one, _ in pending.waiting):
                return
            pending.waiting = [pair for pair in pending.waiting if pair[0] is not reply]
            if not pending.waiting:
                self._pending = None
                self._suggester.cancel()
