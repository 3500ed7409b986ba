"""The application: files in tabs, one suggester for all of them, commands and their keys.

Holds the parts together. What commands do is in ``commands``; what keys do to a text, in
``editor``.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from inspect import isawaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on, work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import TextArea
from textual.worker import Worker

from ..shared.naming.client import Jedi
from ..shared.suggester import Suggester
from . import files, turns, watching
from .buffer import Buffer, shown
from .commands import (
    file_commands,
    project_commands,
    server_commands,
    training_commands,
    view_commands,
)
from .commands.server_commands import ServerCommands
from .commands.training_commands import TrainingCommands
from .commands.view_commands import ViewCommands
from .dialogs import Field
from .editor import Editor
from .ending import Ending
from .finding import FindBar
from .palette import WORDS, CommandChooser
from .paths import Paths
from .rescue import Rescue
from .settings import Settings
from .status import LINE_ENDS, KeyBar, StatusLine
from .view.area import CodeArea
from .watching import News, Watch

if TYPE_CHECKING:
    from .first_screen import FirstScreen

log = logging.getLogger("codecomplete")

KEYS = [
    *file_commands.KEYS, *project_commands.KEYS, *server_commands.KEYS, *view_commands.KEYS
]  # fmt: skip

QUIT = Binding("ctrl+q", "quit", "quit", priority=True, id="quit",
               tooltip="Quit; asks about unsaved changes first")  # fmt: skip

STATUS_SECONDS = 0.03
ENGINE_SECONDS = 0.5  # seconds between two looks at the engine's state


class EditorApp(TrainingCommands, ServerCommands, ViewCommands):
    """Shows ``buffers`` in tabs, the first in front, each at its line and column, counted from 1,
    if any; asks which file of ``folder`` to open."""

    TITLE = "cc-edit"
    CSS_PATH = Path(__file__).with_name("edit.tcss")
    NOTIFICATION_TIMEOUT = 6
    BINDINGS: ClassVar = [
        *KEYS,
        Binding("ctrl+p", "command_palette", "commands", priority=True, id="commands",
                tooltip="All commands"),
        QUIT,
    ]  # fmt: skip
    ENABLE_COMMAND_PALETTE = False  # Textual's own, which searches while more keys arrive

    def __init__(
        self,
        buffers: Sequence[tuple[Buffer, tuple[int, int] | None]],
        settings: Settings,
        suggester: Suggester | None = None,
        folder: Path | None = None,
        **more: Any,
    ) -> None:
        super().__init__(**more)
        self.turns = turns.Turns(self, self._hand_out)
        self.settings, self.options = settings, settings.options
        self.suggester = suggester or Suggester(self.options, namer=Jedi())
        self.suggester.enable(self.options.enabled)
        self.rescue = Rescue(
            lambda: self._editors, self._complain_later, self.set_timer,
            self.options.recovery_seconds,
        )  # fmt: skip
        self.ending = Ending(self.rescue.put_aside, self._ended_by, self._abandoned)
        self._saying: Timer | None = None  # runs out when the status line is due
        self.failure: Exception | None = None  # a bug that ended the app
        self.first_screen: FirstScreen | None = None  # what was drawn before the app was loaded
        self._places = [place for _, place in buffers]
        self.paths, self.outside = Paths(), Watch()
        self.folder_given = folder
        self.without_servers()
        self.start_surviving()
        self.open_first([buffer for buffer, _ in buffers])
        self.status_line, self.key_bar = StatusLine(self.paths), KeyBar(id="keys")

    # Start and end

    def compose(self) -> ComposeResult:
        yield from (self.tabs, self.panes, self.status_line, self.key_bar)

    def on_mount(self) -> None:
        self.theme = (
            self.options.theme if self.options.theme in self.available_themes else self.theme
        )
        self.set_keymap(self.settings.keys)
        self.key_bar.display = self.options.key_bar
        for editor, place in zip(self.editors, self._places, strict=True):
            if place is not None:
                editor.go_to(*place)
        self.show(self.editors[0])
        self.call_later(self.turns.begin)  # after the editor gets the focus, which is queued, too
        if not self.is_headless:
            self.ending.watch(asyncio.get_running_loop())
        self.app_resume_signal.subscribe(self, self._drawn_again)
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        """After the first paint: start what may take time."""
        if self.options.enabled:
            self.suggester.prepare()
        self.set_interval(ENGINE_SECONDS, self.refresh_status)
        self.set_interval(watching.SECONDS, self.look_outside)
        for problem in [*self.settings.problems, *self._unknown_keys()]:
            self.complain(problem)
        for editor in self.editors:
            self.warn_about(editor)
        self.start_servers()
        self._offer_recoveries()

    def _unknown_keys(self) -> list[str]:
        bindings = (*self.BINDINGS, *Editor.BINDINGS, *FindBar.BINDINGS)
        known = {binding.id for binding in bindings if isinstance(binding, Binding)}
        return [
            f"{self.settings.path}: [keys] names no command: {name!r}"
            for name in self.settings.keys
            if name not in known
        ]

    @work
    async def _offer_recoveries(self) -> None:
        for editor in self.editors:
            await self.offer_recovery(editor)
        if self.folder_given is not None:
            await self.choose_file(self.folder_given)
        others = files.Recovery.count()
        if others:
            self.complain(
                f"There is unsaved work from earlier sessions ({others}). "
                f"{self._key_of(file_commands.UNSAVED)} shows it."
            )

    def _key_of(self, binding: Binding) -> str:
        """The key of a command, as it is shown to the user."""
        return self.settings.keys.get(binding.id or "") or self.get_key_display(binding)

    def _drawn_again(self, _: App[Any]) -> None:
        """Redraw after a return from the shell: the terminal shows something else by now."""
        self.screen.refresh(layout=True)

    async def _on_exit_app(self) -> None:
        """Called by Textual at every orderly end."""
        await asyncio.gather(self.stop_servers(), self.end_training())
        await super()._on_exit_app()

    def _ended_by(self, number: int) -> None:
        for editor in self._editors:
            editor.keep_steps()
        self.exit(128 + number, message=f"cc-edit: ended by {_name_of(number)}")

    def _abandoned(self) -> None:
        """The app does not end, so the process will be ended: restore the terminal before."""
        leave = getattr(self._driver, "leave_at_once", None)
        if leave is not None:
            leave()

    def _fatal_error(self) -> None:
        """After a bug: log it; Textual would fill the terminal with it, and ring the bell."""
        self.failure = self._exception
        log.error("the editor failed", exc_info=self.failure)
        self.rescue.put_aside()
        self._close_messages_no_wait()

    def put_aside(self) -> None:
        self.rescue.put_aside()

    # What is shown

    def get_key_display(self, binding: Binding) -> str:
        """A key as users know it: ^S as terminals write it, Alt+S as keyboards do."""
        name = super().get_key_display(binding)
        if name.startswith("^"):
            return name.upper()
        return "+".join(part.capitalize() if part.isalnum() else part for part in name.split("+"))

    # Messages from editors

    @on(Editor.Edited)
    def edited(self) -> None:
        self.rescue.edited()
        self.server_edited()
        if self._find_bar is not None:
            self._find_bar.edited()
        self.refresh_status()

    @on(Editor.GhostMoved)
    @on(TextArea.SelectionChanged)
    def refresh_status(self) -> None:
        """Update the status line soon: it delays neither what was typed nor a fast typist."""
        if self._saying is None and not self.closing:
            self._saying = self.set_timer(STATUS_SECONDS, self._say_status)

    def _say_status(self) -> None:
        self._saying = None
        if not self.closing:
            self.editor.menu_follows()
            self.status_line.say(self.editor, self.suggester)

    @on(CodeArea.ColoursEnded)
    def colours_ended(self) -> None:
        self.complain("The text takes too long to parse; it is shown without colours.")

    def on_app_focus(self, event: events.AppFocus) -> None:
        """The terminal has the focus again: other programs may have changed the files."""
        self.look_outside()
        for editor in self.editors:
            editor.ask_git()

    def look_outside(self) -> None:
        """Check whether another program has changed the file in front: if the text here is
        unmodified, reload it, else tell the user."""
        if self.closing or len(self.screen_stack) > 1:
            return
        editor, name = self.editor, self.editor.buffer.name
        was_modified = editor.buffer.is_modified(editor.text)
        news = self.outside.look(editor.buffer)
        if news is News.GONE:
            self.complain(f"{name} was removed by another program; your text is still here.")
        elif news is News.CHANGED and was_modified:
            self.complain(
                f"{name} was changed both here and by another program. “Compare” in the palette "
                "shows the differences; saving asks first."
            )
        elif news is News.CHANGED and self.load_again(editor):
            self.complain(f"{name} was changed by another program and has been reloaded.")
        if news is not None:
            self.refresh_status()

    def complain(self, sentence: str) -> None:
        """Tell the user what went wrong, without getting in the way."""
        if not self.closing:
            self.notify(shown(sentence), severity="warning", markup=False)

    def _complain_later(self, sentence: str) -> None:
        """``complain``, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.complain, sentence)

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Input from the terminal waits for its turn."""
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            await self.turns.arrived(event)
        else:
            await super().on_event(event)

    async def _hand_out(self, event: turns.Input) -> None:
        """Give a key to the command bound to it, or else to the text or field with the focus."""
        focused = self.focused
        if not isinstance(event, events.Key) or not isinstance(focused, Editor | Field):
            await super().on_event(event)
            return
        self.app_focus = True
        if not await self._do_bound(event.key):
            focused._forward_event(event)

    async def _do_bound(self, key: str) -> bool:
        """Run the command that a key is bound to; False if there is none."""
        return await self._check_bindings(key, True) or await self._check_bindings(key)

    def turn_over(self, event: events.Event) -> None:
        self.turns.over(event)

    def run_worker(self, *arguments: Any, **more: Any) -> Worker[Any]:
        """Called for every command that may ask something: what is typed next waits for it."""
        worker: Worker[Any] = super().run_worker(*arguments, **more)
        self.turns.began(worker)
        return worker

    def on_worker_state_changed(self) -> None:
        self.turns.look()

    async def push_screen_wait(self, screen: Any, **more: Any) -> Any:
        self.turns.asks(screen)
        return await super().push_screen_wait(screen, **more)

    # Commands

    def push_screen(self, *arguments: Any, **more: Any) -> Any:
        """Below a question or the palette there is no ghost text."""
        self.editor.ghost.clear()
        pushed = super().push_screen(*arguments, **more)
        self.turns.look()
        return pushed

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """All commands for the palette, each with its description and key."""
        for binding in (*KEYS, QUIT):
            yield self._command(binding.tooltip, self._key_of(binding), binding.action, self)
        for binding in Editor.COMMANDS:
            yield self._command(binding.tooltip, self._key_of(binding), binding.action, self.editor)
        for title, help, action in EDITING:
            yield self._command(title, help, action, self.editor)
        for title, help, action in MORE_COMMANDS:
            yield self._command(title, help, action, self)
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)
        seen = "hide" if screen.query("HelpPanel") else "show"
        yield SystemCommand("Keys", f"{seen.capitalize()} a list of the keys",
                            getattr(self, f"action_{seen}_help_panel"))  # fmt: skip

    def _command(self, title: str, help: str, action: str, target: DOMNode) -> SystemCommand:
        return SystemCommand(title, help, lambda: self.run_action(action, target))

    def action_command_palette(self) -> None:
        self._choose_command()

    def action_change_theme(self) -> None:
        self._choose_theme()

    @work
    async def _choose_command(self) -> None:
        if len(self.screen_stack) == 1:  # not over a question
            commands = self.get_system_commands(self.screen)
            await self._choose("All commands", commands)

    @work
    async def _choose_theme(self) -> None:
        names = sorted(self.available_themes)
        await self._choose("Choose a colour theme", (
            SystemCommand(name, "dark" if self.available_themes[name].dark else "light",
                          partial(setattr, self, "theme", name))
            for name in names
        ))  # fmt: skip

    async def _choose(self, title: str, commands: Iterable[SystemCommand]) -> None:
        """Let the user choose one of the commands, and run it."""
        chosen = await self.push_screen_wait(CommandChooser(title, commands, self.words_for))
        done = chosen.callback() if chosen is not None else None
        if isawaitable(done):
            await done

    def words_for(self, title: str) -> tuple[str, ...]:
        """Synonyms of a command of the palette."""
        return WORDS.get(self._ids.get(title, title), ())

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {
            binding.tooltip: binding.id
            for binding in (*KEYS, QUIT, *Editor.BINDINGS)
            if isinstance(binding, Binding) and binding.id
        }


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"


EDITING = (
    ("Undo", "^Z", "undo"),
    ("Redo", "^Y", "redo"),
    ("Cut", "^X: the selection, or the line", "cut"),
    ("Copy", "^C", "copy"),
    ("Paste", "^V", "paste"),
    (
        "Select all occurrences",
        "Put a caret at every occurrence of the selection",
        "all_occurrences",
    ),
    ("Indent", "Tab: indent the selected lines by one level", "indent"),
)

MORE_COMMANDS = (
    ("Engine", "Model, memory and counts of suggestions", "app.engine"),
    ("Reload", "Read the file from disk again; undo brings your text back", "app.reload"),
    ("Start the language server", "The usual one for this language", "app.start_server"),
    ("Edit anyway", "Allow changes to a read-only file", "app.edit_anyway"),
    ("Compare", "How the text differs from the file on disk", "app.compare"),
    *((f"Encoding: {name}", "Used from the next save on", f"app.convert({name!r})")
      for name in files.ENCODINGS),
    *((f"Line ends: {name}", "Used from the next save on", f"app.convert('', {end!r})")
      for end, name in LINE_ENDS.items()),
    *training_commands.COMMANDS,
    ("Suspend", "Back to the shell; fg returns", "app.suspend_process"),
)  # fmt: skip
