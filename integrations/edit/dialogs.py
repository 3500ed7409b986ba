"""Questions to the user: one of several answers, or a line of text. Knows nothing of files.

Esc always leaves things as they are; the result is then None.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

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
"""How long a new question ignores all keys but Esc: they were meant for the text."""


DIALOG_SHARE, DIALOG_CELLS = 0.9, 6  # of the width, and cells of its border; as in edit.tcss
ANSWER_CELLS = 4  # around an answer
MOST_CHOICES = 24  # completions that are shown


class Field(Guarded, Input):
    """A text field that replaces unsafe characters; its caret does not blink."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.set_reactive(Input.cursor_blink, False)

    def validate_value(self, value: str) -> str:
        return shown(value)


class Ask(Guarded, ModalScreen[str | None]):
    """``answers`` are labels, chosen by their first letters. Returns the label."""

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

    def on_resize(self, event: events.Resize) -> None:
        """Put the answers below each other if they do not fit beside each other."""
        wanted = sum(len(answer) + ANSWER_CELLS for answer in self.answers)
        narrow = wanted > event.size.width * DIALOG_SHARE - DIALOG_CELLS
        self.query_one(".dialog").set_class(narrow, "-narrow")

    def on_key(self, event: events.Key) -> None:
        # by the event's time: on a busy machine, earlier keys may arrive late
        if event.key != "escape" and event.time < self.since + GUARD_SECONDS:
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
    """One line of text, with an initial value; ``complete`` lists what Tab can complete it to.

    Returns the text, or None if it is empty.
    """

    BINDINGS: ClassVar = [
        Binding("escape", "leave", show=False),
        Binding("tab", "complete", show=False),
    ]

    def __init__(
        self, question: str, value: str = "", complete: Callable[[str], list[str]] | None = None
    ) -> None:
        super().__init__()
        self.question, self.value, self._complete = question, value, complete
        self._field = Field(value, compact=True, select_on_focus=False)
        self._choices, self._offered_for = Static(classes="choices"), ""

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content(shown(self.question)), classes="question")
            yield self._field
            yield self._choices

    @on(Input.Submitted)
    def answered(self, event: Input.Submitted) -> None:
        self.dismiss(event.value or None)

    @on(Input.Changed)
    def changed(self) -> None:
        if self._field.value != self._offered_for:  # this may come after Tab
            self._offer([])

    def action_complete(self) -> None:
        """Complete to the longest common prefix, and list the completions if there are several."""
        if self._complete is None:
            return
        found = [one for one in self._complete(self._field.value) if shown(one) == one]
        common = _common(found)
        if len(common) > len(self._field.value):
            with self.prevent(Input.Changed):  # whose handler would clear the list
                self._field.value = common
            self._field.cursor_position = len(common)
        self._offered_for = self._field.value
        self._offer(found if len(found) > 1 else [])

    def _offer(self, choices: Sequence[str]) -> None:
        lines = [one.rstrip("/").rpartition("/")[2] + "/" * one.endswith("/") for one in choices]
        more = ["…"] if len(lines) > MOST_CHOICES else []
        self._choices.update(Content("  ".join(lines[:MOST_CHOICES] + more)))
        self._choices.display = bool(lines)

    def action_leave(self) -> None:
        self.dismiss(None)


def _common(words: Sequence[str]) -> str:
    """Their longest common prefix."""
    low, high = min(words, default=""), max(words, default="")
    same = (
        index for index, (one, other) in enumerate(zip(low, high, strict=False)) if one != other
    )
    return low[: next(same, min(len(low), len(high)))]
