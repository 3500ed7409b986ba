"""Commands that ask a language server, and what the server reports unasked.

A server is another program that reads the project: none is started unless the settings name it or
the user starts it. Texts of files that hold secrets are not sent to it.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from textual import work
from textual.binding import Binding
from textual.timer import Timer

from codecomplete.engine import Ranked

from ...shared.snapshot import Snapshot
from ..dialogs import Prompt
from ..editor import Editor
from ..files import FileProblem
from ..menu import Menu
from ..project.listing import folder_around
from ..server.catalogue import KNOWN, BadServer, chosen
from ..server.client import Change, Diagnostic, Item, Server, ServerProblem, read, word_start
from .project_commands import ProjectCommands

KEYS = [
    Binding("alt+slash", "complete", "complete", id="complete", show=False,
            tooltip="Show completions, the likeliest first"),
    Binding("alt+d", "definition", "definition", id="definition", show=False,
            tooltip="Go to the definition of the name at the caret"),
    Binding("alt+comma", "go_back", "back", id="go_back", show=False,
            tooltip="Go back to where you were"),
    Binding("f2", "rename", "rename", id="rename", show=False,
            tooltip="Rename the symbol at the caret in all files"),
    Binding("f8", "next_problem", "next problem", id="next_problem", show=False,
            tooltip="Go to the next problem"),
]  # fmt: skip
REST_SECONDS = 0.3  # from an edit until the server gets the text, however many edits follow
MOST_FILES = 50  # that one rename may change
MOST_CHARACTERS = 2_000_000
RANK_SECONDS = 2.0


class ServerCommands(ProjectCommands):
    """The commands of the app that concern language servers."""

    _telling: Timer | None = None
    _menu: Menu | None = None

    def without_servers(self) -> None:
        """The state before ``start_servers``, which waits for the first paint, as keys do not."""
        self._servers: dict[tuple[str, Path], Server] = {}
        self._chosen: dict[str, tuple[str, ...]] = {}
        self._starting: set[tuple[str, Path]] = set()
        self._before: list[tuple[Path, int, int]] = []

    def start_servers(self) -> None:
        """Start the servers of the open files; others wait for a file of their language."""
        try:
            self._chosen = chosen(self.options.servers)
        except BadServer as error:
            self.complain(f"servers: {error}.")
        for editor in self.editors:
            self.show_to_server(editor)

    # Which server

    def _key(self, editor: Editor) -> tuple[str, Path] | None:
        """What identifies a server: its program and the project. None if the text has no server.

        Files of one language and project share a server; two languages may share a program.
        """
        path, language = editor.buffer.file.path, editor.buffer.language
        if path is None or language is None or editor.buffer.is_private:
            return None
        words = self._chosen.get(language)
        folder = folder_around(path, self.paths.folder)
        if words is None or folder is None or len(editor.text) > MOST_CHARACTERS:
            return None
        return words[0], folder

    def server_of(self, editor: Editor) -> Server | None:
        key = self._key(editor)
        server = self._servers.get(key) if key is not None else None
        return server if server is not None and server.running else None

    def show_to_server(self, editor: Editor) -> None:
        """Send a text to its server, starting the server if need be."""
        key = self._key(editor)
        if key is None:
            return
        server = self._servers.get(key)
        if server is not None:
            self._tell(server, editor)
        elif key not in self._starting:
            self._starting.add(key)
            self._start(key, self._chosen[editor.buffer.language or ""])

    @work
    async def _start(self, key: tuple[str, Path], words: tuple[str, ...]) -> None:
        if shutil.which(words[0]) is None:
            self._starting.discard(key)
            self.complain(f"{words[0]!r} is not installed; no language server was started.")
            return
        server = Server(words, key[1], self._told)
        try:
            await server.start()
        except (ServerProblem, ImportError) as error:
            self._starting.discard(key)
            self.complain(f"{words[0]}: {error}")
            return
        self._servers[key] = server
        for editor in self.editors:
            if self._key(editor) == key:
                self._tell(server, editor)

    def _tell(self, server: Server, editor: Editor) -> None:
        path = editor.buffer.file.path
        if path is not None and server.running:
            text = editor.buffer.file.outward(editor.text)
            server.show(path, editor.buffer.language or "", text)

    def server_edited(self) -> None:
        """A text has changed: send it to its server soon."""
        if self._telling is None and self._servers:
            self._telling = self.set_timer(REST_SECONDS, self._tell_all)

    def _tell_all(self) -> None:
        self._telling = None
        for editor in self.editors:
            server = self.server_of(editor)
            if server is not None:
                self._tell(server, editor)

    def opened(self, editor: Editor) -> None:
        self.show_to_server(editor)

    def left(self, editor: Editor) -> None:
        path, server = editor.buffer.file.path, self.server_of(editor)
        if path is not None and server is not None:
            server.close(path)

    async def stop_servers(self) -> None:
        await asyncio.gather(*(server.stop() for server in self._servers.values()))

    # What it reports

    def _told(self, path: Path, found: list[Diagnostic]) -> None:
        for editor in self.editors:
            if editor.buffer.file.path == path:
                for view in (editor, *([editor.twin] if editor.twin else [])):
                    view.show_diagnostics(found)
        self.refresh_status()

    async def action_next_problem(self) -> None:
        self.editor.action_next_diagnostic()

    def action_start_server(self) -> None:
        """Start the usual server of the language, for this session."""
        language = self.editor.buffer.language or ""
        if language in self._chosen:
            self.complain(
                "The server is running or has been tried; “servers” in the settings names it."
            )
        elif language not in KNOWN:
            self.complain(
                f"No server is known for {language or 'plain text'}; name one in the settings."
            )
        else:
            self._chosen[language] = KNOWN[language]
            self.show_to_server(self.editor)

    # What it is asked

    def _asked(self) -> tuple[Server, Editor, Path] | None:
        """The server, editor and path in front, once the server has the current text; None, with a
        message, without a server."""
        editor = self.editor
        server, path = self.server_of(editor), editor.buffer.file.path
        if server is None or path is None:
            key = self._key(editor)
            begun = key in self._starting and key not in self._servers
            self.complain(
                "The language server is not ready yet." if begun else
                "No language server runs for this file; “Start the language server” in the "
                "palette starts one."
            )  # fmt: skip
            return None
        self._tell(server, editor)
        return server, editor, path

    @work(exclusive=True, group="asked")
    async def action_definition(self) -> None:
        asked = self._asked()
        if asked is None:
            return
        server, editor, path = asked
        row, column = editor.cursor_location
        try:
            found = await server.definition(path, (row, column))
        except ServerProblem as error:
            self.complain(str(error))
            return
        if not found:
            self.complain("No definition was found.")
            return
        self._before.append((path, row + 1, column + 1))
        target = found[0]
        await self.open_path(target.path, offer=False)
        lines = self.editor.buffer.file.outward(self.editor.text).split("\n")
        (place,) = read([Change(target.place, target.place, "")], "\n".join(lines))
        self.editor.go_to(place.start[0] + 1, place.start[1] + 1)

    @work
    async def action_go_back(self) -> None:
        if self._before:
            path, line, column = self._before.pop()
            await self.open_path(path, offer=False)
            self.editor.go_to(line, column)

    @work
    async def action_rename(self) -> None:
        asked = self._asked()
        if asked is None:
            return
        server, editor, path = asked
        row, column = place = editor.cursor_location
        line = editor.document.get_line(row)
        start = word_start(line, column)
        before = line[start : editor.word_at((row, start)).end[1]]
        name = await self.push_screen_wait(Prompt(f"Rename {before!r} to", before))
        if not name or name == before:
            return
        try:
            changes = await server.rename(path, place, name)
        except ServerProblem as error:
            self.complain(str(error))
            return
        await self._make(changes, editor)

    async def _make(self, changes: dict[Path, list[Change]], editor: Editor) -> None:
        """Make changes in the open texts, and in files that are opened for it; save nothing."""
        if not changes or len(changes) > MOST_FILES:
            many = f"{len(changes)} files would change; at most {MOST_FILES} are allowed."
            self.complain(many if changes else "Nothing was renamed.")
            return
        for path, parts in changes.items():
            await self.open_path(path, offer=False)
            front = self.editor
            if front.buffer.file.path == path and not front.read_only:
                text = front.buffer.file.outward(front.text)
                caret = front.cursor_location
                front.change_all(read(parts, text))
                front.move_cursor(front.clamp_visitable(caret))
        self.show(editor)
        count = sum(map(len, changes.values()))
        self.complain(f"{count} places in {len(changes)} files were changed; nothing is saved yet.")

    @work(exclusive=True, group="asked")
    async def action_complete(self) -> None:
        asked = self._asked()
        if asked is None:
            return
        server, editor, path = asked
        place, version = editor.cursor_location, editor.code.version
        try:
            items = await server.completions(path, place)
        except (ServerProblem, FileProblem) as error:
            self.complain(str(error))
            return
        items = await self._ranked(editor, items)
        before = editor.caret_line[1]
        if not items or (editor.cursor_location, editor.code.version) != (place, version):
            if not items:
                self.complain("The language server has no completions here.")
            return
        await self._open_menu(editor, items, before[items[0].change.start[1] :])

    async def _ranked(self, editor: Editor, items: Sequence[Item]) -> list[Item]:
        """Sorted by the model's probability; without the model, as the server sorts them."""
        by_name: dict[str, Item] = {}
        for item in sorted(items, key=lambda one: one.order):
            by_name.setdefault(item.name, item)
        names = await self._likely(editor, list(by_name))
        left = [name for name in by_name if name not in names]
        return [by_name[name] for name in [*names, *left]]

    async def _likely(self, editor: Editor, names: list[str]) -> list[str]:
        snapshot = editor.snapshot()
        if snapshot is None or not names:
            return []
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def deliver(_: Snapshot, found: list[Ranked]) -> None:
            loop.call_soon_threadsafe(take, [one.name for one in found])

        def take(found: list[str]) -> None:
            if not answer.done():
                answer.set_result(found)

        editor.ghost.clear()
        if not self.suggester.rank(snapshot, names, deliver):
            return []
        done, _ = await asyncio.wait({answer}, timeout=RANK_SECONDS)
        return answer.result() if done else []

    async def _open_menu(self, editor: Editor, items: list[Item], typed: str) -> None:
        if self._menu is None:
            self._menu = Menu()
            await self.screen_stack[0].mount(self._menu)
        editor.menu = self._menu
        self._menu.open(items, typed, editor.cursor_screen_offset, self.size)
        editor.ghost.clear()
        editor.refresh_bindings()
