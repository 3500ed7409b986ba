"""Keys of the completion menu while it is open; changes and diagnostics from language servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.binding import Binding
from textual.document._edit import Edit

from ..edit_area import EditArea
from ..menu import Menu
from ..server.client import Change, Diagnostic

KEYS = [
    Binding("down", "menu_step(1)", priority=True, show=False, id="menu_down",
            tooltip="Next completion"),
    Binding("up", "menu_step(-1)", priority=True, show=False, id="menu_up",
            tooltip="Previous completion"),
    Binding("tab,enter", "menu_take", "take", priority=True, id="menu_take", key_display="Tab",
            tooltip="Insert the completion"),
    Binding("escape", "menu_leave", priority=True, show=False, id="menu_leave",
            tooltip="Close the menu"),
]  # fmt: skip


class Completing(EditArea):
    """Mixin for ``Editor``: the completion menu and a server's answers."""

    menu: Menu | None = None
    diagnostics: Sequence[Diagnostic] = ()

    @property
    def menu_is_open(self) -> bool:
        return self.menu is not None and self.menu.is_open

    def menu_follows(self) -> None:
        """Narrow the menu by what was typed; close it after anything else."""
        menu = self.menu
        if menu is None or not menu.is_open:
            return
        row, before, _ = self.caret_line
        top, left = menu.start
        typed = before[left:]
        if row != top or len(before) < left or not (typed.isidentifier() or not typed):
            menu.close()
        else:
            menu.narrow(typed)
        if not menu.is_open:
            self.refresh_bindings()

    def action_menu_step(self, step: int) -> None:
        if self.menu is not None:
            self.menu.step(step)

    def action_menu_leave(self) -> None:
        if self.menu is not None:
            self.menu.close()
            self.refresh_bindings()

    def action_menu_take(self) -> None:
        self.menu_follows()
        item = self.menu.chosen if self.menu is not None else None
        if item is not None:
            change = Change(item.change.start, self.cursor_location, item.change.text)
            self.action_menu_leave()
            self.change_all([change, *item.more])

    def change_all(self, changes: Sequence[Change]) -> None:
        """Make changes that do not overlap, as one undo step; the caret goes after the first."""
        inward = self.buffer.file.inward
        stack, edits = self.history._undo_stack, list[Edit]()
        last = stack[-1] if stack else None
        self.history.checkpoint()
        for change in sorted(changes, key=lambda one: one.start, reverse=True):
            main = change is changes[0]
            self.replace(
                inward(change.text), *map(self.clamp_visitable, (change.start, change.end)),
                maintain_selection_offset=not main,
            )  # fmt: skip
        while stack and stack[-1] is not last:
            edits[:0] = stack.pop()
        if edits:
            stack.append(edits)
        self.history.checkpoint()

    def diagnostic_here(self) -> Diagnostic | None:
        """The first diagnostic that begins in the caret's line."""
        row = self.cursor_location[0]
        return next((one for one in self.diagnostics if one.start[0] == row), None)

    def action_next_diagnostic(self) -> None:
        """Go to the next problem; after the last, to the first."""
        places = sorted({one.start for one in self.diagnostics})
        here = self.cursor_location
        after = next((place for place in places if place > here), None)
        target: Any = after or next(iter(places), None)
        if target is None:
            self.host.complain("No language server reports a problem here.")
        else:
            self.go_to(target[0] + 1, target[1] + 1)
