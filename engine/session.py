"""One open buffer: what the user sees before the caret in, a suggestion out.

A session owns its window of tokens and nothing else; models are shared. It is synchronous and
knows no threads: whoever calls it decides when to give up, with ``stop`` or a deadline.
"""

from __future__ import annotations

import math
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .decoding.beam import search
from .decoding.candidates import rank
from .decoding.decoder import (
    LEAST_PROBABILITY,
    MOST_SEEN,
    Bend,
    Decoded,
    Decoder,
    Draft,
    Hopeless,
    Seen,
    ended,
)
from .decoding.draft import draft
from .decoding.infill import SPARE, Infill, best_first, tail_of, weights_of
from .decoding.stops import choose
from .errors import Stopped
from .local.ngrams import LONGEST, Match
from .local.text import LocalText
from .privacy.masks import Mask
from .privacy.masks import masked as masked_text
from .state.context import CHARACTERS_PER_TOKEN, Change, Context
from .state.stream import Stop, Stream, never
from .state.window import largest_room, start_length
from .suggestions.caret import LONGEST_LINE, Caret
from .suggestions.gate import LEAST_SHARE, Facts, name_of, needed
from .suggestions.structure import Structure
from .suggestions.suggestion import SHORTEST, Ranked, Suggestion, first_part
from .tokenizer import EOS

LEAST_TYPED = 2
"""Letters of a name that must stand before the caret for known names to be offered."""

RANKS = 3
"""Beginnings that are tried for each alternative asked for."""

MOST_NAMES = 4
"""Known names that fit the letters typed: of more, the model's own proposal is as good."""

