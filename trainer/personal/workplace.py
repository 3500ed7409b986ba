"""The work folder of a personal training: what was read, what is done, and which process uses it.

There is one hidden folder in the user's data folder for each set of options, so that the same
command resumes after it was killed, with the texts it began with. Only the user can read it; it is
removed when the work is done. It contains no secrets of the user's files. Knows no models.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecomplete.corpus.documents import read_json, write_json

from ..errors import ConfigError, TrainerError
from .figures import place
from .reading import Found, OwnFile, read
from .splitting import Sides, split

SIDES = ("learned", "stopping", "judging")


@dataclass(frozen=True)
class Snapshot:
    """What was read, as it was then: the files by side, and the page's facts about them."""

    sides: Sides
    left_out: dict[str, int]
    secrets: int


@dataclass(frozen=True)
class Workplace:
    """A folder for one set of options."""

    folder: Path

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def run(self, name: str) -> Path:
        return self.folder / "runs" / name

    def model(self, name: str) -> Path:
        return self.folder / "models" / name

    def snapshot(self, folders: Sequence[Path]) -> Snapshot:
        """The stored snapshot, or a new one, which is stored."""
        listed = self.folder / "read.json"
        if not listed.is_file():
            found = read(folders)
            sides = split(found.files)
            self._keep(found, sides, listed)
        return self._kept(read_json(listed))

    def _keep(self, found: Found, sides: Sides, listed: Path) -> None:
        shutil.rmtree(self.files, ignore_errors=True)
        for file in found.files:
            path = place(self.files, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8", newline="\n")
        by_side = {
            side: [[f.project, f.path, f.language] for f in getattr(sides, side)] for side in SIDES
        }
        rest = {"left_out": dict(found.left_out), "secrets": found.secrets, "copies": sides.copies}
        write_json(listed, by_side | rest)

    def _kept(self, values: dict[str, Any]) -> Snapshot:
        sides = {side: tuple(self._file(*row) for row in values[side]) for side in SIDES}
        split_ = Sides(**sides, copies=values["copies"])
        return Snapshot(split_, dict(Counter(values["left_out"])), values["secrets"])

    def _file(self, project: str, path: str, language: str) -> OwnFile:
        text = (self.files / project / path).read_text("utf-8")
        return OwnFile(project, path, language, text)

    def remembered(self, name: str) -> Any | None:
        """The result stored under a name, or None."""
        path = self.folder / f"{name}.json"
        return read_json(path) if path.is_file() else None

    def remember(self, name: str, value: Any) -> None:
        """Store a result, completely or not at all."""
        write_json(self.folder / f"{name}.json", value)

    def remove(self) -> None:
        """Remove the folder, when the work is done."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def opened(parent: Path, question: dict[str, Any]) -> Iterator[Workplace]:
    """The work folder for one set of options, for this process alone.

    Raises ConfigError if another process uses it, and TrainerError if it cannot be written.
    """
    digest = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:12]
    folder = parent / f".work-{digest}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            _take(lock.fileno(), folder)
            write_json(folder / "question.json", question)
            yield Workplace(folder)
    except OSError as error:
        raise TrainerError(_cannot(folder, error)) from error


def _take(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigError(
            f"{folder}: another process is training on these folders; wait for it, or end it"
        ) from error


def _cannot(folder: Path, error: OSError) -> str:
    free = shutil.disk_usage(folder if folder.exists() else Path.home()).free
    where = os.fspath(error.filename) if error.filename else folder
    return (
        f"{where}: {error.strerror or error}; {free / 1e6:,.0f} MB are free there. No model was "
        "changed: make room and run the same command again, which goes on from here"
    )


def facts(sides: Sides) -> dict[str, Any]:
    """Files, bytes and languages by side."""
    return {
        side: {
            "files": len(getattr(sides, side)),
            "bytes": sum(file.bytes for file in getattr(sides, side)),
            "languages": dict(Counter(file.language for file in getattr(sides, side))),
        }
        for side in SIDES
    }
