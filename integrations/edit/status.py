"""The last two rows: where the caret is and how the file and the engine are doing; which keys act.

Knows what to say, not when: the app calls ``say``.
"""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ..suggester import State, Suggester
from .buffer import shown
from .editor import Editor

LINE_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def position(editor: Editor) -> str:
    """Line and column of the caret, counted from 1, and how much is selected."""
    row, column = editor.cursor_location
    selected = "" if editor.selection.is_empty else f" ({len(editor.selected_text)} selected)"
    return f"Ln {row + 1}, Col {column + 1}{selected}"


def form(editor: Editor) -> str:
    """Language, indentation, encoding and line ends."""
    buffer = editor.buffer
    file = buffer.file
    unit = "tabs" if buffer.unit == "\t" else f"{len(buffer.unit)} spaces"
    encoding = file.encoding + (" BOM" if file.bom else "")
    ends = LINE_ENDS[file.line_end] + (" mixed" if file.mixed else "")
    return "  ".join([buffer.language or "text", unit, encoding, ends])


def engine(suggester: Suggester, editor: Editor) -> str:
    """What the engine does, and how long its last suggestion took."""
    if (editor.buffer.language or "text") in editor.options.languages_off:
        return "suggestions: not in this language"
    state, counts = suggester.state, suggester.statistics
    last = f" {counts.last_ms:.0f} ms" if counts.requests else ""
    if state is State.FAILED:
        return "suggestions: failed"
    return f"suggestions: {state.value}{last if state in (State.IDLE, State.BUSY) else ''}"


class StatusLine(Static):
    """One row of facts."""

    def say(self, editor: Editor, suggester: Suggester) -> None:
        left = [shown(str(editor.buffer.file.path or editor.buffer.name))]
        left += ["modified"] * editor.buffer.is_modified(editor.text)
        left += ["read-only"] * editor.read_only
        right = [position(editor), form(editor), engine(suggester, editor)]
        text = "  ".join(left), "  ".join(right)
        gap = max(2, self.size.width - sum(map(len, text)))
        self.update(Content(text[0] + " " * gap + text[1]))


class KeyBar(Widget):
    """The keys that act just now; Textual's own footer mounts widgets anew each time they change.

    A key is here exactly while its action is enabled.
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda screen: self.refresh())

    def render(self) -> RenderResult:
        parts: list[tuple[str, str]] = []
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.description:
                if any(label == f" {binding.description}  " for label, _ in parts):
                    continue
                parts += [(self.app.get_key_display(binding), "bold $accent")]
                parts += [(f" {binding.description}  ", "")]
        return Content.assemble(*parts)
