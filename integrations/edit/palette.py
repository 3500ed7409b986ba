"""The command palette: finds every command by its name and by synonyms.

The app says which commands there are; the synonyms are here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual import on
from textual.app import SystemCommand
from textual.content import Content
from textual.widgets import Input

from .buffer import shown
from .chooser import Chooser
from .project import fuzzy

WORDS = {
    "save": ("write", "store"),
    "save_as": ("export", "write as"),
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
    "Train on this project": ("personal model", "fine-tune", "learn my code"),
    "Join federated training": ("federated learning", "train together", "share model"),
    "Show training": ("progress", "log of training"),
    "Stop training": ("cancel training", "end training"),
    "Suspend": ("shell", "background", "stop"),
    "quit": ("exit", "leave", "close editor"),
    "Theme": ("colours", "colors", "dark", "light"),
    "Keys": ("help", "shortcuts", "bindings"),
}
LESS = 3  # added to the rank of a synonym's match, so that names come first


class CommandChooser(Chooser[SystemCommand]):
    """Returns a command; lists all of them before anything is typed."""

    def __init__(
        self, title: str, commands: Iterable[SystemCommand], words: Callable[[str], Sequence[str]]
    ) -> None:
        super().__init__(title, hint="A few letters of its name, or another word for it")
        self._commands, self._words = list(commands), words
        self._offered: list[SystemCommand] = []

    def on_mount(self) -> None:
        self._look()

    @on(Input.Changed)
    def _look(self) -> None:
        self._offered = _ranked(self._commands, self.field.value, self._words)
        self.offer(_line(one) for one in self._offered)
        self.say("" if self._offered else "there is no such command")

    def choose(self, index: int) -> None:
        self.leave(self._offered[index])


def _ranked(
    commands: Iterable[SystemCommand], wanted: str, words: Callable[[str], Sequence[str]]
) -> list[SystemCommand]:
    """The commands that match, best first; all of them if nothing is typed."""
    if not wanted.strip():
        return list(commands)
    ranked = []
    for place, command in enumerate(commands):
        rank = _rank(command.title, words(command.title), wanted)
        if rank is not None:
            ranked.append((rank, place, command))
    return [command for _, _, command in sorted(ranked, key=lambda one: one[:2])]


def _rank(title: str, words: Sequence[str], wanted: str) -> tuple[int, int] | None:
    own = fuzzy.rank(title, wanted)
    others = (fuzzy.rank(word, wanted) for word in words)
    known = [(total + LESS, length) for total, length in filter(None, others)]
    return min([*known, *([own] if own is not None else [])], default=None)


def _line(command: SystemCommand) -> Content:
    return Content.assemble(shown(command.title), "  ", (shown(command.help), "$foreground 60%"))
