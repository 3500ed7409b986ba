"""The ``cc-edit`` command: its arguments, and what it prints when it ends.

Imports nothing heavy before the arguments are parsed.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import gc
import importlib.util
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from codecomplete import __version__

if TYPE_CHECKING:
    from .app import EditorApp
    from .files import TextFile
    from .first_screen import FirstScreen
    from .settings import EditOptions, Settings

FAILED = 70  # the exit status after a bug in the editor
NUMBER = "[0-9]{1,9}"
_PLACED = re.compile(rf"(?P<name>.+?):(?P<line>{NUMBER})(?::(?P<column>{NUMBER}))?:?")

EPILOGUE = """\
To go to a place, put +LINE[:COLUMN] or +/WORDS before a file or after the last
one, or write FILE:LINE[:COLUMN]. - reads standard input. In the editor, Ctrl-P
lists all commands, Tab accepts ghost text, and Esc dismisses it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One file to open, and the place to go to, counted from 1."""

    path: str  # "-": standard input
    place: tuple[int, int] | None = None
    wanted: str = ""  # text to go to


class NothingOpened(Exception):
    """None of the files can be opened; the arguments say why, one sentence for each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``cc-edit``; returns its exit status. Unless it is 0, standard error says why."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.settings or given.write_settings:
        return _settings(given.write_settings)
    if given.unsaved:
        return _unsaved()
    if importlib.util.find_spec("textual") is None:  # importing it takes long
        return _fail("cc-edit needs Textual: pip install 'codecomplete[edit]'")
    return _edit(openings(given.files), given)


def openings(words: Sequence[str]) -> list[Opening]:
    """The files to open: ``+LINE FILE``, ``+LINE:COLUMN FILE``, ``+/WORDS FILE``,
    ``FILE:LINE:COLUMN``, ``FILE`` or ``-``. A place with no file after it is for the last one."""
    found: list[Opening] = []
    where: Opening | None = None
    for word in words:
        if where is None and (where := _where(word)) is not None:
            continue
        opening = _opening(word)
        found.append(opening if where is None else replace(where, path=opening.path))
        where = None
    if found and where is not None:
        found[-1] = replace(where, path=found[-1].path)
    return found


def _where(word: str) -> Opening | None:
    """The place that ``word`` gives for the next file; None if it is a file itself."""
    if word.startswith("+/") and len(word) > 2:
        return Opening("", wanted=word[2:])
    placed = re.fullmatch(rf"\+({NUMBER})(?::({NUMBER}))?", word)
    return None if placed is None else Opening("", (int(placed[1]), int(placed[2] or 1)))


