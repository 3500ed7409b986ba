"""The command palette: every command is found by its name and by other words for it.

Which commands there are, the app says; here is what else people call them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, cast

from textual.app import SystemCommand
from textual.command import Hit, Hits
from textual.screen import Screen
from textual.system_commands import SystemCommandsProvider

WORDS = {
    "save": ("write", "store"),
    "save_as": ("rename", "export", "write as"),
    "open": ("load file", "edit file"),
    "new": ("create", "tab", "untitled"),
    "close": ("close tab", "kill buffer"),
    "unsaved": ("recover", "restore", "crash", "backup", "lost work"),
    "find": ("search", "look for"),
    "replace": ("substitute", "change all"),
    "find_file": ("quick open", "go to file", "fuzzy"),
    "find_in_files": ("grep", "search project", "ripgrep"),
    "find_next": ("search next", "next occurrence"),
    "go_to": ("jump", "goto line", "line number"),
    "suggestions": ("ghost text", "completion", "autocomplete", "model"),
    "wrap": ("soft wrap", "word wrap"),
    "line_numbers": ("gutter", "numbers"),
    "definition": ("go to definition", "declaration", "jump to symbol"),
    "complete": ("completion menu", "intellisense", "autocomplete"),
    "rename": ("rename symbol", "refactor"),
    "next_problem": ("next error", "diagnostics", "warnings"),
    "Start the language server": ("lsp", "clangd", "pylsp", "diagnostics"),
    "split": ("vertical split", "side by side", "two windows", "unsplit"),
    "other_view": ("other window", "next pane", "switch pane"),
    "Edit anyway": ("sudo", "root", "write protected", "unlock"),
    "next_tab": ("switch file", "switch buffer"),
    "comment": ("uncomment", "toggle comment"),
    "dedent": ("unindent", "outdent"),
    "duplicate": ("copy line", "clone line"),
    "delete_lines": ("kill line", "remove line", "cut line"),
    "lines_up": ("swap lines", "line up"),
    "lines_down": ("swap lines", "line down"),
    "join": ("merge lines",),
    "select_all": ("mark all",),
    "next_occurrence": ("multiple cursors", "multi cursor", "select next"),
    "caret_above": ("multiple cursors", "add cursor"),
    "caret_below": ("multiple cursors", "add cursor"),
    "column": ("column mode", "block selection", "rectangle", "multiple cursors"),
    "Select all occurrences": ("multiple cursors", "rename word"),
    "document_start": ("top", "first line"),
    "document_end": ("bottom", "last line"),
    "Undo": ("take back",),
    "Redo": ("repeat",),
    "Reload": ("revert", "read again", "refresh"),
    "Compare": ("diff", "difference", "changes"),
    "Engine": ("statistics", "memory", "model", "log"),
    "Suspend": ("shell", "background", "stop"),
    "quit": ("exit", "leave", "close editor"),
    "Quit": ("exit", "leave", "close editor"),
}
LESS = 0.9  # of a match that is only in another word for it


class Host(Protocol):
    """The application, which has the commands."""

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]: ...

    def words_for(self, title: str) -> tuple[str, ...]: ...


class Commands(SystemCommandsProvider):
    """Textual's own, which knows no other words."""

    async def search(self, query: str) -> Hits:
        matcher, app = self.matcher(query), cast(Host, self.app)
        for title, help, callback, *_ in app.get_system_commands(self.screen):
            own = matcher.match(title)
            others = [LESS * matcher.match(word) for word in app.words_for(title)]
            best = max([own, *others])
            if best > 0:
                yield Hit(best, matcher.highlight(title) if own else title, callback, help=help)
