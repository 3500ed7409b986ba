"""Commands for whole lines: in, out, comment. What becomes of the lines is pure, elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.document._document import Location, Selection

from ..text import comments
from ..text.indenting import indented, outdented

if TYPE_CHECKING:
    from ..editor import Editor


class LineCommands:
    """Part of ``Editor``."""

    def change_rows(self: Editor, change: Callable[[Sequence[str]], Sequence[str] | None]) -> bool:
        """Change the lines of the caret or the selection in one step; False if it cannot."""
        if self.read_only:
            return False
        (top, _), (bottom, right) = sorted(self.selection)
        bottom -= bottom > top and right == 0
        old = self.document.lines[top : bottom + 1]
        new = change(old)
        if new is None or list(new) == list(old):
            return new is not None
        start, end = self.selection
        self.put_as_step("\n".join(new), (top, 0), (bottom, len(old[-1])))
        longer = {top + i: len(line) - len(old[i]) for i, line in enumerate(new)}
        self.selection = Selection(_moved(start, longer), _moved(end, longer))
        return True

    def action_indent(self: Editor) -> None:
        self.change_rows(lambda lines: [indented(line, self.buffer.unit) for line in lines])

    def action_dedent(self: Editor) -> None:
        self.change_rows(lambda lines: [outdented(line, self.buffer.unit) for line in lines])

    def action_comment(self: Editor) -> None:
        if self.read_only:
            self.app.complain("This file is only looked at: nothing is changed.")
        elif not self.change_rows(lambda lines: comments.toggled(lines, self.buffer.language)):
            name = self.buffer.language or "plain text"
            self.app.complain(f"There are no comments in {name}.")


def _moved(location: Location, longer: dict[int, int]) -> Location:
    row, column = location
    return row, max(0, column + longer.get(row, 0)) if column else 0
