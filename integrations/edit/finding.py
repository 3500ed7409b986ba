"""The find bar: searches the text in front, goes from match to match, and replaces.

``text.search`` does the searching, in bounded time. Knows the editor, not the app.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.document._document import Selection
from textual.timer import Timer
from textual.widgets import Input, Static

from .buffer import shown
from .dialogs import Field
from .editor import Editor
from .guarding import Guarded
from .text.search import BadPattern, Found, Marks, Places, Query, Span, find, replaced, replacement

MOST_REMEMBERED = 100
AGAIN_SECONDS = 0.3  # from an edit to the next search, however many edits follow
SWITCHES = {"case": "Aa", "word": "W", "regex": ".*"}


class FindBar(Guarded, Vertical):
    """Two lines below the text; ``editor`` returns the editor that is searched."""

    BINDINGS: ClassVar = [
        Binding("escape", "close", "close", key_display="Esc", id="find_close",
                tooltip="Back to the text"),
        Binding("down", "next(1)", "next", key_display="↓", id="find_down",
                tooltip="Next match; Enter does the same"),
        Binding("up", "next(-1)", "previous", key_display="↑", id="find_up",
                tooltip="Previous match"),
        Binding("alt+up", "recall(1)", "older", show=False, key_display="Alt+Up", id="find_older",
                tooltip="Previous search"),
        Binding("alt+down", "recall(-1)", "newer", show=False, key_display="Alt+Down",
                id="find_newer", tooltip="Next search"),
        Binding("alt+c", "switch('case')", "case", key_display="Alt+C", id="find_case",
                tooltip="Match case, or ignore it"),
        Binding("alt+w", "switch('word')", "word", key_display="Alt+W", id="find_word",
                tooltip="Match whole words only, or parts of words too"),
        Binding("alt+r", "switch('regex')", "regex", key_display="Alt+R", id="find_regex",
                tooltip="Search for a regular expression, or for plain text"),
        Binding("alt+a", "replace_all", "replace all", key_display="Alt+A", id="replace_all",
                tooltip="Replace all matches, as one undo step"),
    ]  # fmt: skip

    def __init__(self, editor: Callable[[], Editor]) -> None:
        super().__init__(id="find")
        self.display = False  # at once: hiding it once it is visible moves the focus
        self._editor = editor
        self.query_now = Query("")
        self.found = Found(())
        self._origin = (0, 0)
        self._key: tuple[Any, ...] | None = None
        self._places = Places("")  # of the text that was searched
        self._again: Timer | None = None
        self._history: list[str] = []  # newest first; never saved, ends with the editor
        self._recalled = -1

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Field(placeholder="Find", id="wanted", compact=True)
            yield Static(id="switches")
            yield Static(id="count")
        with Horizontal(id="replacing"):
            yield Field(placeholder="Replace with (Enter: this one, Alt+A: all)", id="by",
                        compact=True)  # fmt: skip

    def open(self, replacing: bool = False) -> None:
        """Show the bar, and search for what is selected."""
        editor = self._editor()
        self.display = True
        self.query_one("#replacing").display = replacing
        self._origin = min(editor.selection)
        wanted = self.query_one("#wanted", Field)
        selected = editor.selected_text
        if selected and "\n" not in selected:
            wanted.value = selected
        self.screen.set_focus(wanted)  # at once: the next key is meant for it
        wanted.select_all()
        self._say()

    def action_close(self) -> None:
        self.display = False
        self._remember()
        self._recalled = -1
        self._editor().mark(None)
        self.screen.set_focus(self._editor())

    def action_recall(self, step: int) -> None:
        """Replace the search text by an older (1) or newer (-1) one."""
        if self._recalled < 0:
            self._remember()
        at = self._recalled + step
        if step > 0 and at == 0 and self._history[:1] == [self.query_now.text]:
            at = 1
        if 0 <= at < len(self._history):
            self._recalled = at
            wanted = self.query_one("#wanted", Field)
            with self.prevent(Input.Changed):
                wanted.value = self._history[at]
            wanted.cursor_position = len(wanted.value)
            self._looked_for(wanted.value)

    def _remember(self) -> None:
        text = self.query_now.text
        if text:
            others = [one for one in self._history if one != text]
            self._history = [text, *others][:MOST_REMEMBERED]

    def action_switch(self, name: str) -> None:
        way: dict[str, Any] = {name: not getattr(self.query_now, name)}
        self.query_now = replace(self.query_now, **way)
        self._look()

    @on(Input.Changed, "#wanted")
    def wanted_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._recalled = -1
        self._looked_for(event.value)

    def _looked_for(self, text: str) -> None:
        self.query_now = replace(self.query_now, text=text)
        self._look()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "by":
            self.replace_one()
        else:
            self.action_next(1)

    def action_next(self, step: int) -> None:
        """Select the next match after the caret, or the previous one before the selection."""
        self._remember()
        if not self._search():
            return
        first, last = sorted(self._editor().selection)
        here = self._places.position(last if step > 0 else first)
        index = self.found.after(here) if step > 0 else self.found.before(here)
        if index is not None and step > 0 and self._is_here(index):  # an empty match
            index = (index + 1) % len(self.found.spans)
        self._select(index)

    def replace_one(self) -> None:
        """Replace the selected match and go to the next; if none is selected, only go there."""
        editor = self._editor()
        if editor.read_only or not self._search():
            return
        first, last = sorted(editor.selection)
        span = self._places.position(first), self._places.position(last)
        if self.found.at(span) is not None and self._put(span, self._replacement(span)):
            self._search()
        self.action_next(1)

    def action_replace_all(self) -> None:
        """Replace all matches, as one undo step."""
        editor = self._editor()
        if editor.read_only or not self.query_now.text:
            return
        by = editor.buffer.file.inward(self.query_one("#by", Field).value)
        try:
            change = replaced(editor.text, self.query_now, by)
        except BadPattern as error:
            self._say(str(error))
            return
        if change is None:
            self._say()
            return
        self._places = Places(editor.text)
        self._put(change[0], change[1])
        self._search()
        self._say(f"{change[2]} replaced")

    def _replacement(self, span: Span) -> str | None:
        editor = self._editor()
        by = editor.buffer.file.inward(self.query_one("#by", Field).value)
        try:
            return replacement(editor.text, self.query_now, span, by)
        except BadPattern as error:
            self._say(str(error))
            return None

    def _put(self, span: Span, text: str | None) -> bool:
        if text is None:
            return False
        start, end = map(self._places.location, span)
        self._editor().put_as_step(text, start, end)
        return True

    def _look(self) -> None:
        """Go to the first match at or after the place where the search began."""
        if not self._search():
            return
        self._select(self.found.after(self._places.position(self._origin)))

    def _search(self) -> bool:
        """Find all matches, unless that was just done; returns whether there are any."""
        editor = self._editor()
        key = (editor.buffer.number, editor.code.version, self.query_now)
        if key != self._key:
            try:
                self.found = find(editor.text, self.query_now)
            except BadPattern as error:
                self.found, self._key = Found(()), None
                editor.mark(None)
                self._say(str(error))
                return False
            self._key, self._places = key, Places(editor.text)
        if self.display:
            editor.mark(Marks(self.found, self._places, editor.code.version))
        self._say()
        return bool(self.found.spans)

    def edited(self) -> None:
        """The text has changed: search it again soon, to mark the matches."""
        if self.display and self.query_now.text and self._again is None:
            self._again = self.set_timer(AGAIN_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._again = None
        editor = self._editor()
        if self.display and self._key != (
            editor.buffer.number, editor.code.version, self.query_now
        ):  # fmt: skip
            self._search()

    def _is_here(self, index: int) -> bool:
        span = tuple(map(self._places.location, self.found.spans[index]))
        return span == tuple(sorted(self._editor().selection))

    def _select(self, index: int | None) -> None:
        if index is None:
            return
        start, end = map(self._places.location, self.found.spans[index])
        editor = self._editor()
        editor.lone()
        editor.selection = Selection(start, end)
        editor.scroll_cursor_visible(center=True)
        self._say(index=index)

    def _say(self, message: str = "", index: int | None = None) -> None:
        on = [mark for name, mark in SWITCHES.items() if getattr(self.query_now, name)]
        self.query_one("#switches", Static).update(Content(" ".join(on)))
        count = f"{len(self.found.spans):,}" + ("" if self.found.whole else "+")
        where = f"{index + 1:,} of " if index is not None else ""
        text = message or (f"{where}{count}" if self.query_now.text else "")
        self.query_one("#count", Static).update(Content(shown(text)))
