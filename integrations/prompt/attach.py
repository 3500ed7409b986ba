"""Attaches ghost text to one buffer of a running application, and removes it without a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.utils import Event

from .drawing import draw
from .ghost import GhostText, visible

Prompt = PromptSession[Any]

ESCAPE_SECONDS = (0.05, 0.2)
"""How long terminal and key bindings wait for what may follow Esc, while there is ghost text."""


@dataclass
class Attachment:
    """What ``attach`` has changed."""

    app: Application[Any]
    buffer: Buffer
    ghost: GhostText
    undo: list[Callable[[], None]] = field(default_factory=list[Any])
    painted: bool = False
    is_new: bool = False  # whether nothing has been drawn of this prompt yet
    patience: tuple[Any, Any] | None = None  # the application's own, while ours is set

    def detach(self) -> None:
        """Undo everything; a second call does nothing."""
        self.be_patient()
        while self.undo:
            self.undo.pop()()
        self.buffer.suggestion = None

    def be_patient(self) -> None:
        if self.patience is not None:
            self.app.ttimeoutlen, self.app.timeoutlen = self.patience
            self.patience = None

    def before_render(self, _: Any) -> None:
        """Shorten the wait after Esc while there is ghost text to dismiss."""
        if not visible(self.buffer):
            self.be_patient()
        elif self.patience is None:
            self.patience = (self.app.ttimeoutlen, self.app.timeoutlen)
            self.app.ttimeoutlen, self.app.timeoutlen = ESCAPE_SECONDS

    def before_prompt(self, _: Any) -> None:
        """A prompt begins, because its application starts to run."""
        self.is_new = True

    def after_render(self, _: Any) -> None:
        """Load the model once the first prompt is on the screen."""
        if not self.painted:
            self.painted = True
            self.ghost.suggester.prepare()
        if self.is_new:
            self.is_new = False
            self.ghost.prompted(self.buffer)


def attach(app: Application[Any], buffer: Buffer, ghost: GhostText) -> Attachment:
    """Let ``ghost`` follow ``buffer`` and draw it; the host sets the buffer's ``auto_suggest``."""
    attachment = Attachment(app, buffer, ghost)
    handlers: tuple[tuple[Event[Any], Callable[[Any], None]], ...] = (
        (buffer.on_text_changed, ghost.text_changed),
        (buffer.on_cursor_position_changed, ghost.cursor_moved),
        (app.on_reset, attachment.before_prompt),
        (app.before_render, attachment.before_render),
        (app.after_render, attachment.after_render),
    )
    for event, handler in handlers:
        event.add_handler(handler)
        attachment.undo.append(partial(event.remove_handler, handler))
    attachment.undo.append(draw(app, buffer, lambda: ghost.conversation.options.look))
    return attachment
