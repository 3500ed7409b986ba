"""Commands for ghost text, and where there may be any; ``ghost`` decides which text it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.binding import Binding

from codecomplete.engine import Suggestion

from ...shared.snapshot import Snapshot
from ..edit_area import EditArea
from ..text.pairing import swallowed
from ..text.surroundings import around

PARTS: dict[str, Callable[[str], str]] = {
    "all": lambda text: text,
    "word": lambda text: Suggestion(text).first_word(),
    "hump": lambda text: Suggestion(text).first_hump(),
    "line": lambda text: Suggestion(text).first_line(),
}


def _key(key: str, action: str, label: str, name: str, display: str, **more: Any) -> Binding:
    return Binding(
        key, action, label, priority=True, id=f"ghost_{name}", key_display=display, **more
    )


KEYS = [
    _key("tab", "accept('all')", "accept", "accept", "Tab", tooltip="Accept all of it"),
    _key("ctrl+right", "accept('word')", "word", "word", "Ctrl+→",
         tooltip="Accept the next name, number or run of punctuation"),
    _key("alt+right", "accept('hump')", "hump", "hump", "Alt+→", show=False,
         tooltip="Accept the next part of a name: get_ in get_value, max in maxValue"),
    _key("shift+tab,end", "accept('line')", "line", "line", "End",
         tooltip="Accept the first line"),
    _key("alt+right_square_bracket", "cycle(1)", "next", "next", "Alt+]",
         tooltip="Show the next alternative"),
    _key("alt+left_square_bracket", "cycle(-1)", "previous", "previous", "Alt+[", show=False,
         tooltip="Show the previous alternative"),
    _key("escape", "dismiss", "dismiss", "dismiss", "Esc",
         tooltip="Dismiss it until the next edit"),
    _key("shift+delete", "forbid", "never", "never", "Shift+Del", show=False,
         tooltip="Never suggest this again"),
]  # fmt: skip


class GhostCommands(EditArea):
    """Mixin for ``Editor``: ghost text."""

    def snapshot(self) -> Snapshot | None:
        """The text around the caret, for the model; None where nothing may be suggested."""
        name = self.buffer.language or "text"
        if self.buffer.is_private or self.menu_is_open:
            return None
        if self.read_only or not self.selection.is_empty or name in self.options.languages_off:
            return None
        before, after = around(self.document.lines, *self.cursor_location)
        outward = self.buffer.file.outward
        return Snapshot(
            outward(before), outward(after), self.buffer.language, self.buffer.number,
            path=self.buffer.path, indentation=self.buffer.indentation,
        )  # fmt: skip

    def check_action(self, action: str, parameters: tuple[Any, ...]) -> bool | None:
        """Keys for ghost text do what they usually do while there is none."""
        if action in ("accept", "cycle", "dismiss", "forbid"):
            return bool(self.ghost_text)
        return True

    def action_accept(self, part: str) -> None:
        """Insert the ghost text or the ``part`` of it that PARTS names, as one undo step."""
        text = PARTS[part](self.ghost.text)
        row, before, after = self.caret_line
        over = swallowed(text, after)
        self.ghost.accepted(text)
        with self.followed():
            start, end = (row, len(before)), (row, len(before) + over)
            self.put_as_step(self.buffer.file.inward(text), start, end)
        self.ghost.typed(self.snapshot(), paired=bool(over))

    def action_cycle(self, step: int) -> None:
        self.ghost.cycle(step)

    def action_dismiss(self) -> None:
        self.ghost.clear()

    def action_forbid(self) -> None:
        if not self.ghost.forbid():
            self.host.complain("This cannot be remembered: the state folder cannot be written to.")

    def action_suggest(self) -> None:
        """Ask for a suggestion without typing."""
        snapshot = self.snapshot()
        if snapshot is not None:
            self.ghost.ask(snapshot)

    def ghost_changed(self) -> None:
        """Draw the ghost text as it is now."""
        file = self.buffer.file
        text = file.visible(file.inward(self.ghost.text))
        over = swallowed(self.ghost.text, self.caret_line[2]) if text else 0
        appears = bool(text) != bool(self.ghost_text)
        self.draw_ghost(text, self.ghost.place, over)
        if appears:
            self.refresh_bindings()
        self.post_message(self.GhostMoved())
