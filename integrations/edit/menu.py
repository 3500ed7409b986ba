"""The completion menu at the caret: drawn over the text, driven by the editor's keys.

The caller gives the items in order; typing on narrows them.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Offset, Size
from textual.widgets import OptionList

from .buffer import shown
from .guarding import Guarded
from .server.client import Item

MOST_ROWS = 8
MOST_ITEMS = 200
WIDTH = 44  # cells at most
MARGIN = 3  # cells beside the longest item, for its margins and the scrollbar


class Menu(Guarded, OptionList):
    """The menu; it is open while it has items that match."""

    can_focus = False

    def __init__(self) -> None:
        super().__init__(id="menu", compact=True)
        self._items: list[Item] = []
        self._offered: list[Item] = []
        self.display = False

    @property
    def is_open(self) -> bool:
        return bool(self._offered)

    @property
    def start(self) -> tuple[int, int]:
        """Where the text to complete begins, as (row, column)."""
        return self._items[0].change.start

    @property
    def chosen(self) -> Item | None:
        index = self.highlighted
        return None if index is None or index >= len(self._offered) else self._offered[index]

    def open(self, items: Sequence[Item], typed: str, caret: Offset, room: Size) -> None:
        """Show the items that begin with ``typed``, below the caret or, without room there,
        above."""
        self._items = list(items[:MOST_ITEMS])
        self.narrow(typed)
        rows = min(MOST_ROWS, len(self._offered))
        below = caret.y + 1 + rows <= room.height
        y = caret.y + 1 if below else max(0, caret.y - rows)
        wide = max((len(one.label) for one in self._offered), default=0) + MARGIN
        width = min(WIDTH, room.width, wide)
        self.styles.width = width
        self.styles.offset = (max(0, min(caret.x - len(typed), room.width - width)), y)

    def narrow(self, typed: str) -> None:
        """Keep only the items that begin with ``typed``."""
        offered = [one for one in self._items if one.name.startswith(typed)]
        if offered != self._offered:
            self._offered = offered
            self.set_options(Content(shown(one.label)) for one in offered)
            self.highlighted = 0 if offered else None
        self.display = bool(offered)

    def step(self, step: int) -> None:
        if self._offered:
            self.highlighted = ((self.highlighted or 0) + step) % len(self._offered)

    def close(self) -> None:
        self._items, self._offered = [], []
        self.display = False
