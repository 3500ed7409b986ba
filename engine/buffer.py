"""The text around one caret, and the model's state for it.

Keeps window, cache, local text and masks in step with each edit, running only what is new. Knows
nothing about when a suggestion is worth showing.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .errors import Stopped
from .local.text import LocalText
from .privacy.masks import Mask
from .privacy.masks import masked as masked_text
from .state.context import CHARACTERS_PER_TOKEN, Change, Context
from .state.stream import Stop, Stream
from .state.window import largest_room, start_length
from .suggestions.caret import LONGEST_LINE, Caret
from .suggestions.structure import Structure

if TYPE_CHECKING:
    from .decoding.decoder import Seen
    from .decoding.vocabulary import Vocabulary
    from .local.project import Project
    from .modeldir.config import ModelConfig
    from .modeldir.tuning import Tuning
    from .privacy.never import Never
    from .state.runtime import Runtime
    from .suggestions.indentation import Indentation
    from .tokenizer import Tokenizer

LEAST_TYPED = 2
"""Letters of a name that must stand before the caret for known names to be offered."""

MORE_CHARACTERS = 1_000
"""Looked through for secrets above what the window may need, so that an edit moves nothing."""


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


class Buffer:
    """One open buffer at one caret."""

    def __init__(
        self, model: Parts, language: str | None, project: Project | None, name: Hashable
    ) -> None:
        self.model = model
        self.stream = Stream(model.runtime)
        self.context = Context(model.tokenizer, language if language in model.languages else None)
        self.local = LocalText(model.tokenizer, project, name)
        self.seen: Seen = {}  # by the decoder, after the context as it is
        self.caret, self.held = Caret(), ""
        self.in_secret = False
        self.allow_unsafe = False
        self._mask = Mask()
        self._structure = Structure(language)
        self._fitting_names: set[str] | None = None

    @property
    def language(self) -> str | None:
        """The language the model is told of: one that it was trained on."""
        return self.context.language

    @property
    def held_bytes(self) -> bytes:
        return self.held.encode("utf-8", "replace")

    @property
    def goal(self) -> str:
        """What stands after the caret and must be led to, as far as the model may see it."""
        return masked_text(self.caret.goal()[:LONGEST_LINE])

    @property
    def rest(self) -> str:
        """The line after the caret, as far as the model may see it."""
        return masked_text(self.caret.after[:LONGEST_LINE])

    @np.errstate(all="ignore")  # whatever the program around has set for its own arithmetic
    def sync(
        self, before: str, after: str, stop: Stop, indentation: Indentation | None
    ) -> SyncReport:
        """Bring the state to the text around the caret; see ``Session.sync``."""
        context, most = self.context, start_length(self.model.config)
        had, steps = len(context.entries), self.stream.steps
        near = max(len(context.known), most * CHARACTERS_PER_TOKEN) + MORE_CHARACTERS
        masked = self._mask.apply(before, near)
        change = context.change(masked.text, most)
        if change is None or not self.stream.can_cut(change.keep):
            change = context.fresh(masked.text, most)
            if self.stream.origin:
                self.stream.restart()
        open_ = self._structure.at(before)
        self.caret = Caret(
            before, after, self._structure.language, open_, indentation, self.allow_unsafe
        )
        self.held = change.held
        self.in_secret = masked.reaches(len(change.held))
        self._fitting_names = None
        rolled = self._carry_out(change, masked.text, stop)
        kept = 0 if change.fresh else change.keep
        return SyncReport(
            kept=max(0, kept - rolled),
            dropped=had - kept + rolled,
            stepped=self.stream.steps - steps,
            held=change.held,
        )

    def _carry_out(self, change: Change, before: str, stop: Stop) -> int:
        """Apply a change to context and stream; returns how many entries left the window."""
        if change.fresh or change.tokens or change.keep < len(self.context.entries):
            self.seen.clear()
        self.context.apply(change, before)
        ids = [token.id for token in change.tokens]
        position, rolled = change.keep, 0
        room = largest_room(self.model.config)
        try:
            for first in range(0, len(ids), room):
                part = ids[first : first + room]
                gone = self.make_room(position, len(part))
                position, rolled = position - gone, rolled + gone
                self.stream.follow(position, part, stop)
                position += len(part)
        except Stopped:
            self.context.cut(len(self.stream.ids))
            raise
        return rolled

    def make_room(self, length: int, room: int) -> int:
        """Roll the window, if ``room`` tokens after ``length`` need it; returns how many left."""
        gone = self.stream.make_room(length, room)
        if gone:
            self.context.drop(gone)
            self.seen.clear()
        return gone

    def learn(self, stop: Stop) -> None:
        """Index the text around the window; see ``Session.learn``."""
        if self.local.learn(self.caret.before[: self.context.start], self.caret.after, stop):
            self.seen.clear()

    def known(self, name: str) -> str:
        """Where a name stands already, the nearest place counting: near, file or project."""
        if not name.isidentifier():
            return ""
        if self.caret.is_near(name):
            return "near"
        if name in self.local.names:
            return "file"
        return "project" if self.local.in_project(name) else ""

    @property
    def only_known(self) -> str:
        """The only name known that begins with the letters typed, if there is one."""
        fitting = self.fitting_names
        return next(iter(fitting)) if len(fitting) == 1 else ""

    @property
    def fitting_names(self) -> set[str]:
        """The known names that begin with the letters typed and go on."""
        if self._fitting_names is None:
            typed = self.caret.typed
            few = len(typed) < LEAST_TYPED or self.in_secret
            names = self.caret.beginning(typed) | self.local.beginning(typed) if not few else set()
            self._fitting_names = names
        return self._fitting_names
