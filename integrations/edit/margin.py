"""Signs beside the lines: which differ from git's index, and which have diagnostics.

Asks git on a worker thread when the file is opened or saved and when the terminal gets the focus
back; compares again soon after an edit.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.style import Style
from textual import work
from textual.timer import Timer

from .edit_area import EditArea
from .project import git
from .project.git import Change
from .server.client import Diagnostic
from .view import themes

REST_SECONDS = 0.3  # from an edit to the next comparison, however many edits follow
SIGN, ORDER = "●", {"note": 0, "warning": 1, "error": 2}  # of diagnostics
SIGNS = {Change.ADDED: "▎", Change.CHANGED: "▎", Change.REMOVED: "▔"}


class Margin(EditArea):
    """Mixin for ``Editor``: the signs beside the lines."""

    diagnostics: Sequence[Diagnostic] = ()
    _staged: list[str] | None = None
    _resting: Timer | None = None

    def ask_git(self) -> None:
        """Read the file's lines from git's index and compare them, in the background."""
        path = self.buffer.file.path
        if path is not None and self.show_line_numbers and self.options.git_marks:
            self._ask_git(path)

    @work(thread=True, exclusive=True, group="git", exit_on_error=False)
    def _ask_git(self, path: Path) -> None:
        staged = git.staged(path)
        self.app.call_from_thread(self._compare_with, staged)

    def _compare_with(self, staged: list[str] | None) -> None:
        if staged != self._staged or staged is not None:
            self._staged = staged
            self.compare_with_git()

    def text_moved(self) -> None:
        """The text has changed: compare it again soon."""
        if self._staged is not None and self._resting is None:
            self._resting = self.set_timer(REST_SECONDS, self.compare_with_git)

    def compare_with_git(self) -> None:
        """Mark the lines that differ from git's index, and those with diagnostics."""
        self._resting = None
        self.mark_gutter(self._marks_of_git() | self._marks_of_server())

    def show_diagnostics(self, found: Sequence[Diagnostic]) -> None:
        """Underline what the language server reports, and mark its lines."""
        self.diagnostics = found
        spans = [(one.start, one.end, one.kind) for one in found]
        self.underline(spans)
        self.compare_with_git()

    def _marks_of_server(self) -> dict[int, tuple[str, Style]]:
        """The most severe diagnostic in each line, as a sign."""
        dark = self.app.current_theme.dark
        marks: dict[int, tuple[str, Style]] = {}
        for one in sorted(self.diagnostics, key=lambda one: ORDER[one.kind]):
            marks[one.start[0]] = (SIGN, themes.gutter(one.kind, dark))
        return marks

    def _marks_of_git(self) -> dict[int, tuple[str, Style]]:
        if self._staged is None:
            return {}
        lines = self.buffer.file.outward(self.text).split("\n")
        dark = self.app.current_theme.dark
        return {
            row: (SIGNS[change], themes.gutter(change.value, dark))
            for row, change in git.changes(self._staged, lines).items()
        }
