"""The files of a folder that people work on: what git does not ignore, with or without git.

Knows no text and no widget; may be called on any thread.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from codecomplete.ignored import JUNK, Ignored

from ...shared.project import root_of

MOST_FILES = 50_000
SECONDS = 10.0  # for git
GIT = (
    "git", "--no-optional-locks",
    "-c", "core.fsmonitor=false",  # in which a project could name a program to run
)  # fmt: skip
LEFT_OUT = {".git", *JUNK}  # folders
Stop = Callable[[], bool]


def never() -> bool:
    """A ``Stop`` that never stops."""
    return False


def folder_around(path: Path | None, otherwise: Path | None) -> Path | None:
    """The project of a file; else ``otherwise`` if it is above the file, or the file's folder.

    Without a file, ``otherwise``.
    """
    root = root_of(path) if path is not None else None
    if root is not None or path is None:
        return root or otherwise
    return otherwise if otherwise is not None and otherwise in path.parents else path.parent


def files(folder: Path, stop: Stop = never, most: int = MOST_FILES) -> list[str]:
    """The files below ``folder``, sorted, by their paths relative to it; at most ``most``."""
    found = _of_git(folder)
    if found is None:
        found = list(_walked(folder, stop, most))
    return sorted(found)[:most]


def _of_git(folder: Path) -> list[str] | None:
    """The files as git lists them; None without git, or outside of a repository."""
    command = [*GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if done.returncode:
        return None
    names = {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
    return [name for name in names if (folder / name).is_file()]


def _walked(folder: Path, stop: Stop, most: int) -> Iterator[str]:
    ignored, waiting, count = Ignored(folder), [folder], 0
    while waiting and not stop():
        current = waiting.pop()
        for path, is_folder in _entries(current):
            if ignored.is_ignored(path, is_folder):
                continue
            if is_folder:
                waiting.append(path)
                continue
            yield str(path.relative_to(folder))
            count += 1
            if count == most:
                return


def _entries(folder: Path) -> list[tuple[Path, bool]]:
    """What a folder holds, and whether each is a folder; links to folders are left out."""
    try:
        with os.scandir(folder) as entries:
            found = [(folder / one.name, one.is_dir(follow_symlinks=False), one.is_file())
                     for one in entries]  # fmt: skip
    except OSError:
        return []
    return [
        (path, is_folder)
        for path, is_folder, is_file in found
        if (is_folder and path.name != ".git" and path.name not in JUNK)
        or (is_file and not is_folder)
    ]
