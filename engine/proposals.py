"""What could be suggested at the caret: texts and names with their facts, worth showing or not.

Decodes from a buffer's state, and has the results cleaned up and weighed. Knows no deadlines in
milliseconds, and no thresholds except the one below which further decoding would be wasted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from .buffer import Buffer
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
    ended,
)
from .decoding.draft import draft
from .decoding.ends import choose
from .decoding.infill import SPARE, Infill, best_first, tail_of, weights_of
from .local.ngrams import LONGEST, Match
from .state.stream import Stop
from .state.window import largest_room
from .suggestions.gate import LEAST_SHARE, Facts, name_of
from .suggestions.structure import is_prose
from .suggestions.suggestion import first_part
from .tokenizer import EOS

MOST_NAMES = 4
"""Known names that fit the letters typed: of more, the model's own proposal is as good."""

MOST_NAME = 16
"""Tokens of a name."""

MOST_TAIL = 6
"""Tokens after the caret by which the end of a suggestion is judged."""


class Proposals:
    """The proposals for one buffer, wherever its caret is."""

    def __init__(self, buffer: Buffer) -> None:
        self._buffer = buffer
        self._model = buffer.model
        self.least_text = LEAST_PROBABILITY

    def confidence(self, facts: Facts) -> float:
        """The probability, 0 to 1, that a proposal begins right."""
        return self._model.tuning.gate.confidence(facts.features(), self._buffer.language)

    @np.errstate(all="ignore")  # whatever the program around has set for its own arithmetic
    def text(self, max_tokens: int, stop: Stop, rank: int = 0, least: float = 0.0) -> Facts | None:
        """The likeliest text, or that with the beginning of a ``rank``; see ``Session.propose``."""
        buffer = self._buffer
        if buffer.in_secret:
            return None
        decoder = self._decoder(max_tokens, stop, least)
        room, goal = self._room(max_tokens), buffer.goal
        if goal and (infill := self._infill(decoder, goal, room)).fits(buffer.held_bytes):
            filled = self._filled(infill, max_tokens, rank)
            if filled is not None or not goal.startswith("\n"):
                return filled
        decoded = self._decode(decoder, self._most(max_tokens), rank)
        text = self._fit(ended(decoded))
        if buffer.caret.is_left_open(text):
            infill = self._infill(decoder, buffer.rest, room)
            whole = self._filled(infill, max_tokens, rank)
            if whole is not None and not buffer.caret.is_left_open(whole.text):
                return whole
        return self._facts(decoder, decoded, text) if text.strip() else None

    def name(self, stop: Stop) -> Facts | None:
        """The rest of the likeliest known name that begins with the letters typed.

        None if there is none, or too many to tell.
        """
        caret = self._buffer.caret
        typed = len(caret.typed)
        texts = [name[typed:] for name in sorted(self._buffer.fitting_names)]
        if not 0 < len(texts) <= MOST_NAMES or caret.rest[:1].isalnum():
            return None
        ranked = self.ranked(texts, stop)
        if not ranked:  # characters that the vocabulary lacks are nothing to read
            return None
        best, likely = ranked[0]
        text = texts[best]
        decoded = Decoded(text=text, total=likely, marks=[(len(text), likely)])
        return self._facts(self._decoder(MOST_NAME, stop), decoded, self._fit(text))

    def ranked(self, texts: Sequence[str], stop: Stop) -> list[tuple[int, float]]:
        """Places of texts in the order of their log probability at the caret, with it."""
        decoder, encode = self._decoder(MOST_NAME, stop), self._model.tokenizer.encode
        return rank(decoder, encode, self._buffer.held, texts, self._room(MOST_NAME))

    # Weighing

    def _facts(self, decoder: Decoder, decoded: Decoded, text: str) -> Facts:
        word = first_part(text)
        name = name_of(self._buffer.caret.before, word)
        return replace(
            self._growing(decoded, text, word),
            log_boundary=decoder.log_boundary(decoded, word),
            log_text=decoded.log_probability(len(text)),
            known=self._buffer.known(name),
            only_known=self._buffer.only_known == name,
        )

    def _growing(self, decoded: Decoded, text: str, word: str) -> Facts:
        """What holds already of a text whose first word may still grow."""
        caret = self._buffer.caret
        return Facts(
            before=caret.before[-200:],
            held=self._buffer.held,
            text=text,
            first_word=word,
            log_first_word=decoded.log_probability(len(word)),
            prose=is_prose(caret.open, caret.language),
            after=caret.rest,
            marks=decoded.marks,
        )

    def _hopeless(self, decoder: Decoder, least: float) -> Hopeless:
        """Whether a text that still grows can no longer reach a share of the least confidence."""
        weighed = set[str]()

        def hopeless(decoded: Decoded) -> bool:
            word = first_part(decoded.text)
            if not word.strip() or word in weighed:
                return False
            if word == decoded.text:  # it may still grow
                return self._hope(decoded, word) < LEAST_SHARE * least
            weighed.add(word)
            facts = self._facts(decoder, decoded, decoded.text)
            return self.confidence(facts) < LEAST_SHARE * least

        return hopeless

    def _hope(self, decoded: Decoded, word: str) -> float:
        """The most that confidence can become, however a text goes on."""
        facts = self._growing(decoded, decoded.text, word)
        return self._model.tuning.gate.hope(facts.features(), self._buffer.language)

    def _fit(self, text: str) -> str:
        """A decoded text as it may be inserted at the caret; empty if nothing of it may."""
        caret = self._buffer.caret
        return self._model.never.allowed(caret.fit(text), caret.line)

    # Decoding

    def _infill(self, decoder: Decoder, goal: str, room: int) -> Infill:
        tokenizer = self._model.tokenizer
        return Infill(decoder, tokenizer.encode, tail_of(goal, tokenizer, MOST_TAIL), room)

    def _filled(self, infill: Infill, max_tokens: int, rank: int) -> Facts | None:
        """The best text between the caret and what must follow."""
        caret = self._buffer.caret
        rule, most = choose(caret.before, language=caret.language), self._most(max_tokens)
        found = infill.fill(self._buffer.held_bytes, most, rule)
        fitting = {id(one): self._fit(one.text) for one in found}
        ordered = best_first([one for one in found if fitting[id(one)].strip()], first_part)
        if rank >= len(ordered):
            return None
        best = ordered[rank]
        facts = self._facts(infill.decoder, best.decoded, fitting[id(best)])
        return replace(facts, **weights_of(found, best, first_part))

    def _most(self, max_tokens: int) -> int:
        held = len(self._buffer.held_bytes)
        return min(max_tokens + held, largest_room(self._model.config))

    def _room(self, max_tokens: int) -> int:
        """For a text of so many tokens, and for what must follow it."""
        return min(self._most(max_tokens) + MOST_TAIL + SPARE, largest_room(self._model.config))

    def _decoder(self, max_tokens: int, stop: Stop, least: float = 0.0) -> Decoder:
        buffer, model = self._buffer, self._model
        buffer.make_room(len(buffer.context.entries), self._room(max_tokens))
        bend, guess = self._local_text()
        decoder = Decoder(
            buffer.stream,
            len(buffer.context.entries),
            model.vocabulary,
            model.tokenizer.special(EOS),
            stop,
            bend,
            guess,
            buffer.seen,
            least=self.least_text,
        )
        return replace(decoder, hopeless=self._hopeless(decoder, least)) if least > 0 else decoder

    def _decode(self, decoder: Decoder, most: int, rank: int) -> Decoded:
        caret, width = self._buffer.caret, self._model.tuning.beam
        rule = choose(caret.before, caret.after, caret.language)
        held = self._buffer.held_bytes
        if width > 1 and not rank:
            return search(decoder, held, most, rule, width)
        return decoder.decode(held, most, rule, rank)

    def _local_text(self) -> tuple[Bend, Draft] | tuple[None, None]:
        """How local text bends the model's distribution, and what it guesses to come next.

        Neither for a model without a mixer.
        """
        mixer, local = self._model.tuning.mixer, self._buffer.local
        if mixer is None:
            return None, None
        window = self._buffer.stream.ids[: len(self._buffer.context.entries)]
        local.follow(window)
        newest, compiled = window[-LONGEST:], self._model.runtime.mix

        @lru_cache(MOST_SEEN)
        def found(ids: tuple[int, ...]) -> list[tuple[str, list[Match]]]:
            return local.found([*newest, *ids])

        def bend(probabilities: np.ndarray, ids: tuple[int, ...]) -> np.ndarray:
            return mixer.mix(probabilities, found(ids), compiled)

        return bend, partial(draft, found, self._model.vocabulary.bytes)
