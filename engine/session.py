"""One open buffer: what the user sees before the caret in, a suggestion out.

A session owns its window of tokens and nothing else; models are shared. It is synchronous and
knows no threads: whoever calls it decides when to give up, with ``stop`` or a deadline.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .decoding.beam import search
from .decoding.decoder import MOST_SEEN, Bend, Decoded, Decoder, Draft, Hopeless, Seen, ended
from .decoding.draft import draft
from .decoding.infill import Infill, best_of, tail_of, weights_of
from .decoding.stops import choose
from .errors import Stopped
from .local.ngrams import LONGEST, Match
from .local.text import LocalText
from .privacy.masks import Mask, masked
from .state.context import CHARACTERS_PER_TOKEN, Change, Context
from .state.stream import Stop, Stream, never
from .state.window import largest_room, start_length
from .suggestions.caret import LONGEST_LINE, Caret
from .suggestions.gate import Facts, name_of
from .suggestions.structure import Structure
from .suggestions.suggestion import Suggestion, first_word
from .tokenizer import EOS

MOST_TAIL = 6
"""Tokens after the caret by which the end of a suggestion is judged."""

MORE_CHARACTERS = 1_000
"""Looked through for secrets above what the window may need, so that an edit moves nothing."""

if TYPE_CHECKING:
    from .decoding.vocabulary import Vocabulary
    from .local.project import Project
    from .modeldir.config import ModelConfig
    from .modeldir.tuning import Tuning
    from .privacy.never import Never
    from .state.runtime import Runtime
    from .tokenizer import Tokenizer


class Parts(Protocol):
    """What a session needs of a model; ``Model`` has it."""

    tokenizer: Tokenizer
    runtime: Runtime
    tuning: Tuning
    never: Never

    @property
    def config(self) -> ModelConfig: ...
    @property
    def languages(self) -> tuple[str, ...]: ...
    @property
    def vocabulary(self) -> Vocabulary: ...


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What ``Session.sync`` did, in tokens, and the held tail of the text."""

    kept: int  # in the window before and after
    dropped: int  # left the window
    stepped: int  # run through the model
    held: str  # text before the caret that later characters may still merge with


