"""Reads a user's own folder in place: what they wrote in it, and nothing else.

Skips what git ignores, hidden folders, virtual environments, installed packages, build output and
the output of this project's own commands. Links and devices are refused, with the reason. Knows
names and ``.gitignore`` files; ``filters`` decides whether a text is worth learning from.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from codecomplete.ignored import FILLED, Ignored

from .archives import LARGEST_FILE, Entry, Refused, SourceFile, printable, unsafe_path
from .outputs import MARKER

ENVIRONMENT = "pyvenv.cfg"


def read_folder(folder: Path, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    """The wanted files below a folder, in sorted order; links and devices are refused.

    Paths begin with the folder's own name, as those of an archive begin with its top folder.
    """
    for file in written_files(folder):
        path = f"{folder.resolve().name}/{file.relative_to(folder).as_posix()}"
        if wanted(path):
            yield _read(file, path)


def written_files(folder: Path) -> Iterator[Path]:
    """The files below a folder that a person may have written, in sorted order."""
    ignored = Ignored(_checkout(folder))
    for directory, folders, names in os.walk(folder):
        here = Path(directory)
        folders[:] = sorted(n for n in folders if not _is_foreign(here / n, ignored))
        files = (here / n for n in sorted(names))
        yield from (file for file in files if not ignored.is_ignored(file.absolute(), False))


def _is_foreign(folder: Path, ignored: Ignored) -> bool:
    if folder.name.startswith(".") or folder.name.lower() in FILLED:
        return True
    marked = any((folder / name).is_file() for name in (ENVIRONMENT, MARKER))
    return marked or ignored.is_ignored(folder.absolute(), True)


def _checkout(folder: Path) -> Path:
    """The checkout around a folder, whose ignore rules apply too; otherwise the folder itself."""
    above = [folder.absolute(), *folder.absolute().parents]
    return next((path for path in above if (path / ".git").exists()), above[0])


def _read(file: Path, path: str) -> Entry:
    try:
        status = file.lstat()
        if unsafe_path(path):
            return Refused(printable(path), "unsafe path", status.st_size)
        if stat.S_ISLNK(status.st_mode) or not stat.S_ISREG(status.st_mode):
            return Refused(path, "link" if stat.S_ISLNK(status.st_mode) else "device")
        if status.st_size > LARGEST_FILE:
            return Refused(path, "file too large", status.st_size)
        return SourceFile(path, file.read_bytes())
    except OSError:
        return Refused(printable(path), "unreadable")
