"""How commands change the text of one editor: in steps of undo, and with ghost text that follows.

What keys, the mouse and commands do with them is in ``editor`` and the classes it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, cast

from textual import events
from textual.document._document import Location, Selection
from textual.geometry import Size
from textual.message import Message

from .buffer import Buffer
from .ghost import Ghost
from .guarding import Guarded
from .settings import EditOptions
from .view.ghost_area import GhostArea


class Host(Protocol):
    """The application, which has a place for what must be said, and gives out keys."""

    def complain(self, sentence: str) -> None: ...

    def turn_over(self, event: events.Event) -> None: ...


class EditArea(Guarded, GhostArea):
    """Shows one buffer, and changes it; ``ghost`` is the editor's to make."""

    ghost: Ghost
    others: tuple[Selection, ...] = ()  # where there are other carets

    class GhostMoved(Message):
        """Ghost text has appeared, changed or gone."""

    def __init__(self, buffer: Buffer, options: EditOptions, suffix: str = "") -> None:
        self.options = options
        self._followed = False  # a change is in progress that ghost text may go on after
        self._centre_at_first = False  # the caret, as soon as there is a place for it
        super().__init__(
            buffer, id=f"editor-{buffer.number}{suffix}", read_only=buffer.file.read_only,
            soft_wrap=False, show_line_numbers=options.line_numbers,
        )  # fmt: skip

    @property
    def host(self) -> Host:
        return cast(Host, self.app)

    @property
    def caret_line(self) -> tuple[int, str, str]:
        """Row of the caret, and the line before and after it."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        return row, line[:column], line[column:]

    def put(self, text: str, start: Location | None = None) -> Location:
        """Put ``text``, in the editor's characters, for what is selected; returns its end.

        With ``start`` it also takes the place of what stands between that and the caret.
        """
        first, last = sorted(self.selection)
        result = self.replace(text, start or first, last, maintain_selection_offset=False)
        return result.end_location

    def put_as_step(self, text: str, start: Location, end: Location) -> None:
        """Replace a part of the text in one step of undo."""
        self.history.checkpoint()
        self.replace(text, start, end, maintain_selection_offset=False)
        self.history.checkpoint()

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the caret at a place counted from 1, or as near to it as there is text."""
        self.lone()
        self.move_cursor(self.clamp_visitable((max(0, line - 1), max(0, column - 1))))
        if self.size:
            self.call_after_refresh(self.scroll_cursor_visible, center=True)
        else:
            self._centre_at_first = True

    def _size_updated(self, size: Size, *more: Any, **others: Any) -> bool:
        """Called by Textual before it draws: the first frame shows the place to go to."""
        changed = super()._size_updated(size, *more, **others)
        if self._centre_at_first and size:
            self._centre_at_first = False
            self.scroll_cursor_visible(center=True, immediate=True)
        return changed

    @property
    def menu_is_open(self) -> bool:
        """Whether a menu takes the place of ghost text."""
        return False

    def lone(self) -> None:
        """Only the main caret is left."""

    @contextmanager
    def followed(self) -> Iterator[None]:
        """A change that ghost text may go on after; ``ghost.typed`` is called after it."""
        self._followed = True
        try:
            yield
        finally:
            self._followed = False

    def ghost_agrees(self, text: str) -> bool:
        """Whether the ghost text begins with ``text`` and goes on after it."""
        rest = self.buffer.file.inward(self.ghost.text)
        return rest.startswith(text) and len(rest) > len(text)
