"""The files beside the open one: which they are, and reading them into the engine bit by bit.

Searches from the open file outwards, inside its project, and skips what is ignored by git, hidden,
generated, large or in another language. Outside a project, reads only the open file's own folder.
Reads files, writes none. Called on the worker thread when it has nothing else to do, for a few
milliseconds at a time.

Knows nothing of what the engine makes of a text.
"""

from __future__ import annotations

import logging
import os
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from codecomplete.engine import EXTENSIONS, Stopped, is_private
from codecomplete.ignored import JUNK, Ignored

if TYPE_CHECKING:
    from codecomplete.engine import Model, Project

MARKS = (".git", ".hg", ".svn")
WEAKER_MARKS = (
    "pyproject.toml", "setup.py", "package.json", "Cargo.toml", "go.mod", "pom.xml",
    "build.gradle", "build.gradle.kts", "composer.json", "CMakeLists.txt", "Makefile",
)  # fmt: skip
GENERATED = ("@generated", "DO NOT EDIT", "do not edit", "Code generated")

MOST_BYTES = 100_000  # of one file; larger ones are seldom written by hand
MOST_FILES, MOST_FOLDERS = 300, 2_000
MOST_PROJECTS = 2
SLICE_MS = 12.0

Stop = Callable[[], bool]

log = logging.getLogger("codecomplete")


def root_of(path: Path) -> Path | None:
    """The folder of the project that a file belongs to; None if it belongs to none.

    A home folder is no project, even if it is under version control.
    """
    folders = [folder for folder in path.parents if folder not in (Path.home(), Path(path.anchor))]
    for marks in (MARKS, WEAKER_MARKS):
        for folder in folders:
            if any((folder / mark).exists() for mark in marks):
                return folder
    return None


def folder_of(path: Path, opened: Path | None) -> Path | None:
    """The folder whose files count as beside ``path``; None if only those in its own folder do.

    It is the project's folder, or ``opened``, the one that the host has open, if that is further in
    or there is no project.
    """
    root = root_of(path)
    if opened is None or opened not in path.parents or opened in (Path.home(), Path(path.anchor)):
        return root
    return opened if root is None or opened.is_relative_to(root) else root


def nearby(
    path: Path, suffixes: tuple[str, ...], opened: Path | None = None
) -> Iterator[Path | None]:
    """The other files of a project that end in ``suffixes``, the nearest to ``path`` first.

    Yields None between two folders, so that the caller can pause. Never raises OSError.
    """
    root = folder_of(path, opened)
    ignored = Ignored(root_of(path) or root) if root else None  # rules may be above it
    seen: set[Path] = set()
    for folder in path.parents:
        for found in _below(folder, ignored, seen):
            if found is None or (found.suffix.lower() in suffixes and found != path):
                yield None if found is None or is_private(str(found)) else found
        if root is None or folder == root or len(seen) > MOST_FOLDERS:
            return


def _below(folder: Path, ignored: Ignored | None, seen: set[Path]) -> Iterator[Path | None]:
    """The files of a folder and, if there are rules of what to ignore, of its subfolders."""
    waiting = deque([folder])
    while waiting and len(seen) <= MOST_FOLDERS:
        current = waiting.popleft()
        if current in seen:
            continue
        seen.add(current)
        for entry in _entries(current):
            path = current / entry.name
            if ignored is not None and ignored.is_ignored(path, entry.is_dir()):
                continue
            if entry.is_file(follow_symlinks=False):
                yield path
            elif ignored is not None and entry.is_dir(follow_symlinks=False):
                waiting.append(path)
        yield None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            shown = [e for e in entries if not e.name.startswith(".") and e.name not in JUNK]
    except OSError:
        return []
    return sorted(shown, key=lambda entry: entry.name)


