"""One open buffer: what the user sees before the caret in, a suggestion out.

A session owns its window of tokens and nothing else; models are shared. It is synchronous and knows
no threads: its caller decides when to give up, with ``stop`` or a deadline.
"""

from __future__ import annotations

import math
import time
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .buffer import Buffer, Parts, SyncReport
from .proposals import Proposals
from .state.stream import Stop, never
from .suggestions.gate import Facts, needed
from .suggestions.suggestion import SHORTEST, Ranked, Suggestion

if TYPE_CHECKING:
    from .local.project import Project
    from .suggestions.indentation import Indentation

RANKS = 3
"""Beginnings that are tried for each alternative asked for."""


class Session:
    """The text of one open buffer, and suggestions for it.

    Create with ``Model.session``; this is cheap. Not for use by several threads at once.
    """

    def __init__(
        self,
        model: Parts,
        language: str | None = None,
        project: Project | None = None,
        name: Hashable = None,
    ) -> None:
        self._model = model
        self._buffer = Buffer(model, language, project, name)
        self._proposals = Proposals(self._buffer)
        self.hurried = False  # whether the last suggestion was cut short by its deadline

    @property
    def steps(self) -> int:
        """Tokens run through the model so far, for context and for suggestions."""
        return self._buffer.stream.steps

    @property
    def least_text(self) -> float:
        """Lowest probability of a whole text; below it, the end of the text is cut off. Raise it
        for shorter, surer suggestions."""
        return self._proposals.least_text

    @least_text.setter
    def least_text(self, least: float) -> None:
        self._proposals.least_text = least

    @property
    def allow_unsafe(self) -> bool:
        """Whether code that opens a security hole may be suggested even in files that hold no such
        code (default: False). Takes effect with the next ``sync``."""
        return self._buffer.allow_unsafe

    @allow_unsafe.setter
    def allow_unsafe(self, allow: bool) -> None:
        self._buffer.allow_unsafe = allow

    def sync(
        self,
        before: str,
        after: str = "",
        *,
        stop: Stop = never,
        indentation: Indentation | None = None,
    ) -> SyncReport:
        """Bring the state up to the text before the caret, running only what is new.

        Lines end with ``\\n``. Suggested lines are indented as ``indentation`` says, or else as the
        text is. The model never sees a secret in the text, only a placeholder of the same length;
        while the caret is in a secret, nothing is suggested. Raises Stopped, with the state
        consistent, when ``stop()`` returns true between chunks of a long replay.
        """
        return self._buffer.sync(before, after, stop, indentation)

    def learn(self, *, stop: Stop = never) -> None:
        """Index the synced text around the window, so that suggestions follow its habits.

        For idle moments: takes milliseconds per 100 lines that changed since the last call. Raises
        Stopped when ``stop()`` returns true; the next call continues from there.
        """
        if self._model.tuning.mixer is not None:
            self._buffer.learn(stop)

    def suggest(
        self,
        max_tokens: int = 32,
        deadline_ms: float | None = 80,
        threshold: float | None = None,
        *,
        stop: Stop = never,
    ) -> Suggestion | None:
        """A suggestion for the synced text, or None if there is nothing worth showing.

        ``threshold`` is the lowest confidence that is returned (0: everything; None: the model's
        own). When the deadline passes, the best whole words so far are returned.
        """
        least = self._model.tuning.threshold if threshold is None else threshold
        late = _deadline(deadline_ms, stop)
        facts = self.propose(max_tokens, stop=late, least=least)
        found = self._shown(facts, least)
        if found is None and least > 0 and not late():
            found = self._shown(self._proposals.name(late), least)
        self.hurried = late() and not stop()
        return found

    def _shown(self, facts: Facts | None, least: float) -> Suggestion | None:
        """As much of what is proposed as is worth showing."""
        if facts is None or (least > 0 and len(facts.text.strip()) < SHORTEST):
            return None  # typing it costs no more keys than taking it
        weighed = self._weighed(facts)
        if weighed.confidence < needed(least, facts.spared):
            return None
        return replace(weighed, text=facts.shown) if least > 0 else weighed

    def alternatives(
        self,
        count: int = 3,
        max_tokens: int = 32,
        deadline_ms: float | None = 80,
        *,
        stop: Stop = never,
    ) -> list[Suggestion]:
        """At most ``count`` suggestions that begin differently from ``suggest``'s, best first."""
        late = _deadline(deadline_ms, stop)
        proposed = [self.propose(max_tokens, stop=late)]
        for number in range(1, RANKS * count + 1):
            if late() or len(_beginnings(proposed)) > count:
                break
            proposed.append(self.propose(max_tokens, stop=late, rank=number))
        others = _others(proposed, count)
        return sorted(map(self._weighed, others), key=lambda found: -found.confidence)

    def rank(
        self,
        candidates: Sequence[str],
        deadline_ms: float | None = 80,
        *,
        typed: str | None = None,
        stop: Stop = never,
    ) -> list[Ranked]:
        """Rank names that the host knows to be possible at the caret, the likeliest first.

        Names that do not begin with ``typed`` are left out. By default that is the part of the name
        before the caret; a host may pass what was typed of something else, such as a key with
        blanks in it. For menus as well as for suggestions. When the deadline passes, the names that
        were not scored come last.
        """
        late = _deadline(deadline_ms, stop)
        typed = self._buffer.caret.typed if typed is None else typed
        names = [name for name in dict.fromkeys(candidates) if name.startswith(typed)]
        texts = [name[len(typed) :] for name in names]
        ranked = self._proposals.ranked(texts, late)
        return [Ranked(names[at], texts[at], min(1.0, math.exp(likely))) for at, likely in ranked]

    def _weighed(self, facts: Facts) -> Suggestion:
        return Suggestion(facts.text, self._proposals.confidence(facts))

    def propose(
        self,
        max_tokens: int = 32,
        deadline_ms: float | None = None,
        *,
        stop: Stop = never,
        rank: int = 0,
        least: float = 0.0,
    ) -> Facts | None:
        """What ``suggest`` would decide on: the text, and how it came about.

        ``rank`` selects a beginning; the likeliest is 0. Confidence is that of the first word and
        falls as the word grows, so once it is below ``least``, decoding stops (early stopping).
        """
        self._require_text()
        return self._proposals.text(max_tokens, _deadline(deadline_ms, stop), rank, least)

    def propose_name(self, *, stop: Stop = never) -> Facts | None:
        """The rest of the likeliest known name that begins with the letters typed.

        None if there is none, or too many to tell.
        """
        self._require_text()
        return self._proposals.name(stop)

    def forbid(self, text: str) -> None:
        """Never again suggest ``text``, which was suggested for the synced text."""
        self._model.never.forbid(text, self._buffer.caret.line)

    def _require_text(self) -> None:
        if not self._buffer.context.entries:
            raise RuntimeError("a suggestion before sync(): the session has no text yet")


def _beginnings(proposed: Sequence[Facts | None]) -> set[str]:
    return {facts.first_word for facts in proposed if facts is not None}


def _others(proposed: Sequence[Facts | None], count: int) -> list[Facts]:
    """At most ``count`` of what was proposed beside the first: those that begin otherwise than all
    before them, and the other texts only where there are too few."""
    texts = {facts.text: facts for facts in reversed(proposed) if facts is not None}
    different = {facts.first_word: facts for facts in texts.values()}
    first = proposed[0]
    apart = [f for f in proposed if f is not None and different.get(f.first_word) is f]
    alike = [f for f in proposed if f is not None and f not in apart and texts[f.text] is f]
    return [f for f in [*apart, *alike] if first is None or f.text != first.text][:count]


def _deadline(ms: float | None, stop: Stop) -> Stop:
    """``stop``, or the passing of so many milliseconds from now."""
    if ms is None:
        return stop
    until = time.perf_counter() + ms / 1000
    return lambda: stop() or time.perf_counter() >= until
