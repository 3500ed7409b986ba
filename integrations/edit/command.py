"""The ``cc-edit`` command: what its arguments mean, and what is said when it ends.

Nothing heavy is imported before the arguments are understood.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from codecomplete import __version__

if TYPE_CHECKING:
    from .app import EditorApp

EXIT_WAIT = 0.2  # seconds the end of the process waits for a step of the model
FAILED = 70  # the exit code of a bug of ours
_PLACED = re.compile(r"(?P<name>.+?):(?P<line>\d+)(?::(?P<column>\d+))?:?")

EPILOGUE = """\
+LINE before a file, or FILE:LINE[:COLUMN], goes there. - reads standard input.
In the editor, Ctrl+P lists all commands. Tab accepts ghost text, Esc dismisses it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One file to open, and where to go in it, counted from 1."""

    path: str  # "-": standard input
    place: tuple[int, int] | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code; one line on standard error says why it is not 0."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.settings or given.write_settings:
        return _settings(given.write_settings)
    try:
        import textual  # noqa: F401
    except ImportError:
        return _fail("cc-edit needs Textual: pip install 'codecomplete[edit]'")
    return _edit(openings(given.files), given)


def openings(words: Sequence[str]) -> list[Opening]:
    """The files to open: ``+LINE FILE``, ``FILE:LINE:COLUMN``, ``FILE`` or ``-``."""
    found: list[Opening] = []
    line: int | None = None
    for word in words:
        if re.fullmatch(r"\+\d+", word):
            line = int(word[1:])
            continue
        opening = _opening(word)
        found.append(Opening(opening.path, (line, 1)) if line is not None else opening)
        line = None
    return found


def _opening(word: str) -> Opening:
    placed = _PLACED.fullmatch(word)
    if placed is None or Path(word).exists():
        return Opening(word)
    return Opening(placed["name"], (int(placed["line"]), int(placed["column"] or 1)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "cc-edit", description="Edit files, with ghost text from a model that is in the package.",
        epilog=EPILOGUE, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("files", nargs="*", metavar="FILE", help="files to open, each in a tab")
    parser.add_argument("--settings", action="store_true", help="say where the settings are")
    parser.add_argument(
        "--write-settings", action="store_true", help="write settings that explain themselves"
    )
    parser.add_argument("--no-suggestions", action="store_true", help="start without ghost text")
    parser.add_argument("--read-only", action="store_true", help="only look")
    parser.add_argument("--version", action="version", version=f"cc-edit {__version__}")
    return parser


def _settings(write: bool) -> int:
    from . import settings

    place = settings.place()
    if write:
        if place.exists():
            return _fail(f"{place} exists already; it was left as it is")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(settings.commented(), encoding="utf-8")
    print(place)
    return 0


def _edit(wanted: list[Opening], given: argparse.Namespace) -> int:
    from . import logs, terminal
    from .files import FileProblem

    try:
        piped = terminal.piped_input() if any(one.path == "-" for one in wanted) else b""
        terminal.check()
        app = _app(wanted, piped, given)
    except (FileProblem, terminal.NoTerminal) as error:
        return _fail(str(error))
    logs.to_file()
    atexit.register(app.suggester.close, EXIT_WAIT)
    try:
        code = app.run()
    finally:  # also if there is no terminal any more to say it on
        if app.ending.number is not None:
            _end_at_once(128 + app.ending.number)
        app.ending.over()
    if app.failure is not None:
        return _fail(_obituary(app.failure), FAILED)
    return code or 0


def _end_at_once(code: int) -> NoReturn:
    """Everything is put aside: nothing may hold up the end any more, least of all a thread."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _app(wanted: list[Opening], piped: bytes, given: argparse.Namespace) -> EditorApp:
    from dataclasses import replace

    from . import files, settings
    from .app import EditorApp
    from .buffer import Buffer
    from .driver import Driver

    found = settings.load()
    options = found.options
    if given.no_suggestions:
        options = replace(options, enabled=False)
    buffers = []
    for one in _once(wanted) or [Opening("-")]:
        file = files.read_bytes(piped) if one.path == "-" else files.read(one.path)
        buffer = Buffer(replace(file, read_only=file.read_only or given.read_only), options.indent)
        buffers.append((buffer, one.place))
    return EditorApp(buffers, replace(found, options=options), driver_class=Driver)


def _once(wanted: list[Opening]) -> list[Opening]:
    """Every file once, however often and however spelled it is given: two would overwrite each
    other."""
    found = {"-" if one.path == "-" else str(Path(one.path).resolve()): one for one in wanted}
    return list(found.values())


def _obituary(failure: Exception) -> str:
    from . import logs

    place = logs.place()
    return (
        f"the editor failed ({type(failure).__name__}); unsaved work is offered when the file is "
        f"opened again. What happened is in {place}"
    )


def _fail(sentence: str, code: int = 1) -> int:
    from .buffer import shown

    print(f"cc-edit: {shown(sentence)}", file=sys.stderr)
    return code
