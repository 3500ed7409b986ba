"""Opening, saving and closing files, with the questions that these ask of the user.

The files themselves are the business of ``files``; here is who decides what may be lost.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding

from .. import files
from ..buffer import Buffer
from ..dialogs import Ask, Prompt
from ..editor import Editor
from ..files import FileChanged, FileExists, FileProblem, NotEncodable, TextFile

if TYPE_CHECKING:
    from ..app import EditorApp

SAVE, DROP, CANCEL = "Save", "Don't save", "Cancel"
OVERWRITE, SAVE_AS, RELOAD = "Overwrite", "Save as", "Reload"
RESTORE, DISCARD, LATER = "Restore", "Discard", "Later"
UTF8 = "UTF-8"

KEYS = [
    Binding("ctrl+s", "save", "save", id="save", tooltip="Save the file"),
    Binding("f12", "save_as", "save as", id="save_as", show=False,
            tooltip="Save under another name"),
    Binding("ctrl+o", "open", "open", id="open", show=False, tooltip="Open a file"),
    Binding("ctrl+n", "new", "new", id="new", show=False, tooltip="Open an empty text"),
    Binding("alt+w", "close", "close", id="close", show=False, tooltip="Close the file"),
]  # fmt: skip


class FileCommands:
    """The commands of the app that concern files; part of ``EditorApp``."""

    @work
    async def action_save(self: EditorApp) -> None:
        await self.save(self.editor)

    @work
    async def action_save_as(self: EditorApp) -> None:
        await self.save(self.editor, await self._ask_name(self.editor))

    @work
    async def action_open(self: EditorApp) -> None:
        here = self.editor.buffer.file.path
        folder = f"{here.parent}/" if here is not None and str(here.parent) != "." else ""
        name = await self.push_screen_wait(Prompt("Open which file?", folder))
        if name:
            await self.open_path(Path(name).expanduser())

    @work
    async def action_new(self: EditorApp) -> None:
        await self.add(Buffer(files.read_bytes(b""), self.options.indent))

    @work
    async def action_close(self: EditorApp) -> None:
        if await self.may_close(self.editor):
            await self.remove(self.editor)

    @work
    async def action_quit(self: EditorApp) -> None:
        if len(self.screen_stack) > 1:  # a question is open: that comes first
            return
        for editor in list(self.editors):
            if not await self.may_close(editor):
                return
        self.exit(0)

    @work
    async def action_reload(self: EditorApp) -> None:
        editor = self.editor
        if editor.buffer.file.path is None or not await self._may_lose(editor):
            return
        try:
            editor.take(files.read(editor.buffer.file.path))
        except FileProblem as error:
            self.complain(str(error))

    @work
    async def action_convert(self: EditorApp, encoding: str = "", line_end: str = "") -> None:
        """Choose the encoding or the line ends the next save writes."""
        buffer = self.editor.buffer
        if encoding:
            buffer.converted(files.with_encoding(buffer.file, encoding))
        if line_end:
            buffer.converted(files.with_line_end(buffer.file, line_end))
        self.refresh_status()

    async def open_path(self: EditorApp, path: Path, place: tuple[int, int] | None = None) -> None:
        """Open a file in a tab, or go to its tab; offers unsaved work that was left behind."""
        for editor in self.editors:
            if editor.buffer.file.path is not None and _same(editor.buffer.file.path, path):
                self.show(editor)
                return
        try:
            file = files.read(path)
        except FileProblem as error:
            self.complain(str(error))
            return
        editor = await self.add(Buffer(file, self.options.indent), place)
        self.warn_about(editor)
        await self.offer_recovery(editor)

    async def offer_recovery(self: EditorApp, editor: Editor) -> None:
        """Ask what becomes of unsaved work of an earlier session, if there is any."""
        if editor.buffer.file.path is None:
            return
        for found in files.Recovery.find(editor.buffer.file.path):
            answer = await self.push_screen_wait(Ask(found.sentence, (RESTORE, DISCARD, LATER)))
            if answer == RESTORE:
                editor.restore(found.file)
                found.discard()
                return
            if answer == DISCARD:
                found.discard()

    async def save(self: EditorApp, editor: Editor, path: Path | None = None) -> bool:
        """Save, asking whatever must be asked; False if it was not saved."""
        path = path or editor.buffer.file.path or await self._ask_name(editor)
        insist = False
        while path is not None:
            try:
                saved = files.save(editor.buffer.file, editor.text, path, overwrite_changed=insist)
            except NotEncodable as error:
                if not await self._to_utf8(editor, error):
                    return False
            except FileChanged as error:
                answer = await self._about_change(error)
                if answer == RELOAD:
                    editor.take(files.read(path))
                if answer == SAVE_AS:
                    path = await self._ask_name(editor)
                elif answer != OVERWRITE:
                    return False
                insist = answer == OVERWRITE
            except FileProblem as error:
                self.complain(str(error))
                return False
            else:
                editor.saved(saved)
                self.refresh_status()
                return True
        return False

    async def may_close(self: EditorApp, editor: Editor) -> bool:
        """Whether nothing is lost, or the user says that it may be."""
        if editor.buffer.is_modified(editor.text):
            self.show(editor)
            question = f"{editor.buffer.name} has changes that are not saved."
            answer = await self.push_screen_wait(Ask(question, (SAVE, DROP, CANCEL)))
            if answer == SAVE:
                return await self.save(editor)
            if answer != DROP:
                return False
        editor.buffer.recovery.discard()
        return True

    async def _may_lose(self: EditorApp, editor: Editor) -> bool:
        if not editor.buffer.is_modified(editor.text):
            return True
        question = "Load the file again? Changes that are not saved are lost."
        return await self.push_screen_wait(Ask(question, (CANCEL, RELOAD))) == RELOAD

    async def _ask_name(self: EditorApp, editor: Editor) -> Path | None:
        name = await self.push_screen_wait(
            Prompt("Save under which name?", str(editor.buffer.file.path or ""))
        )
        return Path(name).expanduser() if name else None

    async def _to_utf8(self: EditorApp, editor: Editor, error: NotEncodable) -> bool:
        answer = await self.push_screen_wait(Ask(str(error), (UTF8, CANCEL)))
        if answer == UTF8:
            editor.buffer.converted(files.with_encoding(editor.buffer.file, "utf-8"))
            return True
        editor.go_to(error.line, 1)
        return False

    async def _about_change(self: EditorApp, error: FileChanged) -> str | None:
        # Enter is the first, which loses nothing
        answers: tuple[str, ...] = (SAVE_AS, OVERWRITE, RELOAD, CANCEL)
        if isinstance(error, FileExists):
            answers = (SAVE_AS, OVERWRITE, CANCEL)
        return await self.push_screen_wait(Ask(str(error), answers))


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def changed_outside(file: TextFile) -> bool:
    """Whether somebody else has written the file since."""
    return file.path is not None and files.changed_on_disk(file)
