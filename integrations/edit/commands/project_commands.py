"""Commands for the project's files: open one by its name, find text in all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from textual import work
from textual.binding import Binding

from ..chooser import FileChooser, PlaceChooser, Stop
from ..project import listing, searching
from ..project.searching import Match
from ..text.search import Query
from .file_commands import FileCommands

KEYS = [
    Binding("alt+o", "find_file", "find file", id="find_file", show=False,
            tooltip="Open a file of the project by a few letters of its name"),
    Binding("alt+g", "find_in_files", "find in files", id="find_in_files", show=False,
            tooltip="Find in the project's files"),
]  # fmt: skip


class ProjectCommands(FileCommands):
    """The commands of the app that concern the files around the open one."""

    folder_given: Path | None = None  # from the command line; else it is the open file's project
    _query = Query("")
    _found_places: tuple[Sequence[Match], int] = ((), 0)  # the last, and which was chosen
    _searched: Path | None = None

    @property
    def project_folder(self) -> Path | None:
        """The folder whose files are listed and searched; None if there is none."""
        path = self.editor.buffer.file.path
        given = self.folder_given
        if given is not None and (path is None or given in path.parents):
            return given
        return listing.folder_around(path, self.paths.folder)

    @work
    async def action_find_file(self) -> None:
        folder = self.project_folder
        if folder is None:
            self.complain("There is no folder to search.")
        else:
            await self.choose_file(folder)

    async def choose_file(self, folder: Path) -> None:
        """Ask for a file below ``folder`` and open it."""
        title = f"Open a file of {self.paths.shown(folder)}"
        chooser = FileChooser(title, lambda stop: listing.files(folder, stop))
        name = await self.push_screen_wait(chooser)
        if name is not None:
            await self.open_path(folder / name)

    @work
    async def action_find_in_files(self) -> None:
        folder = self.project_folder
        if folder is None:
            self.complain("There is no folder to search.")
            return
        selected = self.editor.selected_text
        if selected and "\n" not in selected and selected != self._query.text:
            self._query, self._found_places = Query(selected), ((), 0)
        if folder != self._searched:
            self._found_places = ((), 0)
        await self._choose_place(folder)

    async def _choose_place(self, folder: Path) -> None:
        texts = self._open_texts(folder)

        def places(query: Query, stop: Stop) -> Iterator[Match]:
            return searching.found(folder, query, texts, stop)

        title = f"Find in the files of {self.paths.shown(folder)}"
        chooser = PlaceChooser(title, self._query, places, self._found_places)
        match = await self.push_screen_wait(chooser)
        self._query, self._searched = chooser.query_now, folder
        self._found_places = (chooser.matches, chooser.index)
        if match is not None:
            await self.open_path(folder / match.name)
            self.editor.go_to(match.line, match.column)

    def _open_texts(self, folder: Path) -> dict[str, str]:
        """The texts that are open and modified, by name relative to ``folder``."""
        texts: dict[str, str] = {}
        for editor in self.editors:
            path, text = editor.buffer.file.path, editor.text
            if path is not None and folder in path.parents and editor.buffer.is_modified(text):
                texts[str(path.relative_to(folder))] = editor.buffer.file.outward(text)
        return texts