def _opening(word: str) -> Opening:
    placed = _PLACED.fullmatch(word)
    if placed is None or os.path.lexists(word):
        return Opening(word)
    return Opening(placed["name"], (int(placed["line"]), int(placed["column"] or 1)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "cc-edit", epilog=EPILOGUE,
        description="Edit files, with ghost text from a model that comes with the package.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="files to open, each in a tab, or a folder to work in",
    )
    parser.add_argument("--settings", action="store_true", help="print where the settings file is")
    parser.add_argument(
        "--write-settings",
        action="store_true",
        help="write a settings file that explains each option",
    )
    parser.add_argument(
        "--unsaved",
        action="store_true",
        help="list unsaved work that was put aside; Alt-U opens it",
    )
    parser.add_argument("--no-suggestions", action="store_true", help="start without ghost text")
    parser.add_argument("--read-only", action="store_true", help="open the files read-only")
    parser.add_argument("--version", action="version", version=f"cc-edit {__version__}")
    return parser


def _settings(write: bool) -> int:
    from . import settings

    place = settings.place()
    if write:
        if place.exists():
            return _fail(f"{place} already exists; it was left unchanged")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(settings.commented(), encoding="utf-8")
        except OSError as error:
            return _fail(f"{place} cannot be written: {error.strerror or type(error).__name__}")
    print(place)
    return 0


def _unsaved() -> int:
    """Print the unsaved work that was put aside, one line for each text."""
    from .buffer import shown
    from .files import Recovery
    from .shelf import label

    found = Recovery.everything()
    for one in found:
        print(shown(label(one)))
    if not found:
        print("No unsaved work was put aside.")
    return 0


def _edit(wanted: list[Opening], given: argparse.Namespace) -> int:
    from . import settings, terminal
    from .first_screen import FirstScreen

    screen = FirstScreen()
    try:
        piped = terminal.piped_input() if any(one.path == "-" for one in wanted) else b""
        terminal.check()
        found = settings.load()
        _draw_first(screen, wanted, found.options)
        with uncollected():
            app = _app(wanted, piped, given, found)
        app.first_screen = screen
    except NothingOpened as error:
        screen.over()
        return _fail(*error.args)
    except terminal.NoTerminal as error:
        return _fail(str(error))
    except BaseException:
        screen.over()
        raise
    return _run(app, screen)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Imports leave no garbage: what they make is never searched for any, here or at the end of
    the process, which would take a third of the time of a start."""
    gc.disable()
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _draw_first(screen: FirstScreen, wanted: list[Opening], options: EditOptions) -> None:
    """Draw the file, if that is possible, before anything heavy is imported."""
    from .first_screen import View, picture

    if len(wanted) != 1 or wanted[0].path == "-":
        return
    view = View(
        options.theme, options.line_numbers, options.soft_wrap, options.tab_width, options.key_bar
    )
    drawn = picture(wanted[0].path, wanted[0].place, wanted[0].wanted, view)
    if drawn is not None:
        screen.draw(drawn)


def _run(app: EditorApp, screen: FirstScreen) -> int:
    from ..shared.suggester import EXIT_WAIT
    from . import logs

    logs.to_file()
    atexit.register(app.suggester.close, EXIT_WAIT)
    try:
        code = app.run()
    finally:  # also if the terminal is gone
        screen.over()
        if app.ending.number is not None:
            _end_at_once(128 + app.ending.number)
        app.ending.over()
    if app.failure is not None:
        return _fail(_obituary(app.failure), code=FAILED)
    return code or 0


def _end_at_once(code: int) -> NoReturn:
    """End the process: unsaved work is put aside, and no thread may delay the end."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _app(
    wanted: list[Opening], piped: bytes, given: argparse.Namespace, found: Settings
) -> EditorApp:
    from . import files
    from .app import EditorApp
    from .buffer import Buffer
    from .driver import Driver

    folder, wanted = _folder(wanted)
    options = found.options
    if given.no_suggestions:
        options = replace(options, enabled=False)
    read, problems = _read(_once(wanted), piped)
    if not read and wanted:
        raise NothingOpened(*problems)
    buffers = [
        (Buffer(replace(file, read_only=file.read_only or given.read_only), options.indent),
         _place(one, file.text))
        for one, file in read or [(Opening("-"), files.read_bytes(b""))]
    ]  # fmt: skip
    found = replace(found, options=options, problems=(*found.problems, *problems))
    return EditorApp(buffers, found, folder=folder, driver_class=Driver)


def _folder(wanted: list[Opening]) -> tuple[Path | None, list[Opening]]:
    """The folder to work in, which is the first one given, or None; and the files."""
    from .paths import is_folder

    folders = [one.path for one in wanted if one.path != "-" and is_folder(Path(one.path))]
    files = [one for one in wanted if one.path not in folders]
    return (Path(folders[0]).absolute() if folders else None), files


def _read(wanted: list[Opening], piped: bytes) -> tuple[list[tuple[Opening, TextFile]], list[str]]:
    """The files that can be opened, and why the others cannot: one bad name stops no other file."""
    from . import files

    read: list[tuple[Opening, TextFile]] = []
    problems: list[str] = []
    for one in wanted:
        try:
            read.append((one, files.read_bytes(piped) if one.path == "-" else files.read(one.path)))
        except files.FileProblem as error:
            problems.append(str(error))
    return read, problems


def _place(one: Opening, text: str) -> tuple[int, int] | None:
    """The line and column to go to, from 1; None for no place in particular."""
    if not one.wanted:
        return one.place
    at = text.find(one.wanted)
    if at < 0:
        return None
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _once(wanted: list[Opening]) -> list[Opening]:
    """Each file once, however often and however spelled it is given: two tabs of a file would
    overwrite each other's text."""
    found = {"-" if one.path == "-" else os.path.realpath(one.path): one for one in wanted}
    return list(found.values())


def _obituary(failure: Exception) -> str:
    from . import logs

    place = logs.place()
    return (
        f"the editor failed ({type(failure).__name__}); it will offer your unsaved work when you "
        f"open the file again. Details are in {place}"
    )


def _fail(*sentences: str, code: int = 1) -> int:
    from .buffer import shown

    for sentence in sentences:
        print(f"cc-edit: {shown(sentence)}", file=sys.stderr)
    return code
