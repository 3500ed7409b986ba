"""What a typed character does to the text: it inserts itself, a pair, or an indented new line.

Decides with ``pairing`` and ``indenting``. Inserts no pair where the ghost text begins with the
same character and has its own closer, or has further lines, which would part the two.
"""

from __future__ import annotations

from textual.document._document import Selection

from ..text.indenting import new_line, outdented, to_next_stop
from ..text.pairing import BRACKETS, PAIRS, Keystroke, Pairing, brings_closer
from .line_commands import LineCommands


class Keyboard:
    """Types into one editor."""

    def __init__(self, editor: LineCommands) -> None:
        self.editor = editor
        self.pairing = Pairing()

    def character(self, character: str) -> bool:
        """Type one printable character; returns whether only pairs changed after the caret."""
        editor = self.editor
        if not editor.selection.is_empty:
            self._over_selection(character)
            return False
        row, before, after = editor.caret_line
        stroke = self._stroke(character, row, before, after)
        if stroke.over:
            editor.move_cursor((row, len(before) + 1))
            return True
        white = self._outdented(character, before)
        if white is not None:
            editor.put(white + character, (row, 0))
            return False
        editor.put(character + stroke.after)
        if stroke.after:
            editor.move_cursor((row, len(before) + 1))
        return bool(stroke.after)

    def enter(self) -> bool:
        """Insert an indented new line; returns whether a closer went to a line of its own."""
        editor = self.editor
        if not editor.selection.is_empty or not editor.options.indent_lines:
            editor.put("\n")
            return False
        _, before, after = editor.caret_line
        buffer = editor.buffer
        insert, rest = new_line(before, after, buffer.unit, buffer.language)
        editor.put(insert + rest)
        if rest:
            row = editor.cursor_location[0] - rest.count("\n")
            editor.move_cursor((row, len(insert.rpartition("\n")[2])))
        return bool(rest)

    def tab(self) -> None:
        """Insert white space up to the next tab stop; with a selection, indent its lines."""
        editor = self.editor
        if not editor.selection.is_empty:
            editor.action_indent()
            return
        _, before, _ = editor.caret_line
        editor.put(to_next_stop(before, editor.buffer.unit, editor.indent_width))

    def backspace(self) -> bool:
        """Delete an empty pair that was inserted automatically; False if there is none here."""
        editor = self.editor
        row, before, after = editor.caret_line
        if not editor.selection.is_empty or not self.pairing.deletes_both(row, before, after):
            return False
        editor.delete((row, len(before) - 1), (row, len(before) + 1))
        return True

    def _stroke(self, character: str, row: int, before: str, after: str) -> Keystroke:
        editor = self.editor
        if not editor.options.pair_brackets or editor.others:
            return Keystroke(character)
        if character in PAIRS and self._ghost_closes(character):
            return Keystroke(character)
        return self.pairing.typed(character, row, before, after, editor.buffer.language)

    def _ghost_closes(self, opener: str) -> bool:
        """Whether what is typed is the beginning of ghost text that needs no closer after it."""
        text = self.editor.ghost.text
        return self.editor.ghost_agrees(opener) and ("\n" in text or brings_closer(text))

    def _outdented(self, character: str, before: str) -> str | None:
        """The new indentation of a row whose first character is this closer; None for no change."""
        editor = self.editor
        if character not in BRACKETS.values() or before.strip() or not before:
            return None
        if not editor.options.indent_lines or editor.ghost_agrees(character):
            return None
        return outdented(before, editor.buffer.unit)

    def _over_selection(self, character: str) -> None:
        """Type over the selection: an opener goes around it, anything else replaces it."""
        editor = self.editor
        if character not in PAIRS or not editor.options.pair_brackets:
            editor.put(character)
            return
        first, last = sorted(editor.selection)
        inside = editor.document.get_text_range(first, last)
        end = editor.put(character + inside + PAIRS[character])
        start = (first[0], first[1] + 1)
        editor.selection = Selection(start, (end[0], end[1] - 1))
