"""Opening, saving and closing files, and the questions to the user that come with it.

``files`` reads and writes; here the user decides what may be lost.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from textual import work
from textual.binding import Binding

from .. import files
from ..buffer import Buffer, shown
from ..dialogs import Ask, Prompt
from ..differences import difference
from ..editor import Editor
from ..ending import interrupting_only_others
from ..files import FileChanged, FileExists, FileGone, FileProblem, Found, NotAllowed, NotEncodable
from ..paths import BadName, Paths, is_folder
from ..rescue import Rescue
from ..shelf import Compare, Shelf
from ..tabs import OpenFiles

SAVE, DROP, CANCEL = "Save", "Don't save", "Cancel"
OVERWRITE, SAVE_AS, RELOAD, WRITE = "Overwrite", "Save as", "Reload", "Write it anew"
DIFFERENCES = "Differences"
WITH_RIGHTS = "Use elevated rights"
RESTORE, DISCARD, LATER = "Restore", "Discard", "Later"
UTF8 = "UTF-8"

UNSAVED = Binding(
    "alt+u", "unsaved", "unsaved", id="unsaved", show=False,
    tooltip="Unsaved work that was put aside: view, open or discard it",
)  # fmt: skip
KEYS = [
    Binding("ctrl+s", "save", "save", id="save", tooltip="Save the file"),
    Binding("f12", "save_as", "save as", id="save_as", show=False,
            tooltip="Save under another name"),
    Binding("ctrl+o", "open", "open", id="open", show=False,
            tooltip="Open a file, or choose one in a folder"),
    Binding("ctrl+n", "new", "new", id="new", show=False, tooltip="Start a new file"),
    Binding("alt+w", "close", "close", id="close", show=False, tooltip="Close the file"),
    UNSAVED,
]  # fmt: skip


class FileCommands(OpenFiles):
    """The commands of the app that concern files."""

    paths: Paths
    rescue: Rescue

    def warn_about(self, editor: Editor) -> None:
        """Warn if the file looks binary."""
        if editor.buffer.file.looks_binary:
            self.complain(
                f"{editor.buffer.name} looks binary; bytes that are not text are shown as symbols."
            )

    @work
    async def action_save(self) -> None:
        await self.save(self.editor)

    @work
    async def action_save_as(self) -> None:
        path = await self._ask_name(self.editor)
        if path is not None:
            await self.save(self.editor, path)

    @work
    async def action_open(self) -> None:
        here = self.editor.buffer.file.path
        folder = "" if here is None else self.paths.shown(here.parent)
        path = await self._ask_path(
            "Open which file?", f"{folder}/" if folder not in ("", ".") else ""
        )
        if path is not None and is_folder(path):
            await self.choose_file(path)
        elif path is not None:
            await self.open_path(path)

    async def choose_file(self, folder: Path) -> None:
        """Ask for a file below ``folder`` and open it."""
        raise NotImplementedError

    @work
    async def action_new(self) -> None:
        await self.add(Buffer(files.read_bytes(b""), self.options.indent))

    @work
    async def action_close(self) -> None:
        if await self.may_close(self.editor):
            await self.remove(self.editor)

    async def action_quit(self) -> None:
        self._quit()

    @work
    async def _quit(self) -> None:
        if len(self.screen_stack) > 1:  # not over a question
            return
        for editor in list(self.editors):
            if not await self.may_close(editor):
                return
        for editor in self.editors:  # not before every answer is known
            editor.keep_steps()
            editor.buffer.closed()
        self.exit(0)

    @work
    async def action_reload(self) -> None:
        editor = self.editor
        if editor.buffer.file.path is None:
            self.complain("This text has no file yet to reload.")
        elif await self._may_lose(editor):
            self.load_again(editor)

    def load_again(self, editor: Editor) -> bool:
        """Show the file as it is now; returns whether that was done.

        Undo brings back what was there, and a copy of it is put aside. If the file is gone,
        everything stays as it is.
        """
        buffer, path = editor.buffer, editor.buffer.file.path
        if path is None:
            return False
        try:
            file = files.read(path)
            if file.stamp is None:
                buffer.look()
                self.complain(f"{buffer.name} no longer exists; your text stays as it is.")
                return False
            if buffer.is_modified(editor.text):
                files.Recovery.keep(buffer.file, editor.text, "reloaded")
        except FileProblem as error:
            self.complain(f"{error} Nothing was loaded.")
            return False
        editor.take(file)
        self.refresh_status()
        return True

    @work
    async def action_compare(self) -> None:
        """Show how the text differs from the file on disk."""
        path = self.editor.buffer.file.path
        if path is None:
            self.complain("This text has no file yet to compare it with.")
        else:
            await self.compare(self.editor, path)

    async def compare(self, editor: Editor, path: Path) -> None:
        """Show how a text differs from what a file holds now."""
        try:
            now = files.read(path)
        except FileProblem as error:
            self.complain(str(error))
            return
        lines = difference(now.visible(now.text), editor.buffer.file.visible(editor.text))
        title = f"{path.name}: - on disk, + here. Esc goes back."
        await self.push_screen_wait(Compare(title, lines or ["The file has the same text."]))

    @work
    async def action_convert(self, encoding: str = "", line_end: str = "") -> None:
        """Choose the encoding or the line ends that the next save writes."""
        buffer = self.editor.buffer
        if encoding:
            buffer.converted(files.with_encoding(buffer.file, encoding))
        if line_end:
            buffer.converted(files.with_line_end(buffer.file, line_end))
        self.rescue.edited()
        self.refresh_status()

    @work
    async def action_unsaved(self) -> None:
        """List all that was put aside, to view, open or discard it."""
        while found := files.Recovery.everything():
            choice = await self.push_screen_wait(Shelf(found))
            if choice is None:
                return
            if not choice.discard:
                await self.take_up(choice.found)
                return
            choice.found.discard()
        self.complain("No unsaved work was put aside.")

    async def take_up(self, found: Found) -> None:
        """Open what was put aside, in the tab of its file or in a new one."""
        path = found.file.path
        if path is None:
            await self.add(Buffer(files.read_bytes(b""), self.options.indent))
        else:
            await self.open_path(path, offer=False)
        if _names(self.editor.buffer.file.path, path):
            self._restore(self.editor, found)

    def _restore(self, editor: Editor, found: Found) -> None:
        """Show unsaved work, and put it aside anew before its old copy is removed."""
        editor.restore(found.file)
        self.rescue.put_aside()
        found.discard()
        self.refresh_status()

    async def open_path(
        self, path: Path, place: tuple[int, int] | None = None, offer: bool = True
    ) -> None:
        """Open a file in a tab, or go to its tab; with ``offer``, ask about its unsaved work."""
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
        if offer:
            await self.offer_recovery(editor)

    async def offer_recovery(self, editor: Editor) -> None:
        """Ask what to do with unsaved work of earlier sessions, if there is any."""
        for found in files.Recovery.find(editor.buffer.file.path):
            answer = await self.push_screen_wait(Ask(found.sentence, (RESTORE, DISCARD, LATER)))
            if answer == RESTORE:
                self._restore(editor, found)
                return
            if answer == DISCARD:
                found.discard()

    async def save(self, editor: Editor, path: Path | None = None) -> bool:
        """Save, asking the user where needed; returns whether the text was saved."""
        path = path or editor.buffer.file.path or await self._ask_name(editor)
        insist = False
        while path is not None:
            try:
                saved = files.save(editor.buffer.file, editor.text, path, overwrite_changed=insist)
            except NotEncodable as error:
                if not await self._to_utf8(editor, error):
                    return False
            except FileChanged as error:
                while (answer := await self._about_change(error)) == DIFFERENCES:
                    await self.compare(editor, path)
                if answer == RELOAD:
                    self.load_again(editor)
                if answer == SAVE_AS:
                    path = await self._ask_name(editor)
                elif answer not in (OVERWRITE, WRITE):
                    return False
                insist = answer in (OVERWRITE, WRITE)
                if answer == OVERWRITE and path is not None:
                    _keep(path)
            except NotAllowed as error:
                answer = await self._about_rights(error)
                if answer == SAVE_AS:
                    path = await self._ask_name(editor)
                elif answer == WITH_RIGHTS:
                    return self._save_with_rights(editor, path, insist)
                else:
                    return False
            except FileProblem as error:
                self.complain(str(error))
                return False
            else:
                editor.saved(saved)
                self.opened(editor)
                self.refresh_status()
                return True
        return False

    async def _about_rights(self, error: NotAllowed) -> str | None:
        tool = files.elevated.tool()
        if tool is None or not self._driver or not self._driver.can_suspend:
            self.complain(str(error))
            return None
        question = f"{error} {tool[0]} may be able to write it; a copy of the old contents is kept."
        return await self.push_screen_wait(Ask(question, (SAVE_AS, WITH_RIGHTS, CANCEL)))

    def _save_with_rights(self, editor: Editor, path: Path, insist: bool) -> bool:
        """Save with sudo or the like, which has the terminal meanwhile; interrupting it does not
        end the editor."""
        problem: Exception | None = None
        with self.suspend(), interrupting_only_others():
            print(f"cc-edit: saving {shown(str(path))} with elevated rights", flush=True)
            try:
                saved = files.elevated.save(
                    editor.buffer.file, editor.text, path, overwrite_changed=insist
                )
            except Exception as error:  # raised below: first, the terminal must come back
                problem = error
        self.screen.refresh(layout=True)
        if problem is None:
            editor.saved(saved)
            self.refresh_status()
        elif isinstance(problem, FileProblem):
            self.complain(str(problem))
        else:
            raise problem
        return problem is None

    def action_edit_anyway(self) -> None:
        """Allow changes to a read-only file, to save it elsewhere or with elevated rights."""
        self.editor.read_only = False
        self.refresh_status()

    async def may_close(self, editor: Editor) -> bool:
        """Whether the editor may close: nothing is unsaved, or the user saves or drops it."""
        editor.buffer.look()
        if editor.buffer.is_modified(editor.text):
            self.show(editor)
            question = f"{editor.buffer.name} has unsaved changes."
            if editor.buffer.gone:
                question = (
                    f"{editor.buffer.name} was removed by another program; its text is only here."
                )
            answer = await self.push_screen_wait(Ask(question, (SAVE, DROP, CANCEL)))
            if answer == SAVE:
                return await self.save(editor)
            return answer == DROP
        return True

    async def _may_lose(self, editor: Editor) -> bool:
        if not editor.buffer.is_modified(editor.text):
            return True
        question = "Reload the file? Undo brings your changes back."
        return await self.push_screen_wait(Ask(question, (CANCEL, RELOAD))) == RELOAD

    async def _ask_name(self, editor: Editor) -> Path | None:
        return await self._ask_path(
            "Save under which name?", self.paths.shown(editor.buffer.file.path)
        )

    async def _ask_path(self, question: str, value: str) -> Path | None:
        """Ask for the path of a file; None without an answer, or if it is no path."""
        prompt = Prompt(question, value, self.paths.completions)
        name = await self.push_screen_wait(prompt)
        if not name:
            return None
        try:
            return self.paths.absolute(name)
        except BadName as error:
            self.complain(f"{error}.")
            return None

    async def _to_utf8(self, editor: Editor, error: NotEncodable) -> bool:
        answer = await self.push_screen_wait(Ask(str(error), (UTF8, CANCEL)))
        if answer == UTF8:
            editor.buffer.converted(files.with_encoding(editor.buffer.file, "utf-8"))
            return True
        editor.go_to(error.line, 1)
        return False

    async def _about_change(self, error: FileChanged) -> str | None:
        # Enter chooses the first, which loses nothing
        answers: tuple[str, ...] = (SAVE_AS, OVERWRITE, RELOAD, DIFFERENCES, CANCEL)
        if isinstance(error, FileExists):
            answers = (SAVE_AS, OVERWRITE, DIFFERENCES, CANCEL)
        if isinstance(error, FileGone):
            answers = (SAVE_AS, WRITE, CANCEL)
        return await self.push_screen_wait(Ask(str(error), answers))


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _names(one: Path | None, other: Path | None) -> bool:
    return one is other is None or (one is not None and other is not None and _same(one, other))


def _keep(path: Path) -> None:
    """Keep a copy of what another program wrote and the user overwrites, if it can be read."""
    with contextlib.suppress(FileProblem):
        theirs = files.read(path)
        files.Recovery.keep(theirs, theirs.text, "overwritten")
