"""Questions to the user: one of several answers, or a line of text. Know no files.

Esc is always "leave it as it is", and gives None.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from .buffer import shown
from .guarding import Guarded

GUARD_SECONDS = 0.4
"""For so long a question takes no answer: what is typed then was meant for the text."""


class Field(Guarded, Input):
    """A line of text that holds nothing a terminal would obey."""

    def validate_value(self, value: str) -> str:
        return shown(value)


class Ask(Guarded, ModalScreen[str | None]):
    """``answers`` are labels; the first letter of each is its key. Gives the label."""

    BINDINGS: ClassVar = [
        Binding("escape", "leave", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, question: str, answers: Sequence[str]) -> None:
        super().__init__()
        self.question, self.answers = question, tuple(answers)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content(shown(self.question)), classes="question")
            with Horizontal(classes="answers"):
                for index, answer in enumerate(self.answers):
                    label = Content(answer).stylize("underline", 0, 1)
                    yield Button(label, id=f"answer-{index}", compact=True)

    @on(Button.Pressed)
    def answered(self, event: Button.Pressed) -> None:
        self.dismiss(self.answers[int(str(event.button.id).rpartition("-")[2])])

    def on_mount(self) -> None:
        self.since = time.monotonic()

    def on_key(self, event: events.Key) -> None:
        if event.key != "escape" and time.monotonic() < self.since + GUARD_SECONDS:
            event.stop()
            event.prevent_default()
            return
        for answer in self.answers:
            if event.character and event.character.lower() == answer[0].lower():
                event.stop()
                self.dismiss(answer)
                return

    def action_leave(self) -> None:
        self.dismiss(None)


class Prompt(Guarded, ModalScreen[str | None]):
    """One line of text, with a first value to change."""

    BINDINGS: ClassVar = [Binding("escape", "leave", show=False)]

    def __init__(self, question: str, value: str = "") -> None:
        super().__init__()
        self.question, self.value = question, value

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content(shown(self.question)), classes="question")
            yield Field(self.value, compact=True, select_on_focus=False)

    @on(Input.Submitted)
    def answered(self, event: Input.Submitted) -> None:
        self.dismiss(event.value or None)

    def action_leave(self) -> None:
        self.dismiss(None)
