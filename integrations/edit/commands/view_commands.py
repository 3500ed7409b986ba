"""Commands for finding, going to places, tabs, the split view, and switching things on and off."""

from __future__ import annotations

import re

from textual import work
from textual.binding import Binding

from ...shared.status import report
from ..dialogs import Prompt
from ..finding import FindBar
from ..status import StatusLine
from ..tabs import OpenFiles
from ..view.area import LONGEST_WRAPPED, MOST_WRAPPED

KEYS = [
    Binding("ctrl+f", "find", "find", id="find", tooltip="Find"),
    Binding("ctrl+r", "replace", "replace", id="replace", show=False, tooltip="Find and replace"),
    Binding("f3", "find_next(1)", "next match", id="find_next", show=False,
            tooltip="Go to the next match"),
    Binding("shift+f3", "find_next(-1)", "previous match", id="find_previous", show=False,
            tooltip="Go to the previous match"),
    Binding("ctrl+g", "go_to", "go to line", id="go_to", show=False, tooltip="Go to a line"),
    Binding("alt+s", "toggle_suggestions", "suggestions", id="suggestions", show=False,
            tooltip="Switch suggestions on or off"),
    Binding("alt+z", "toggle_wrap", "wrap", id="wrap", show=False,
            tooltip="Switch wrapping of long lines on or off"),
    Binding("alt+l", "toggle_numbers", "line numbers", id="line_numbers", show=False,
            tooltip="Show or hide line numbers"),
    Binding("alt+v", "split", "split", id="split", show=False,
            tooltip="Split the view side by side, or join it again"),
    Binding("f6", "other_view", "other side", id="other_view", show=False, priority=True,
            tooltip="Go to the other side of a split view"),
    Binding("ctrl+pagedown", "next_tab(1)", "next file", id="next_tab", show=False,
            tooltip="Go to the next file"),
    Binding("ctrl+pageup", "next_tab(-1)", "previous file", id="previous_tab", show=False,
            tooltip="Go to the previous file"),
]  # fmt: skip


def place_of(text: str) -> tuple[int, int] | None:
    """The line and column, from 1, in a text such as "12" or "12:5"; None for anything else."""
    found = re.fullmatch(r"\s*([0-9]{1,9})\s*(?::\s*([0-9]{0,9})\s*)?", text)
    return None if found is None else (int(found[1]), int(found[2] or 1))


class ViewCommands(OpenFiles):
    """The commands of the app that concern its view."""

    status_line: StatusLine

    _find_bar: FindBar | None = None

    async def find_bar(self) -> FindBar:
        """The find bar, created on first use: the first paint does not wait for it."""
        if self._find_bar is None:
            self._find_bar = FindBar(lambda: self.editor)
            await self.screen_stack[0].mount(self._find_bar, before=self.status_line)
        return self._find_bar

    async def action_find(self) -> None:
        (await self.find_bar()).open()

    async def action_replace(self) -> None:
        (await self.find_bar()).open(replacing=True)

    async def action_find_next(self, step: int) -> None:
        (await self.find_bar()).action_next(step)

    @work
    async def action_go_to(self) -> None:
        answer = await self.push_screen_wait(Prompt("Go to line (or line:column)"))
        place = place_of(answer or "")
        if place is not None:
            self.editor.go_to(*place)
        elif answer:
            self.complain(f"{answer!r} is not a line; write 12 or 12:5.")

    def action_toggle_suggestions(self) -> None:
        self.editor.ghost.clear()
        self.suggester.enable(not self.suggester.enabled)
        self.refresh_status()

    def action_toggle_wrap(self) -> None:
        editor = self.editor
        if not editor.soft_wrap and not editor.can_wrap:
            self.complain(
                f"Only files of up to {MOST_WRAPPED:,} lines of up to {LONGEST_WRAPPED:,} "
                "columns can be wrapped."
            )
            return
        editor.ghost.clear()
        editor.soft_wrap = not editor.soft_wrap

    def action_toggle_numbers(self) -> None:
        self.editor.show_line_numbers = not self.editor.show_line_numbers

    @work
    async def action_split(self) -> None:
        if self._beside is None:
            await self.two_views()
        else:
            await self.one_view()

    def action_other_view(self) -> None:
        self.other_view()

    def action_next_tab(self, step: int) -> None:
        editors = self.editors
        self.show(editors[(editors.index(self.tab_of_front) + step) % len(editors)])

    def action_engine(self) -> None:
        """Show the full report on suggestions."""
        self.notify("\n".join(report(self.suggester)), title="Suggestions", markup=False)
