"""Screens with a text field and a list: files by letters of their names, places in files by text.

The caller lists the files and searches them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from .buffer import shown
from .dialogs import Field
from .guarding import Guarded
from .project import fuzzy
from .project.searching import BadPattern, Match
from .text.search import Query
from .turns import Turns

PART = 100  # places added to the list at once

Chosen = TypeVar("Chosen")
Stop = Callable[[], bool]


class Host(Protocol):
    """The application, which hands out input events."""

    turns: Turns


class Chooser(Guarded, ModalScreen[Chosen | None], Generic[Chosen]):
    """The field keeps the focus; Up and Down move in the list, Enter chooses, Esc cancels."""

    BINDINGS: ClassVar = [
        Binding("escape", "leave", show=False),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("pagedown", "step(10)", show=False),
        Binding("pageup", "step(-10)", show=False),
    ]

    def __init__(self, title: str, value: str = "", hint: str = "") -> None:
        super().__init__()
        self.stopped = threading.Event()
        self.field = Field(value, placeholder=hint, compact=True)
        self.list = OptionList(compact=True)
        self.list.can_focus = False
        self.note = Static(classes="note")
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(classes="shelf chooser"):
            with Horizontal(classes="heading"):
                yield Static(Content(shown(self._title)), classes="question")
                yield self.note
            yield self.field
            yield self.list

    def say(self, sentence: str) -> None:
        self.note.update(Content(shown(sentence)))

    def offer(self, lines: Iterable[Content]) -> None:
        """Replace the list by ``lines``, and highlight the first."""
        self.list.set_options(lines)
        self.list.highlighted = 0 if self.list.option_count else None

    def action_step(self, step: int) -> None:
        count = self.list.option_count
        if count:
            at = self.list.highlighted or 0
            self.list.highlighted = (at + step) % count if abs(step) == 1 else (
                max(0, min(count - 1, at + step)))  # fmt: skip

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.choose(event.option_index)

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.list.highlighted is not None:
            self.choose(self.list.highlighted)

    def choose(self, index: int) -> None:
        """Close the screen, and return the entry at ``index``."""
        raise NotImplementedError

    def leave(self, chosen: Chosen | None) -> None:
        self.stopped.set()
        self.dismiss(chosen)

    def action_leave(self) -> None:
        self.leave(None)


class FileChooser(Chooser[str]):
    """Returns the name of a file; ``listed`` lists all of them, on a worker thread."""

    def __init__(self, title: str, listed: Callable[[Stop], list[str]]) -> None:
        super().__init__(title, hint="A few letters of the name")
        self._listed = listed
        self._names: list[str] | None = None  # None: not known yet
        self._entered = False  # Enter was pressed before they were known
        self._offered: list[str] = []

    def on_mount(self) -> None:
        self.say("…")
        self._list()

    @work(thread=True)
    def _list(self) -> None:
        names = self._listed(self.stopped.is_set)
        if not self.stopped.is_set():
            self.app.call_from_thread(self._are, names)

    def _are(self, names: list[str]) -> None:
        self._names = [name for name in names if shown(name) == name]
        self._look()
        if self._entered and self._offered:
            self.choose(0)
        self._entered = False
        cast(Host, self.app).turns.look()

    @on(Input.Changed)
    def _look(self) -> None:
        self._offered = fuzzy.best(self._names or (), self.field.value)
        self.offer(_name(name) for name in self._offered)
        if self._names is not None:
            self.say(f"{len(self._names):,} files")

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        if self._names is None:
            self._entered = True
            cast(Host, self.app).turns.hold(lambda: self._entered and self.is_running)

    def choose(self, index: int) -> None:
        self.leave(self._offered[index])


def _name(name: str) -> Content:
    folder, slash, last = name.rpartition("/")
    return Content.assemble((folder + slash, "$foreground 60%"), last)


class PlaceChooser(Chooser[Match]):
    """Returns a place in a file; ``places`` finds them for a query, on a worker thread.

    The results of the last search are listed again, so that one can go through them one by one.
    """

    BINDINGS: ClassVar = [
        Binding("alt+c", "switch('case')", show=False),
        Binding("alt+w", "switch('word')", show=False),
        Binding("alt+r", "switch('regex')", show=False),
    ]

    def __init__(
        self,
        title: str,
        query: Query,
        places: Callable[[Query, Stop], Iterator[Match]],
        before: tuple[Sequence[Match], int] = ((), 0),
    ) -> None:
        super().__init__(title, query.text, "Text to find, then Enter; Alt+C case, Alt+W word, "
                         "Alt+R regular expression")  # fmt: skip
        self._query, self._places = query, places
        self.matches, self._first = list(before[0]), before[1]
        self._searched = query if before[0] else None
        self._unwanted = threading.Event()  # set to cancel the running search

    def on_mount(self) -> None:
        self.offer(_place(match) for match in self.matches)
        if self.matches:
            self.list.highlighted = min(self._first, len(self.matches) - 1)
        self._count(bool(self.matches))

    @property
    def query_now(self) -> Query:
        return replace(self._query, text=self.field.value)

    @property
    def index(self) -> int:
        return self.list.highlighted or 0

    def action_switch(self, name: str) -> None:
        way: dict[str, Any] = {name: not getattr(self._query, name)}
        self._query = replace(self._query, **way)
        self._count(False)

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        event.stop()
        event.prevent_default()
        if self.query_now != self._searched:
            self.search()
        elif self.list.highlighted is not None:
            self.choose(self.list.highlighted)

    def search(self) -> None:
        """Search for the text in the field."""
        self._unwanted.set()
        self._unwanted = threading.Event()
        self.matches, self._searched = [], self.query_now
        self.offer(())
        if self.query_now.text:
            self.say("…")
            self._search(self.query_now, self._unwanted)

    @work(thread=True)
    def _search(self, query: Query, over: threading.Event) -> None:
        def stop() -> bool:
            return over.is_set() or self.stopped.is_set()

        part: list[Match] = []
        problem = ""
        try:
            for match in self._places(query, stop):
                part.append(match)
                if len(part) == PART:
                    self._pass_on(part, stop)
                    part = []
        except BadPattern as error:
            problem = str(error)
        self._pass_on(part, stop, True, problem)

    def _pass_on(
        self, part: list[Match], stop: Stop, last: bool = False, problem: str = ""
    ) -> None:
        if not stop():
            self.app.call_from_thread(self._add, part, last, problem)

    def _add(self, part: list[Match], last: bool, problem: str) -> None:
        self.matches += part
        self.list.add_options([_place(match) for match in part])
        if self.list.highlighted is None and self.matches:
            self.list.highlighted = 0
        if problem:
            self.say(problem)
        else:
            self._count(last)

    def _count(self, whole: bool) -> None:
        on = [name for name in ("case", "word", "regex") if getattr(self._query, name)]
        files = len({match.name for match in self.matches})
        count = f"{len(self.matches):,} in {files:,} files" + ("" if whole else "…")
        self.say("  ".join([*on, count if self._searched else ""]))

    def choose(self, index: int) -> None:
        self.leave(self.matches[index])


def _place(match: Match) -> Content:
    where = f"{match.name}:{match.line}"
    return Content.assemble((shown(where), "$text-accent"), "  ", shown(match.text.strip()))
