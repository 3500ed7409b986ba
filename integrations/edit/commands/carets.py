"""Several carets (multiple cursors): what is done at one is done at all, as one undo step.

The main caret is the text area's own; ghost text, the status line and everything else follow only
that one. The others are selections in the same text, which every edit moves along.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from textual import events
from textual.document._document import EditResult, Location, Selection
from textual.document._edit import Edit
from textual.widgets import TextArea

from ..motions import Motions, unlisted
from .clipboard import Clipboard
from .ghost_commands import GhostCommands
from .line_commands import LineCommands

KEYS = [
    unlisted("alt+n", "next_occurrence", "next occurrence", "Alt+N",
             "Select the word, then its next occurrence too"),
    unlisted("alt+shift+up", "add_caret(-1)", "caret above", "Alt+Shift+Up",
             "Add a caret in the line above"),
    unlisted("alt+shift+down", "add_caret(1)", "caret below", "Alt+Shift+Down",
             "Add a caret in the line below"),
    unlisted("alt+m", "column", "column", "Alt+M",
             "Turn the selection into a column, with a caret in each line"),
]  # fmt: skip
MOST = 1_000  # carets
JOINED_SECONDS = 2.0  # between two letters of one undo step


class Step(list[Edit]):
    """An undo step made at several carets, with the carets before and after it."""

    def __init__(self, edits: Sequence[Edit], before: Carets, after: Carets) -> None:
        super().__init__(edits)
        self.before, self.after, self.at = before, after, time.monotonic()


Carets = tuple[tuple[Selection, ...], int]
"""All carets in order, and the index of the main one."""


def moved(location: Location, edit: Edit, end: Location) -> Location:
    """Where a place is after ``edit``, whose new text ends at ``end``."""
    top, bottom = edit.top, edit.bottom
    if location <= top:
        return location
    if location < bottom:
        return end
    row, column = location
    if row == bottom[0]:
        return end[0], column - bottom[1] + end[1]
    return row + end[0] - bottom[0], column


def _at_each(name: str) -> Callable[..., Any]:
    """An action that is done at every caret."""

    def action(self: SeveralCarets, *arguments: Any) -> None:
        once = getattr(super(SeveralCarets, self), f"action_{name}")
        self.each(lambda: once(*arguments))

    return action


class SeveralCarets(Clipboard, Motions, LineCommands, GhostCommands):
    """Mixin for ``Editor``: several carets."""

    _spots: list[Selection] | None = None  # all carets, while something is done at each
    _at, _main = 0, 0  # index of the caret at work, and of the main one

    action_cursor_left = _at_each("cursor_left")
    action_cursor_right = _at_each("cursor_right")
    action_cursor_up = _at_each("cursor_up")
    action_cursor_down = _at_each("cursor_down")
    action_cursor_word_left = _at_each("cursor_word_left")
    action_cursor_word_right = _at_each("cursor_word_right")
    action_cursor_line_start = _at_each("cursor_line_start")
    action_cursor_line_end = _at_each("cursor_line_end")
    action_delete_left = _at_each("delete_left")
    action_delete_right = _at_each("delete_right")
    action_delete_word_left = _at_each("delete_word_left")
    action_delete_word_right = _at_each("delete_word_right")
    action_delete_to_start_of_line = _at_each("delete_to_start_of_line")
    action_delete_to_end_of_line = _at_each("delete_to_end_of_line")

    # Doing something at each

    def each(self, act: Callable[[], Any], joins: bool = False) -> Any:
        """Call ``act`` at every caret, as one undo step; returns what it returns at the main one.

        With ``joins``, the step is merged with the one before if that is recent, as letters of a
        word.
        """
        if not self.others:
            return act()
        before = self._all
        spots, self._main = list(before[0]), before[1]
        last = self.history._undo_stack[-1] if self.history._undo_stack else None
        self.history.checkpoint()
        self._spots, given = spots, None
        try:
            for self._at in range(len(spots)):
                self._select(spots[self._at])
                result = act()
                given = result if self._at == self._main else given
                spots[self._at] = self.selection
        finally:
            self._spots = None
            self._take((tuple(spots), self._main))
        self._as_one(last, before, joins)
        return given

    @property
    def at_main(self) -> bool:
        """Whether what is being done is done at the main caret."""
        return self._spots is None or self._at == self._main

    @property
    def _all(self) -> Carets:
        spots = sorted([self.selection, *self.others], key=lambda one: sorted(one))
        return tuple(spots), spots.index(self.selection)

    def _take(self, carets: Carets) -> None:
        """Set all carets; those at the same place become one."""
        spots, main = carets
        self._select(spots[main])
        kept = dict.fromkeys(one for one in spots if one != spots[main])
        self._put_others(tuple(kept))

    def _put_others(self, others: tuple[Selection, ...]) -> None:
        if others != self.others:
            self.others = others[:MOST]
            self._line_cache.clear()
            self.refresh()

    def _select(self, selection: Selection) -> None:
        area: TextArea = self
        area.selection = Selection(*map(self.clamp_visitable, selection))

    def _as_one(self, last: list[Edit] | None, before: Carets, joins: bool) -> None:
        """Merge the undo steps after ``last`` into one."""
        stack, edits = self.history._undo_stack, list[Edit]()
        while stack and stack[-1] is not last:
            edits[:0] = stack.pop()
        if not edits:
            return
        step = Step(edits, before, self._all)
        follows = isinstance(last, Step) and last.after == before
        if joins and isinstance(last, Step) and follows and step.at - last.at < JOINED_SECONDS:
            stack.pop()
            step = Step([*last, *edits], last.before, step.after)
        stack.append(step)
        self.history.checkpoint()

    def edit(self, edit: Edit) -> EditResult:
        """Every edit moves the other carets along."""
        result = super().edit(edit)

        def after(one: Selection) -> Selection:
            return Selection(*(moved(place, edit, result.end_location) for place in one))

        if self._spots is not None:
            self._spots[:] = [
                one if index == self._at else after(one) for index, one in enumerate(self._spots)
            ]
        else:
            self._put_others(tuple(map(after, self.others)))
        return result

    def undo(self) -> None:
        step = self.history._undo_stack[-1] if self.history._undo_stack else None
        super().undo()
        self._follow(step.before if isinstance(step, Step) else None)

    def redo(self) -> None:
        step = self.history._redo_stack[-1] if self.history._redo_stack else None
        super().redo()
        self._follow(step.after if isinstance(step, Step) else None)

    def _follow(self, carets: Carets | None) -> None:
        """Put the carets back where they were; None: there was one only."""
        if carets is None:
            self.lone()
        else:
            self._take(carets)

    def ghost_agrees(self, text: str) -> bool:
        return self.at_main and super().ghost_agrees(text)

    # Clipboard

    def paste(self, text: str) -> None:
        """Paste one line at each caret if their numbers agree, else all of it at each."""
        lines = text.split("\n")
        if len(lines) == len(self.others) + 1 > 1:
            parts = iter(lines)
            self.each(lambda: super(SeveralCarets, self).paste(next(parts)))
        else:
            self.each(lambda: super(SeveralCarets, self).paste(text))

    def action_copy(self) -> None:
        if not self.others:
            super().action_copy()
            return
        self.app.copy_to_clipboard(self.buffer.file.outward(self._selected_everywhere()))

    def action_cut(self) -> None:
        if not self.others:
            super().action_cut()
        elif not self.read_only:
            self.action_copy()
            self.each(lambda: self.put(""))

    def _selected_everywhere(self) -> str:
        return "\n".join(self.document.get_text_range(*sorted(one)) for one in self._all[0])

    # Making and dropping carets

    def lone(self) -> None:
        """Remove all carets but the main one."""
        self._put_others(())

    def action_unselect(self) -> None:
        if self.others:
            self.lone()
        else:
            self._select(Selection.cursor(self.cursor_location))

    def action_next_occurrence(self) -> None:
        if self.selection.is_empty:
            self._select(self.word_at(self.cursor_location))
            return
        found = self._next_after(max(sorted(one)[1] for one in (self.selection, *self.others)))
        if found is not None and found not in (self.selection, *self.others):
            self._add(found)

    def action_all_occurrences(self) -> None:
        """Put a caret at every occurrence of the selection, or of the word at the caret."""
        if self.selection.is_empty:
            self._select(self.word_at(self.cursor_location))
        while len(self.others) < MOST:
            count = len(self.others)
            self.action_next_occurrence()
            if len(self.others) == count:
                return

    def _next_after(self, place: Location) -> Selection | None:
        """The next occurrence of the selected text after ``place``, wrapping around, or None."""
        wanted = self.selected_text
        if not wanted or "\n" in wanted:
            return None
        row, column = place
        lines = self.document.lines
        for index in (*range(row, len(lines)), *range(row + 1)):
            at = lines[index].find(wanted, column if index == row else 0)
            column = column if index < row else 0
            if at >= 0:
                return Selection((index, at), (index, at + len(wanted)))
        return None

    def action_add_caret(self, step: int) -> None:
        """Add a caret in the row above (-1) or below (1): in the same column, or at the end."""
        edge = (min if step < 0 else max)(one.end[0] for one in (self.selection, *self.others))
        row = edge + step
        if 0 <= row < self.document.line_count:
            self._add(Selection.cursor(self.clamp_visitable((row, self.cursor_location[1]))))

    def action_column(self) -> None:
        (top, _), (bottom, _) = sorted(self.selection)
        left, right = sorted(place[1] for place in self.selection)
        spots = [
            Selection(*(self.clamp_visitable((row, column)) for column in (left, right)))
            for row in range(top, min(bottom + 1, top + MOST))
        ]
        self._take((tuple(spots), len(spots) - 1))

    def _add(self, selection: Selection) -> None:
        """Add a caret, which becomes the main one."""
        others = (*self.others, self.selection)
        self._select(selection)
        self._put_others(tuple(one for one in others if one != self.selection))

    async def _on_mouse_down(self, event: events.MouseDown) -> None:
        self.lone()

    # What is drawn

    def carets_in(self, row: int) -> list[tuple[int, int, bool]]:
        """What to draw in a row for the other carets: the first and the last column that one
        selects, and whether the caret is at the first."""
        if not self.others:
            return []
        found: list[tuple[int, int, bool]] = []
        length = len(self.document.get_line(row))
        for one in self.others:
            (top, left), (bottom, right) = sorted(one)
            if top <= row <= bottom:
                first, last = left if row == top else 0, right if row == bottom else length
                found.append((first, last, one.end == (row, first)))
                if one.end[0] == row and not found[-1][2]:
                    found.append((one.end[1], one.end[1], True))
        return found