MOST_NAME = 16
"""Tokens of a name."""

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
        self.least_text = LEAST_PROBABILITY  # of a whole text; a host may want shorter, surer ones
        self.hurried = False  # whether the last suggestion was cut short by its deadline

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
        self.__dict__.pop("_fitting_names", None)
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
        late = _deadline(deadline_ms, stop)
        facts = self.propose(max_tokens, stop=late, least=least)
        found = self._shown(facts, least)
        if found is None and least > 0 and not late():
            found = self._shown(self.propose_name(stop=late), least)
        self.hurried = late() and not stop()
        return found

    def _shown(self, facts: Facts | None, least: float) -> Suggestion | None:
        """What is proposed, if it is worth showing."""
        return self._weighed(facts) if facts is not None and self._is_shown(facts, least) else None

    def _is_shown(self, facts: Facts, least: float) -> bool:
        if least > 0 and len(facts.text.strip()) < SHORTEST:
            return False  # typing it costs no more keys than taking it
        return self._confidence(facts) >= needed(least, facts.spared)

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
        """Names that somebody knows to be possible at the caret, the likeliest first.

        Those that do not begin with ``typed`` are left out: the letters of the name before the
        caret, or what a host has typed of something else, such as a key with blanks in it. For
        menus as well as for suggestions; where the time passes, what was not read comes last.
        """
        late = _deadline(deadline_ms, stop)
        typed = self._caret.typed if typed is None else typed
        names = [name for name in dict.fromkeys(candidates) if name.startswith(typed)]
        texts = [name[len(typed) :] for name in names]
        ranked = self._ranked(texts, late)
        return [Ranked(names[at], texts[at], min(1.0, math.exp(likely))) for at, likely in ranked]

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

        weighed = set[str]()

        def hopeless(decoded: Decoded) -> bool:
            word = first_part(decoded.text)
            if not word.strip() or word in weighed:
                return False
            if word == decoded.text:  # it may still grow
                return self._hope(decoded, word) < LEAST_SHARE * least
            weighed.add(word)
            facts = self._facts(decoder, decoded, decoded.text)
            return self._confidence(facts) < LEAST_SHARE * least

        if self._in_secret:
            return None
        late = _deadline(deadline_ms, stop)
        decoder = self._decoder(max_tokens, late, hopeless if least > 0 else None)
        room, goal = self._room(max_tokens), self._goal()
        if goal and (infill := self._infill(decoder, goal, room)).fits(self._held_bytes):
            return self._filled(infill, max_tokens, rank)
        decoded = self._decode(decoder, self._most(max_tokens), rank)
        text = self._fit(ended(decoded))
        if self._caret.is_left_open(text):
            infill = self._infill(decoder, masked_text(self._caret.after[:LONGEST_LINE]), room)
            whole = self._filled(infill, max_tokens, rank)
            if whole is not None and not self._caret.is_left_open(whole.text):
                return whole
        return self._facts(decoder, decoded, text) if text.strip() else None

    def forbid(self, text: str) -> None:
        """Never suggest ``text``, which was suggested for the synced text, again."""
        self._model.never.forbid(text, self._caret.line)

    def _fit(self, text: str) -> str:
        """A decoded text as it may be inserted at the caret; empty if nothing of it may."""
        return self._model.never.allowed(self._caret.fit(text), self._caret.line)

    def _hope(self, decoded: Decoded, word: str) -> float:
        """The most that confidence can become, however a text goes on."""
        facts = self._growing(decoded, decoded.text, word)
        return self._model.tuning.gate.hope(facts.features(), self._context.language)

    def _facts(self, decoder: Decoder, decoded: Decoded, text: str) -> Facts:
        word = first_part(text)
        return replace(
            self._growing(decoded, text, word),
            log_boundary=decoder.log_boundary(decoded, word),
            log_text=decoded.log_probability(len(text)),
            known=self._known(name := name_of(self._caret.before, word)),
            only_known=self._only_known() == name,
        )

    def _growing(self, decoded: Decoded, text: str, word: str) -> Facts:
        """What holds already of a text whose first word may still grow."""
        return Facts(
            before=self._caret.before[-200:],
            held=self._held,
            text=text,
            first_word=word,
            log_first_word=decoded.log_probability(len(word)),
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
        return masked_text(self._caret.goal()[:LONGEST_LINE])

    def _only_known(self) -> str:
        """The only name known that begins with the letters typed, if there is one."""
        fitting = self._fitting_names
        return next(iter(fitting)) if len(fitting) == 1 else ""

    @cached_property
    def _fitting_names(self) -> set[str]:
        """The known names that begin with the letters typed and go on."""
        typed = self._caret.typed
        if len(typed) < LEAST_TYPED or self._in_secret:
            return set()
        return self._caret.beginning(typed) | self._local.beginning(typed)

    def propose_name(self, *, stop: Stop = never) -> Facts | None:
        """The rest of the likeliest known name that begins with the letters typed.

        None if there is none, or too many to tell.
        """
        typed = len(self._caret.typed)
        texts = [name[typed:] for name in sorted(self._fitting_names)]
        if not 0 < len(texts) <= MOST_NAMES or self._caret.rest[:1].isalnum():
            return None
        best, likely = self._ranked(texts, stop)[0]
        text = texts[best]
        decoded = Decoded(text=text, total=likely, marks=[(len(text), likely)])
        return self._facts(self._decoder(MOST_NAME, stop), decoded, self._fit(text))

    def _ranked(self, texts: Sequence[str], stop: Stop) -> list[tuple[int, float]]:
        decoder, encode = self._decoder(MOST_NAME, stop), self._model.tokenizer.encode
        return rank(decoder, encode, self._held, texts, self._room(MOST_NAME))

    def _infill(self, decoder: Decoder, goal: str, room: int) -> Infill:
        tokenizer = self._model.tokenizer
        return Infill(decoder, tokenizer.encode, tail_of(goal, tokenizer, MOST_TAIL), room)

    def _filled(self, infill: Infill, max_tokens: int, rank: int) -> Facts | None:
        """The best text between the caret and what must follow."""
        rule, most = choose(self._caret.before), self._most(max_tokens)
        found = infill.fill(self._held_bytes, most, rule)
        fitting = {id(one): self._fit(one.text) for one in found}
        ordered = best_first([one for one in found if fitting[id(one)].strip()], first_part)
        if rank >= len(ordered):
            return None
        best = ordered[rank]
        facts = self._facts(infill.decoder, best.decoded, fitting[id(best)])
        return replace(facts, **weights_of(found, best, first_part))

    @property
    def _held_bytes(self) -> bytes:
        return self._held.encode("utf-8", "replace")

    def _most(self, max_tokens: int) -> int:
        return min(max_tokens + len(self._held_bytes), largest_room(self._model.config))

    def _room(self, max_tokens: int) -> int:
        """For a text of so many tokens, and for what must follow it."""
        return min(self._most(max_tokens) + MOST_TAIL + SPARE, largest_room(self._model.config))

    def _decoder(self, max_tokens: int, stop: Stop, hopeless: Hopeless | None = None) -> Decoder:
        model = self._model
        self._make_room(len(self._context.entries), self._room(max_tokens))
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
            self.least_text,
        )

    def _decode(self, decoder: Decoder, most: int, rank: int) -> Decoded:
        rule, width = choose(self._caret.before, self._caret.after), self._model.tuning.beam
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
