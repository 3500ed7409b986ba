"""How commands change the text of one editor: in undo steps, and with ghost text that follows.

Which keys and commands change it is in ``editor`` and its other base classes.
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
    """The application: it shows messages and hands out input events."""

    def complain(self, sentence: str) -> None: ...

    def turn_over(self, event: events.Event) -> None: ...


class EditArea(Guarded, GhostArea):
    """Shows one buffer, and changes it; ``Editor`` creates ``ghost``."""

    ghost: Ghost
    others: tuple[Selection, ...] = ()  # selections of the other carets

    class GhostMoved(Message):
        """Ghost text has appeared, changed or disappeared."""

    def __init__(self, buffer: Buffer, options: EditOptions, suffix: str = "") -> None:
        self.options = options
        self._followed = False  # whether ghost text may follow the change in progress
        self._centre_at_first = False  # whether to centre the caret at the first layout
        super().__init__(
            buffer, id=f"editor-{buffer.number}{suffix}", read_only=buffer.file.read_only,
            soft_wrap=False, show_line_numbers=options.line_numbers,
        )  # fmt: skip

    @property
    def host(self) -> Host:
        return cast(Host, self.app)

    @property
    def caret_line(self) -> tuple[int, str, str]:
        """The caret's row, and what its line holds before and after the caret."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        return row, line[:column], line[column:]

    def put(self, text: str, start: Location | None = None) -> Location:
        """Replace the selection by ``text``, in the editor's characters; returns where it ends.

        With ``start``, the replaced part begins there instead.
        """
        first, last = sorted(self.selection)
        result = self.replace(text, start or first, last, maintain_selection_offset=False)
        return result.end_location

    def put_as_step(self, text: str, start: Location, end: Location) -> None:
        """Replace a part of the text as one undo step."""
        self.history.checkpoint()
        self.replace(text, start, end, maintain_selection_offset=False)
        self.history.checkpoint()

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the caret at a line and column, counted from 1, or at the nearest place there is."""
        self.lone()
        self.move_cursor(self.clamp_visitable((max(0, line - 1), max(0, column - 1))))
        if self.size:
            self.call_after_refresh(self.scroll_cursor_visible, center=True)
        else:
            self._centre_at_first = True

    def _size_updated(self, size: Size, *more: Any, **others: Any) -> bool:
        """Called by Textual before it draws, so that the first frame shows the caret's place."""
        changed = super()._size_updated(size, *more, **others)
        if self._centre_at_first and size:
            self._centre_at_first = False
            self.scroll_cursor_visible(center=True, immediate=True)
        return changed

    @property
    def menu_is_open(self) -> bool:
        """Whether the completion menu is open, in place of ghost text."""
        return False

    def lone(self) -> None:
        """Remove all carets but the main one."""

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Within it, a change may be followed by ghost text; call ``ghost.typed`` afterwards."""
        self._followed = True
        try:
            yield
        finally:
            self._followed = False

    def ghost_agrees(self, text: str) -> bool:
        """Whether the ghost text begins with ``text`` and goes on after it."""
        rest = self.buffer.file.inward(self.ghost.text)
        return rest.startswith(text) and len(rest) > len(text)