def read(path: Path) -> str | None:
    """A file's text with ``\\n`` line ends; None if it does not look written by hand."""
    try:
        if not 0 < path.stat().st_size <= MOST_BYTES:
            return None
        text = path.read_text("utf-8")
    except (OSError, ValueError):
        return None
    head = text[:1000]
    long_lines = len(text) > 200 * (1 + text.count("\n"))
    return None if long_lines or any(mark in head for mark in GENERATED) else text


@dataclass
class _Scan:
    """One project of one language, and how far its files have been read."""

    project: Project
    files: Iterator[Path | None]
    left: int = MOST_FILES
    pending: tuple[str, str, bool] | None = None  # path, text, whether it is the newest
    done: bool = field(default=False)


class Projects:
    """The projects of a host's buffers. Not for use by several threads at once."""

    def __init__(self) -> None:
        self._scans: OrderedDict[tuple[Path | None, Path | None, str], _Scan] = OrderedDict()
        self._open: tuple[str, str, tuple[str, str]] | None = None  # path, language, text

    def of(self, model: Model, path: str, language: str, opened: str | None = None) -> Project:
        """The project of a file, as far as it has been read; for ``opened`` see ``folder_of``."""
        file, place = Path(path).absolute(), Path(opened) if opened is not None else None
        folder = folder_of(file, place)
        # A folder that is no project is read in another way than if it is opened as one later.
        key = (folder, None if folder else file.parent, language)
        scan = self._scans.pop(key, None)
        if scan is None:
            scan = _Scan(model.project(), nearby(file, EXTENSIONS.get(language, ()), place))
        self._scans[key] = scan
        while len(self._scans) > MOST_PROJECTS:
            self._scans.popitem(last=False)
        return scan.project

    def entered(self, path: str, language: str, text: tuple[str, str]) -> None:
        """A file is being edited; if it is another one, the one before is learned as it was left.

        ``text`` is the text before and after the caret.
        """
        left, self._open = self._open, (path, language, text)
        if left is None or left[0] == path or left[1] != language or not self._scans:
            return
        scan = next(reversed(self._scans.values()))
        if scan.pending is None:
            scan.pending, scan.done = (left[0], "".join(left[2]), True), False

    @property
    def waiting(self) -> bool:
        """Whether there is something left to read."""
        return bool(self._scans) and not next(reversed(self._scans.values())).done

    def work(self, stop: Stop) -> None:
        """Read on in the newest project for some milliseconds, or until ``stop()`` returns True."""
        until = time.perf_counter() + SLICE_MS / 1000

        def over() -> bool:
            return stop() or time.perf_counter() >= until

        scan = next(reversed(self._scans.values()))
        while not over() and not scan.done:
            self._step(scan, over)

    def clear(self) -> None:
        """Forget every project."""
        self._scans.clear()
        self._open = None

    def _step(self, scan: _Scan, over: Stop) -> None:
        if scan.pending is None:
            scan.done = not self._advance(scan)
            return
        name, text, newest = scan.pending
        try:
            scan.project.learn(name, text, newest=newest, stop=over)
            scan.pending = None
        except Stopped:  # goes on in the next slice
            return

    def _advance(self, scan: _Scan) -> bool:
        """Look at the next file; False if there is none or no room for it."""
        if scan.left <= 0 or scan.project.full:
            return False
        for path in scan.files:
            text = read(path) if path is not None else None
            if text is not None:
                scan.pending, scan.left = (str(path), text, False), scan.left - 1
            return True
        return False


def of_quietly(
    projects: Projects, model: Model, path: str, language: str, opened: str | None = None
) -> Project | None:
    """``of``, but None if the folders around the file cannot be read."""
    try:
        return projects.of(model, path, language, opened)
    except Exception as error:  # removed, forbidden or strange folders must stop no suggestion
        log.debug("the project could not be found", exc_info=error)
        return None


def work_quietly(projects: Projects, stop: Stop) -> None:
    """``work``, but a failure only ends the reading of projects."""
    try:
        projects.work(stop)
    except Exception as error:  # files of any kind; suggestions must go on without them
        log.debug("the project could not be read", exc_info=error)
        projects.clear()
