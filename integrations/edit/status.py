"""The last two rows: the status line (caret, file, engine), and the bar of keys that work now.

Knows what to show, not when: the app calls ``StatusLine.say``.
"""

from __future__ import annotations

from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ..shared.suggester import State, Suggester
from .buffer import shown
from .editor import Editor
from .guarding import Guarded
from .paths import Paths

LINE_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def position(editor: Editor) -> str:
    """Line and column of the caret, from 1, and how many characters are selected or carets set."""
    row, column = editor.cursor_location
    selected = "" if editor.selection.is_empty else f" ({len(editor.selected_text)} selected)"
    several = f" ({len(editor.others) + 1} carets)" if editor.others else ""
    return f"Ln {row + 1}, Col {column + 1}{several or selected}"


def form(editor: Editor) -> list[str]:
    """Language, indentation, encoding and line ends."""
    buffer = editor.buffer
    file = buffer.file
    unit = "tabs" if buffer.unit == "\t" else f"{len(buffer.unit)} spaces"
    encoding = file.encoding + (" BOM" if file.bom else "")
    ends = LINE_ENDS[file.line_end] + (" mixed" if file.mixed else "")
    return [buffer.language or "text", unit, encoding, ends]


def engine(suggester: Suggester, editor: Editor) -> str:
    """The engine's state, and how long its last suggestion took; "off here" for languages_off."""
    if (editor.buffer.language or "text") in editor.options.languages_off:
        return "off here"
    state, counts = suggester.state, suggester.statistics
    if state in (State.IDLE, State.BUSY) and counts.requests:
        return f"{state.value} {counts.last_ms:.0f} ms"
    return state.value


def fitting(parts: list[str], less: list[str], room: int) -> str:
    """The parts in order, joined; if they need more than ``room`` cells, those in ``less`` are left
    out, one after the other."""
    left = list(parts)
    for one in less:
        if len("  ".join(left)) <= room:
            break
        left.remove(one)
    return "  ".join(left)


NAME_CELLS = 20  # of a file's name that are shown before any part that can be left out

ORDER = {
    binding.id: index
    for index, binding in enumerate(Editor.BINDINGS)
    if isinstance(binding, Binding)
}


class StatusLine(Guarded, Static):
    """The status line; ``paths`` shortens the file's name."""

    def __init__(self, paths: Paths) -> None:
        super().__init__(id="status")
        self._paths = paths

    def say(self, editor: Editor, suggester: Suggester) -> None:
        marks = ["modified"] * editor.buffer.is_modified(editor.text)
        marks += ["read-only"] * editor.read_only
        errors = sum(one.kind == "error" for one in editor.diagnostics)
        marks += [f"{errors} error" + "s" * (errors > 1)] * bool(errors)
        marks += ["long lines: no colours"] * editor.has_long_lines
        wrong = editor.diagnostic_here()
        left = shown(self._paths.shown(editor.buffer.file.path) or editor.buffer.name)
        name = min(len(left), NAME_CELLS) + 2
        language, unit, encoding, ends = facts = form(editor)
        state = engine(suggester, editor)
        right = fitting(
            [*marks, position(editor), *facts, state], [unit, encoding, ends, language, state],
            self.size.width - name,
        )  # fmt: skip
        room = max(0, self.size.width - len(right) - 2)
        if wrong is not None:
            left = shown(f"{wrong.kind}: {wrong.message}")[:room]
        left = left if len(left) <= room else "…" + left[len(left) - room + 1 :] if room else ""
        if (text := f"{left:<{room}}  {right}") != str(self.content):
            self.update(Content(text), layout=False)


class KeyBar(Guarded, Widget):
    """The keys that work at the moment. Textual's footer would mount new widgets at each change.

    A key is shown only while its action is enabled.
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda screen: self.refresh())

    def render(self) -> RenderResult:
        parts: list[tuple[str, str]] = []
        room = self.size.width
        for binding in self._acting():
            key, does = self.app.get_key_display(binding), f" {binding.description}  "
            room -= len(key) + len(does)
            if room < -2:  # no room for all of it
                break
            parts += [(key, "bold $text-accent"), (does, "")]
        return Content.assemble(*parts)

    def _acting(self) -> list[Binding]:
        """The bindings to show, one for each description, those of menu and ghost text first."""
        shown_now: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.enabled and active.binding.description:
                shown_now.setdefault(active.binding.description, active.binding)
        return sorted(shown_now.values(), key=lambda binding: ORDER.get(binding.id, len(ORDER)))
