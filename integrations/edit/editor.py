"""The editor of one file: what keys, the mouse and the clipboard do, and when there is ghost text.

Wires ``keyboard``, ``ghost`` and the pure modules to the text area of ``area``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.document._document import Location, Selection
from textual.message import Message

from .. import parts
from ..suggester import Snapshot, Suggester
from . import comments
from .area import CodeArea
from .buffer import Buffer, is_tsx
from .files import TextFile
from .ghost import Answer, Ghost
from .indenting import indented, outdented
from .keyboard import Keyboard
from .pairing import swallowed
from .settings import EditOptions
from .surroundings import around

PARTS: dict[str, Callable[[str], str]] = {
    "all": lambda text: text, "word": parts.first_token, "line": parts.first_line,
}  # fmt: skip


def _ghost_key(key: str, action: str, label: str, name: str, **more) -> Binding:
    return Binding(key, action, label, priority=True, id=f"ghost_{name}", **more)


class Editor(CodeArea):
    """Create with a buffer and the suggester that all editors share."""

    BINDINGS = [  # noqa: RUF012 - Textual's own way
        _ghost_key("tab", "accept('all')", "accept", "accept", key_display="Tab"),
        _ghost_key("ctrl+right", "accept('word')", "word", "word", key_display="Ctrl+→"),
        _ghost_key("shift+tab,end", "accept('line')", "line", "line", key_display="End"),
        _ghost_key("alt+right_square_bracket", "cycle(1)", "next", "next", key_display="Alt+]"),
        _ghost_key("alt+left_square_bracket", "cycle(-1)", "previous", "previous", show=False),
        _ghost_key("escape", "dismiss", "dismiss", "dismiss", key_display="Esc"),
        Binding("ctrl+@,ctrl+space", "suggest", "suggest", show=False, id="suggest"),
        Binding("shift+tab", "dedent", "dedent", show=False, id="dedent"),
        Binding("ctrl+underscore,ctrl+slash", "comment", "comment", show=False, id="comment"),
        Binding("escape", "unselect", "unselect", show=False, id="unselect"),
    ]

    @dataclass
    class Arrived(Message):
        """The worker has answered."""

        answer: Answer

    class Edited(Message):
        """The text is another one."""

    class GhostMoved(Message):
        """Ghost text has appeared, changed or gone."""

    def __init__(self, buffer: Buffer, suggester: Suggester, options: EditOptions) -> None:
        self.options = options
        self.warned = None  # of which state of the file the user knows that it is not on the disk
        self._follows = False  # a change is in progress that ghost text may follow
        self.ghost = Ghost(suggester, lambda answer: self.post_message(self.Arrived(answer)),
                           self._ghost_changed)  # fmt: skip
        self.keyboard = Keyboard(self)
        super().__init__(
            buffer, id=f"editor-{buffer.number}", read_only=buffer.file.read_only,
            soft_wrap=options.soft_wrap, show_line_numbers=options.line_numbers,
        )  # fmt: skip
        self.set_reactive(CodeArea.cursor_blink, options.cursor_blink)
        self.set_reactive(CodeArea.indent_width, options.tab_width)

    # What keyboard and search do to the text

    @property
    def caret_line(self) -> tuple[int, str, str]:
        """Row of the caret, and the line before and behind it."""
        row, column = self.cursor_location
        line = self.document.get_line(row)
        return row, line[:column], line[column:]

    def put(self, text: str, start: Location | None = None) -> Location:
        """Put ``text``, in the editor's characters, for what is selected; returns its end.

        With ``start`` it also takes the place of what stands between that and the caret.
        """
        first, last = sorted(self.selection)
        return self.replace(
            text, start or first, last, maintain_selection_offset=False
        ).end_location  # fmt: skip

    def put_as_step(self, text: str, start: Location, end: Location) -> None:
        """Replace a part of the text, in the editor's characters, in one step of undo."""
        with self._own_step():
            self.replace(text, start, end, maintain_selection_offset=False)

    def back(self, count: int) -> None:
        """Move the caret left within its line."""
        row, column = self.cursor_location
        self.move_cursor((row, column - count))

    def ghost_agrees(self, text: str) -> bool:
        """Whether the ghost text begins with ``text`` and goes on behind it."""
        rest = self.buffer.file.inward(self.ghost.text)
        return rest.startswith(text) and len(rest) > len(text)

    def change_rows(self, change: Callable[[Sequence[str]], Sequence[str] | None]) -> bool:
        """Change the lines of the caret or the selection in one step; False if it cannot."""
        if self.read_only:
            return False
        (top, left), (bottom, right) = sorted(self.selection)
        bottom -= bottom > top and right == 0
        old = self.document.lines[top : bottom + 1]
        new = change(old)
        if new is None or list(new) == list(old):
            return new is not None
        start, end = self.selection
        with self._own_step():
            self.replace("\n".join(new), (top, 0), (bottom, len(old[-1])))
        shifted = {top + i: len(line) - len(old[i]) for i, line in enumerate(new)}
        self.selection = Selection(_shifted(start, shifted), _shifted(end, shifted))
        return True

    # The file

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the caret at a place counted from 1, or as near to it as there is text."""
        self.move_cursor(self.clamp_visitable((max(0, line - 1), max(0, column - 1))), center=True)

    def saved(self, file: TextFile) -> None:
        """The text was saved as ``file``; a new name can be another language."""
        before = self.buffer.language, is_tsx(self.buffer.file.path)
        self.buffer.saved(file)
        self.read_only = file.read_only
        if before != (self.buffer.language, is_tsx(file.path)):
            self.colour_by_language()

    def take(self, file: TextFile) -> None:
        """Show the file as it was just read, and forget what was done to it."""
        place = self.cursor_location
        self.buffer.saved(file)
        self.load_text(file.text)
        self.move_cursor(self.clamp_visitable(place))
        self.colour_by_language()

    def restore(self, file: TextFile) -> None:
        """Go on with unsaved work of an earlier session."""
        self.load_text(self.buffer.restored(file))
        self.colour_by_language()

    # Keys and clipboard

    async def _on_key(self, event: events.Key) -> None:
        """In place of Textual's own: every class of an object handles a key unless prevented."""
        event.prevent_default()
        self._restart_blink()
        press = None if self.read_only else self._press(event)
        if press is None:
            return
        event.stop()
        with self._typing():
            paired = press()
        self.ghost.typed(self.snapshot(), bool(paired))

    def _press(self, event: events.Key) -> Callable[[], bool | None] | None:
        """What a key does to the text, if anything."""
        if event.key in ("enter", "tab"):
            return self.keyboard.enter if event.key == "enter" else self.keyboard.tab
        if "+" in event.key or not event.is_printable:
            return None
        character = self.buffer.file.inward(event.character)
        return lambda: self.keyboard.character(character)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._paste(event.text)

    def action_paste(self) -> None:
        self._paste(self.app.clipboard)

    def _paste(self, text: str) -> None:
        if not self.read_only and text:
            with self._own_step():
                self.put(self.buffer.file.inward(text))

    def action_copy(self) -> None:
        if self.selection.is_empty:
            super().action_copy()
        self.app.copy_to_clipboard(self.buffer.file.outward(self.selected_text))

    def action_cut(self) -> None:
        if self.read_only:
            return
        cut = self._delete_cursor_line() if self.selection.is_empty else self.delete(*self.selection)
        if cut is not None:
            self.app.copy_to_clipboard(self.buffer.file.outward(cut.replaced_text))

    def action_delete_left(self) -> None:
        if self.read_only or not self.keyboard.backspace():
            super().action_delete_left()

    def action_indent(self) -> None:
        self.change_rows(lambda lines: [indented(line, self.buffer.unit) for line in lines])

    def action_dedent(self) -> None:
        self.change_rows(lambda lines: [outdented(line, self.buffer.unit) for line in lines])

    def action_comment(self) -> None:
        if not self.change_rows(lambda lines: comments.toggled(lines, self.buffer.language)):
            self.notify("This language has no comments.", severity="warning")

    def action_unselect(self) -> None:
        self.selection = Selection.cursor(self.cursor_location)

    # Ghost text

    def snapshot(self) -> Snapshot | None:
        """What the model is asked for; None where nothing may be suggested."""
        name = self.buffer.language or "text"
        if self.read_only or not self.selection.is_empty or name in self.options.languages_off:
            return None
        before, after = around(self.document.lines, *self.cursor_location)
        outward = self.buffer.file.outward
        return Snapshot(
            outward(before), outward(after), self.buffer.language, self.buffer.number,
            path=self.buffer.path,
        )  # fmt: skip

    def check_action(self, action: str, parameters: tuple) -> bool | None:
        """Keys for ghost text do what they always did while there is none."""
        if action in ("accept", "cycle", "dismiss"):
            return bool(self.ghost_text)
        return super().check_action(action, parameters)

    def action_accept(self, part: str) -> None:
        text = PARTS[part](self.ghost.text)
        row, column = self.cursor_location
        over = swallowed(text, self.caret_line[2])
        self.ghost.accepted(text)
        with self._typing(), self._own_step():
            self.replace(
                self.buffer.file.inward(text), (row, column), (row, column + over),
                maintain_selection_offset=False,
            )  # fmt: skip
        self.ghost.typed(self.snapshot(), paired=bool(over))

    def action_cycle(self, step: int) -> None:
        self.ghost.cycle(step)

    def action_dismiss(self) -> None:
        self.ghost.clear()

    def action_suggest(self) -> None:
        snapshot = self.snapshot()
        if snapshot is not None:
            self.ghost.ask(snapshot)

    def update_suggestion(self) -> None:
        """Called by Textual after every change of the text, undo and redo among them."""
        if not self._follows:
            self.ghost.clear()
        self.post_message(self.Edited())

    def watch_selection(self, before: Selection, after: Selection) -> None:
        if before != after and not self._follows:
            self.ghost.clear()

    def on_blur(self) -> None:
        self.ghost.clear()

    def on_editor_arrived(self, message: Arrived) -> None:
        message.stop()
        if self.has_focus:
            self.ghost.answered(message.answer)

    def _ghost_changed(self) -> None:
        file = self.buffer.file
        text = file.visible(file.inward(self.ghost.text))
        over = swallowed(self.ghost.text, self.caret_line[2]) if text else 0
        appears = bool(text) != bool(self.ghost_text)
        self.draw_ghost(text, self.ghost.place, over)
        if appears:
            self.refresh_bindings()
        self.post_message(self.GhostMoved())

    @contextmanager
    def _typing(self) -> Iterator[None]:
        """A change that the ghost text may go on behind."""
        self._follows = True
        try:
            yield
        finally:
            self._follows = False

    @contextmanager
    def _own_step(self) -> Iterator[None]:
        """A change that is undone by itself."""
        self.history.checkpoint()
        yield
        self.history.checkpoint()

    def on_mount(self) -> None:
        self.call_after_refresh(self.colour_by_language)  # the first paint does not wait for it

    def colour_by_language(self) -> None:
        self.colour("tsx" if is_tsx(self.buffer.file.path) else self.buffer.language)


def _shifted(location: Location, by_row: dict[int, int]) -> Location:
    row, column = location
    return row, max(0, column + by_row.get(row, 0)) if column else 0