class Session:
    """Create with ``Model.session``; cheap. Not for use by several threads at once."""

    def __init__(
        self,
        model: Parts,
        language: str | None = None,
        project: Project | None = None,
        name: Hashable = None,
    ) -> None:
        self._model = model
        self._stream = Stream(model.runtime)
        self._context = Context(model.tokenizer, language if language in model.languages else None)
        self._local = LocalText(model.tokenizer, project, name)
        self._seen: Seen = {}  # behind the context as it is
        self._mask = Mask()
        self._structure = Structure(language)
        self._caret, self._held = Caret(), ""
        self._in_secret = False

    @property
    def steps(self) -> int:
        """Tokens run through the model so far, for context and for suggestions."""
        return self._stream.steps

    @np.errstate(all="ignore")  # whatever the program around has set for its own arithmetic
    def sync(self, before: str, after: str = "", *, stop: Stop = never) -> SyncReport:
        """Bring the state to the text before the caret, running only what is new.

        Lines end with ``\\n``. The model never sees a secret in it, but a placeholder of the same
        length; while the caret stands in one, nothing is suggested. Raises Stopped, with the
        state whole, when ``stop()`` says so between chunks of a long replay.
        """
        context, most = self._context, start_length(self._model.config)
        had, steps = len(context.entries), self._stream.steps
        near = max(len(context.known), most * CHARACTERS_PER_TOKEN) + MORE_CHARACTERS
        masked = self._mask.apply(before, near)
        change = context.change(masked.text, most)
        if change is None or not self._stream.can_cut(change.keep):
            change = context.fresh(masked.text, most)
            if self._stream.origin:
                self._stream.restart()
        self._caret = Caret(before, after, self._structure.language, self._structure.at(before))
        self._held = change.held
        self._in_secret = masked.reaches(len(change.held))
        rolled = self._carry_out(change, masked.text, stop)
        kept = 0 if change.fresh else change.keep
        return SyncReport(
            kept=max(0, kept - rolled),
            dropped=had - kept + rolled,
            stepped=self._stream.steps - steps,
            held=change.held,
        )

    def _carry_out(self, change: Change, before: str, stop: Stop) -> int:
        """Apply a change to context and stream; returns how many entries left the window."""
        if change.fresh or change.tokens or change.keep < len(self._context.entries):
            self._seen.clear()
        self._context.apply(change, before)
        ids = [token.id for token in change.tokens]
        position, rolled = change.keep, 0
        room = largest_room(self._model.config)
        try:
            for first in range(0, len(ids), room):
                part = ids[first : first + room]
                gone = self._make_room(position, len(part))
                position, rolled = position - gone, rolled + gone
                self._stream.follow(position, part, stop)
                position += len(part)
        except Stopped:
            self._context.cut(len(self._stream.ids))
            raise
        return rolled

    def _make_room(self, length: int, room: int) -> int:
        gone = self._stream.make_room(length, room)
        if gone:
            self._context.drop(gone)
            self._seen.clear()
        return gone

    def learn(self, *, stop: Stop = never) -> None:
        """Index the synced file around the window, so that suggestions follow its habits.

        For idle moments: takes milliseconds per 100 lines that changed since the last time. Raises
        Stopped when ``stop()`` says so; the next call goes on from there.
        """
        if self._model.tuning.mixer is None:
            return
        if self._local.learn(self._caret.before[: self._context.start], self._caret.after, stop):
            self._seen.clear()

    def suggest(
        self,
        max_tokens: int = 32,
        deadline_ms: float | None = 80,
        threshold: float | None = None,
        *,
        stop: Stop = never,
    ) -> Suggestion | None:
        """A suggestion for the synced text, or None if there is nothing worth showing.

        ``threshold`` is the least confidence to show (0 shows everything; None: the model's own).
        When the deadline passes, the best whole words so far are returned.
        """
        least = self._model.tuning.threshold if threshold is None else threshold
        facts = self.propose(max_tokens, deadline_ms, stop=stop, least=least)
        if facts is None:
            return None
        suggestion = self._weighed(facts)
        return suggestion if suggestion.confidence >= least else None

    def alternatives(
        self,
        count: int = 3,
        max_tokens: int = 32,
        deadline_ms: float | None = 80,
        *,
        stop: Stop = never,
    ) -> list[Suggestion]:
        """At most ``count`` suggestions that begin otherwise than ``suggest``'s, best first."""
        late = _deadline(deadline_ms, stop)
        first = self.propose(max_tokens, stop=late)
        texts = {first.text} if first is not None else set()
        found: list[Suggestion] = []
        for rank in range(1, 2 * count + 1):
            if len(found) == count or late():
                break
            facts = self.propose(max_tokens, stop=late, rank=rank)
            if facts is not None and facts.text not in texts:
                texts.add(facts.text)
                found.append(self._weighed(facts))
        return sorted(found, key=lambda suggestion: -suggestion.confidence)

    def _weighed(self, facts: Facts) -> Suggestion:
        return Suggestion(facts.text, self._confidence(facts))

    def _confidence(self, facts: Facts) -> float:
        return self._model.tuning.gate.confidence(facts.features(), self._context.language)

    @np.errstate(all="ignore")
    def propose(
        self,
        max_tokens: int = 32,
        deadline_ms: float | None = None,
        *,
        stop: Stop = never,
        rank: int = 0,
        least: float = 0.0,
    ) -> Facts | None:
        """What ``suggest`` would weigh: the text, and how it came about.

        ``rank`` counts beginnings, the likeliest being 0. Confidence is that of the first word and
        falls as the word grows, so once it is below ``least``, no more is decoded.
        """
        if not self._context.entries:
            raise RuntimeError("a suggestion before sync(): the session has no text yet")

        def hopeless(decoded: Decoded) -> bool:
            word = first_word(decoded.text)
            return bool(word.strip()) and self._hope(decoded, word) < least

        if self._in_secret:
            return None
        late = _deadline(deadline_ms, stop)
        decoder = self._decoder(max_tokens, late, hopeless if least > 0 else None)
        most = self._most(max_tokens)
        goal = self._goal()
        if goal and not rank:
            return self._filled(decoder, goal, most)
        decoded = self._decode(decoder, most, rank)
        text = self._fit(ended(decoded))
        return self._facts(decoder, decoded, text) if text.strip() else None

    def forbid(self, text: str) -> None:
        """Never suggest ``text``, which was suggested for the synced text, again."""
        self._model.never.forbid(text, self._caret.line)

    def _fit(self, text: str) -> str:
        """A decoded text as it may be inserted at the caret; empty if nothing of it may."""
        return self._model.never.allowed(self._caret.fit(text), self._caret.line)

    def _hope(self, decoded: Decoded, word: str) -> float:
        """The most that confidence can become, however a text goes on."""
        facts = Facts(
            before=self._caret.before[-200:],
            held=self._held,
            text=decoded.text,
            first_word=word,
            log_first_word=decoded.log_probability(len(word)),
            prose=self._caret.open.is_prose,
            after=self._caret.rest,
        )
        return self._model.tuning.gate.hope(facts.features(), self._context.language)

    def _facts(self, decoder: Decoder, decoded: Decoded, text: str) -> Facts:
        word = first_word(text)
        return Facts(
            before=self._caret.before[-200:],
            held=self._held,
            text=text,
            first_word=word,
            log_first_word=decoded.log_probability(len(word)),
            log_boundary=decoder.log_boundary(decoded, word),
            known=self._known(name_of(self._caret.before, word)),
            prose=self._caret.open.is_prose,
            after=self._caret.rest,
        )

    def _known(self, name: str) -> str:
        """Where a name stands already, the nearest place counting."""
        if not name.isidentifier():
            return ""
        if self._caret.is_near(name):
            return "near"
        if name in self._local.names:
            return "file"
        return "project" if self._local.in_project(name) else ""

    def _goal(self) -> str:
        """What stands after the caret and must be led to, as far as the model may see it."""
        goal = masked(self._caret.goal()[:LONGEST_LINE])
        return tail_of(goal, self._model.tokenizer, MOST_TAIL)

    def _filled(self, decoder: Decoder, goal: str, most: int) -> Facts | None:
        """The best text between the caret and what must follow."""
        infill = Infill(decoder, self._model.tokenizer.encode, goal)
        found = infill.fill(self._held_bytes, most, choose(self._caret.before))
        fitting = {id(one): self._fit(one.text) for one in found}
        best = best_of([one for one in found if fitting[id(one)].strip()])
        if best is None:
            return None
        facts = self._facts(decoder, best.decoded, fitting[id(best)])
        return replace(facts, **weights_of(found, best, first_word))

    @property
    def _held_bytes(self) -> bytes:
        return self._held.encode("utf-8", "replace")

    def _most(self, max_tokens: int) -> int:
        return min(max_tokens + len(self._held_bytes), largest_room(self._model.config))

    def _decoder(self, max_tokens: int, stop: Stop, hopeless: Hopeless | None = None) -> Decoder:
        model = self._model
        self._make_room(len(self._context.entries), self._most(max_tokens))
        bend, guess = self._local_text()
        return Decoder(
            self._stream,
            len(self._context.entries),
            model.vocabulary,
            model.tokenizer.special(EOS),
            stop,
            bend,
            guess,
            self._seen,
            hopeless,
        )

    def _decode(self, decoder: Decoder, most: int, rank: int) -> Decoded:
        rule, width = choose(self._caret.before), self._model.tuning.beam
        if width > 1 and not rank:
            return search(decoder, self._held_bytes, most, rule, width)
        return decoder.decode(self._held_bytes, most, rule, rank)

    def _local_text(self) -> tuple[Bend, Draft] | tuple[None, None]:
        """How local text bends the model's distribution, and what it guesses to come next.

        Neither for a model without a mixer.
        """
        mixer = self._model.tuning.mixer
        if mixer is None:
            return None, None
        window = self._stream.ids[: len(self._context.entries)]
        self._local.follow(window)
        newest = window[-LONGEST:]

        @lru_cache(MOST_SEEN)
        def found(ids: tuple[int, ...]) -> list[tuple[str, list[Match]]]:
            return self._local.found([*newest, *ids])

        def bend(probabilities: np.ndarray, ids: tuple[int, ...]) -> np.ndarray:
            return mixer.mix(probabilities, found(ids))

        return bend, partial(draft, found, self._model.vocabulary.bytes)


def _deadline(ms: float | None, stop: Stop) -> Stop:
    """``stop``, or the passing of so many milliseconds from now."""
    if ms is None:
        return stop
    until = time.perf_counter() + ms / 1000
    return lambda: stop() or time.perf_counter() >= until
