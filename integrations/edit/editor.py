"""The editor of one file: what keys do to its text, and when ghost text is shown.

Wires ``keyboard``, ``ghost`` and the commands to the text area of ``ghost_area``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding
from textual.document._document import EditResult, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.message import Message

from ..shared.suggester import Suggester
from . import files, motions, undoing
from .buffer import Buffer, is_tsx
from .commands import carets, completing, ghost_commands, line_commands
from .commands.carets import SeveralCarets, moved
from .commands.completing import Completing
from .commands.keyboard import Keyboard
from .differences import changed_lines
from .files import TextFile
from .ghost import Answer, Ghost
from .margin import Margin
from .settings import EditOptions
from .view.document import Rows
from .view.ghost_area import GhostArea

log = logging.getLogger("codecomplete")

KEYS = [
    Binding("ctrl+@,ctrl+space", "suggest", "suggest", show=False, id="suggest",
            key_display="Ctrl+Space", tooltip="Ask for a suggestion without typing"),
    Binding("shift+tab", "dedent", "dedent", show=False, id="dedent", key_display="Shift+Tab",
            tooltip="Unindent the lines by one level"),
    Binding("ctrl+underscore,ctrl+slash", "comment", "comment", show=False, id="comment",
            key_display="Ctrl+/", tooltip="Comment or uncomment the lines"),
    Binding("escape", "unselect", "unselect", show=False, id="unselect", key_display="Esc",
            tooltip="Clear the selection"),
]  # fmt: skip


# A key that has a binding here loses Textual's; these get it back.
AS_EVER = [
    Binding("up", "cursor_up", show=False),
    Binding("down", "cursor_down", show=False),
    Binding("ctrl+right", "cursor_word_right", show=False),
    Binding("end", "cursor_line_end", show=False),
]


class Editor(SeveralCarets, Completing, Margin):
    """Create with a buffer and the suggester that all editors share."""

    ends_turns = True  # reports itself that a key has been dealt with
    COMMANDS: ClassVar = [*KEYS, *motions.KEYS, *line_commands.KEYS, *carets.KEYS]
    BINDINGS: ClassVar = [
        *completing.KEYS,
        *ghost_commands.KEYS,
        *COMMANDS,
        *motions.SELECTING,
        *AS_EVER,
    ]

    @dataclass
    class Arrived(Message):
        """The worker has answered."""

        answer: Answer

    class Edited(Message):
        """The text has changed."""

    class Entered(Message):
        """The editor has got the focus."""

        def __init__(self, editor: Editor) -> None:
            super().__init__()
            self.editor = editor

    def __init__(
        self,
        buffer: Buffer,
        suggester: Suggester,
        options: EditOptions,
        twin: Editor | None = None,
    ) -> None:
        self.twin: Editor | None = None  # another view of the same text
        self.ghost = Ghost(
            suggester, lambda answer: self.post_message(self.Arrived(answer)),
            self.ghost_changed, self._after_the_next_frame,
        )  # fmt: skip
        self.keyboard = Keyboard(self)
        self._said = False  # whether the user was told that it is read-only
        super().__init__(buffer, options, "" if twin is None else "-twin")
        if twin is not None:
            self.twin, twin.twin = twin, self
            self._share(twin)
        self.set_reactive(GhostArea.soft_wrap, options.soft_wrap and self.can_wrap)
        self.set_reactive(GhostArea.cursor_blink, options.cursor_blink)
        self.set_reactive(GhostArea.indent_width, options.tab_width)

    def on_mount(self) -> None:
        self._opened = self.buffer.file
        self.call_after_refresh(self.colour_by_language)  # the first paint does not wait for it
        if self.twin is None:
            self.call_after_refresh(self._recall_steps)
        self.call_after_refresh(self.ask_git)

    def _after_the_next_frame(self, call: Callable[[], object]) -> None:
        if not self.is_mounted or not self.call_after_refresh(call):
            call()

    def colour_by_language(self) -> None:
        self.colour("tsx" if is_tsx(self.buffer.file.path) else self.buffer.language)

    # Two views of one text

    def _share(self, other: Editor) -> None:
        """Show the other's text, with one undo history for both."""
        self.document, self.history = other.document, other.history
        self.wrapped_document = Rows(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.set_reactive(GhostArea.read_only, other.read_only)
        self._changed_elsewhere()

    def _changed_elsewhere(self) -> None:
        """The other view has changed the text."""
        self.ghost.clear()
        self.wrapped_document.wrap(self.wrap_width, self.indent_width)
        self.lone()
        self.selection = Selection(*map(self.clamp_visitable, self.selection))
        self._refresh_size()
        self._line_cache.clear()
        self.refresh()

    def part(self) -> None:
        """Separate the two views: one of them is about to close."""
        twin, self.twin = self.twin, None
        if twin is not None:
            twin.twin = None

    def edit(self, edit: Edit) -> EditResult:
        places = () if self.twin is None else tuple(self.twin.selection)
        result = super().edit(edit)
        if self.twin is not None:
            moves = (moved(place, edit, result.end_location) for place in places)
            self.twin.selection = Selection(*map(self.clamp_visitable, moves))
        return result

    def load_text(self, text: str) -> None:
        super().load_text(text)
        if self.twin is not None:
            self.twin._share(self)

    # The file

    def saved(self, file: TextFile) -> None:
        """The text was saved as ``file``; a new name may mean another language."""
        before = self.buffer.language, is_tsx(self.buffer.file.path)
        self.buffer.saved(file)
        self.read_only = file.read_only
        self.ask_git()
        if before != (self.buffer.language, is_tsx(file.path)):
            self.colour_by_language()

    def keep_steps(self) -> None:
        """Before the text is closed: save its undo history for the next time."""
        if not self.options.keep_undo or self.buffer.is_modified(self.text):
            return
        try:
            steps = undoing.packed(self.text, self.history.undo_stack)
            files.undo.keep(self.buffer.file, steps)
        except Exception as error:  # nothing may delay the end
            log.error("what can be undone could not be kept", exc_info=error)

    def _recall_steps(self) -> None:
        """Put the undo history that was saved for exactly this text before the steps made since."""
        data = files.undo.recall(self._opened) if self.options.keep_undo else None
        if data is None:
            return
        try:
            steps = undoing.unpacked(data)
        except undoing.Unreadable as error:
            log.warning("what could be undone cannot be read", exc_info=error)
            return
        room = self.history.max_checkpoints - len(self.history.undo_stack)
        self.history._undo_stack.extendleft(reversed(steps[-room:] if room > 0 else []))

    def take(self, file: TextFile) -> None:
        """Show the file as it was just read; undo brings the old text back, if it can."""
        file = files.alike(file, self.buffer.file)
        same = file.block == self.buffer.file.block
        self.buffer.saved(file)
        self._become(file.text, same)

    def restore(self, file: TextFile) -> None:
        """Show unsaved work of an earlier session; undo brings the old text back, if it can."""
        file = files.alike(file, self.buffer.file)
        same = file.block == self.buffer.file.block
        self._become(self.buffer.restored(file), same)

    def _become(self, text: str, undoable: bool) -> None:
        """Show another text, with the caret where it was; if ``undoable``, as one undo step."""
        self.lone()
        place = self.cursor_location
        if undoable:
            self._change_lines(text.split("\n"))
        else:  # its private code points have another meaning
            self.load_text(text)
        self.move_cursor(self.clamp_visitable(place))
        self.colour_by_language()

    def _change_lines(self, new: list[str]) -> None:
        old = self.document.lines
        top, old_end, new_end = changed_lines(old, new)
        if top == old_end == new_end:
            return
        if top in (old_end, new_end):  # whole lines come or go: their line ends do, too
            top, old_end, new_end = _with_neighbour(top, old_end, new_end, len(old), len(new))
        self.put_as_step(
            "\n".join(new[top:new_end]), (top, 0), (old_end - 1, len(old[old_end - 1]))
        )

    # Events

    async def _on_key(self, event: events.Key) -> None:
        """In place of Textual's own: each class of a widget handles a key unless prevented.

        Keys that run a command do not come here.
        """
        event.prevent_default()
        event.stop()
        try:
            self._pressed(event)
        finally:
            self.host.turn_over(event)

    def _pressed(self, event: events.Key) -> None:
        self._restart_blink()
        press = self._press(event)
        if press is not None and self.read_only:
            self._say_why_not()
        if press is None or self.read_only:
            return
        with self.followed():
            paired = self.each(press, joins=event.is_printable)
        self.menu_follows()
        self.ghost.typed(self.snapshot(), bool(paired))

    def _say_why_not(self) -> None:
        """Tell the user, once, why typing does nothing."""
        if not self._said:
            self._said = True
            self.host.complain("The file is read-only; “Edit anyway” in the palette changes that.")

    def _press(self, event: events.Key) -> Callable[[], bool | None] | None:
        """A function that does what a key does to the text; None if it does nothing."""
        if event.key in ("enter", "tab"):
            return self.keyboard.enter if event.key == "enter" else self.keyboard.tab
        if "+" in event.key or not event.is_printable or event.character is None:
            return None
        character = self.buffer.file.inward(event.character)
        return lambda: self.keyboard.character(character)

    def action_delete_left(self) -> None:
        """Delete; the ghost text disappears in the same frame, and a new one is requested."""
        if self.read_only:
            return
        with self.followed():
            if self.others or not self.keyboard.backspace():
                super().action_delete_left()
        self.ghost.typed(self.snapshot())

    def check_action(self, action: str, parameters: tuple[Any, ...]) -> bool | None:
        """Keys for the menu and for ghost text do what they usually do while there is none."""
        if action.startswith("menu_"):
            return self.menu_is_open
        return super().check_action(action, parameters)

    def update_suggestion(self) -> None:
        """Called by Textual after every change of the text, undo and redo among them."""
        if not self._followed:
            self.ghost.clear()
        if self.twin is not None and self.twin.document is self.document:
            self.twin._changed_elsewhere()
        self.text_moved()
        self.post_message(self.Edited())

    def watch_selection(self, before: Selection, after: Selection) -> None:
        if before != after and not self._followed:
            self.ghost.clear()

    def on_focus(self) -> None:
        self.post_message(self.Entered(self))

    def on_blur(self) -> None:
        self.ghost.clear()

    def on_editor_arrived(self, message: Arrived) -> None:
        message.stop()
        if self.has_focus:
            self.ghost.answered(message.answer)


def _with_neighbour(
    top: int, old_end: int, new_end: int, old: int, new: int
) -> tuple[int, int, int]:
    """One line more, so that both sides have at least one line to replace."""
    if top:
        return top - 1, old_end, new_end
    return top, min(old, old_end + 1), min(new, new_end + 1)
