"""Editors side by side: one is in front, a second one may be beside it. Knows no files."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Horizontal
from textual.widget import Widget


class Panes(Horizontal):
    """All editors are its children; those that are not shown take no room."""

    def __init__(self, *children: Widget, shown: Widget) -> None:
        super().__init__(*children, id="editors")
        for child in children:
            child.display = child is shown

    def show(self, shown: Sequence[Widget]) -> None:
        """Show these, in the order in which they are children."""
        visible = [child for child in self.children if child in shown]
        for child in self.children:
            child.display = child in shown
            child.set_class(child in visible[1:], "-beside")
