"""Split view: one editor, or two side by side. Knows nothing of files."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Horizontal
from textual.widget import Widget


class Panes(Horizontal):
    """Contains all editors; hidden ones take up no space."""

    def __init__(self, *children: Widget, shown: Widget) -> None:
        super().__init__(*children, id="editors")
        for child in children:
            child.display = child is shown

    def show(self, shown: Sequence[Widget]) -> None:
        """Show exactly these editors, in the order in which they are children."""
        visible = [child for child in self.children if child in shown]
        for child in self.children:
            child.display = child in shown
            child.set_class(child in visible[1:], "-beside")
