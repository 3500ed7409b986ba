"""The list of unsaved work that was put aside, with a preview of each entry; and a diff to read.

Shows what ``files`` finds and returns the user's choice; the caller acts on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from . import files
from .buffer import shown
from .differences import difference
from .files import FileProblem, Found
from .guarding import Guarded

MOST_PREVIEW = 400  # lines
WHY = {"": "unsaved", "reloaded": "before a reload", "overwritten": "by another program"}
STYLES = {"+": "$text-success", "-": "$text-error", "@": "$text-accent"}


@dataclass(frozen=True)
class Choice:
    """What the user wants to do with an entry: open it, or discard it."""

    found: Found
    discard: bool = False


def label(found: Found) -> str:
    """One line for an entry: when, which file, why, and its first line."""
    kind = "save interrupted" if found.interrupted_save else WHY.get(found.kept, found.kept)
    first = found.file.outward(found.file.text.lstrip()[:60].partition("\n")[0])
    return f"{found.written:%Y-%m-%d %H:%M}  {found.name}  ({kind})  {first}"


def preview(found: Found) -> list[str]:
    """How an entry differs from the file as it is now; if there is no file, all of its text."""
    file = found.file
    now = _on_disk(found)
    text = file.visible(file.text)
    if now is None:
        return text.split("\n")[:MOST_PREVIEW]
    lines = difference(now.visible(now.text), text)[:MOST_PREVIEW]
    return lines or ["The file has the same text."]


def _on_disk(found: Found) -> files.TextFile | None:
    if found.file.path is None:
        return None
    try:
        now = files.read(found.file.path)
    except FileProblem:
        return None
    return now if now.stamp is not None else None


class Lines(VerticalScroll):
    """A text or a diff to read, which scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self._text = Static()

    def compose(self) -> ComposeResult:
        yield self._text

    def say(self, lines: Sequence[str]) -> None:
        parts = [(shown(line) + "\n", STYLES.get(line[:1], "")) for line in lines]
        self._text.update(Content.assemble(*parts))
        self.scroll_home(animate=False)


class Shelf(Guarded, ModalScreen[Choice | None]):
    """Enter opens an entry, Delete discards it for good, Esc changes nothing."""

    BINDINGS: ClassVar = [
        Binding("escape", "leave", show=False),
        Binding("delete", "drop", show=False),
    ]

    def __init__(self, found: Sequence[Found]) -> None:
        super().__init__()
        self.found = list(found)
        self._lines = Lines()

    def compose(self) -> ComposeResult:
        with Vertical(classes="shelf"):
            yield Static(
                Content("Unsaved work: Enter opens it, Delete discards it, Esc goes back."),
                classes="question",
            )
            yield OptionList(*[Content(shown(label(one))) for one in self.found])
            yield self._lines

    @on(OptionList.OptionHighlighted)
    def highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self._lines.say(preview(self.found[event.option_index]))

    @on(OptionList.OptionSelected)
    def selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Choice(self.found[event.option_index]))

    def action_drop(self) -> None:
        index = self.query_one(OptionList).highlighted
        if index is not None:
            self.dismiss(Choice(self.found[index], discard=True))

    def action_leave(self) -> None:
        self.dismiss(None)


class Compare(Guarded, ModalScreen[None]):
    """A diff to read; Esc, Enter and q close it."""

    BINDINGS: ClassVar = [Binding("escape,enter,q", "leave", show=False)]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title, self._content, self._lines = title, lines, Lines()

    def compose(self) -> ComposeResult:
        with Vertical(classes="shelf"):
            yield Static(Content(shown(self._title)), classes="question")
            yield self._lines

    def on_mount(self) -> None:
        self._lines.say(self._content)
        self._lines.focus()

    def action_leave(self) -> None:
        self.dismiss(None)
