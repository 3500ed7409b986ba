"""Folders and files that commands write: never over foreign files, and completely or not at all.

A folder of results is built beside its place and moved there in one step, so that a stopped command
or a full disk leaves the old folder unchanged. An old folder is replaced only if it is empty, or
the same kind of result without foreign files. A folder that grows, such as a work folder, has a
marker from the beginning.

Knows nothing of what is written.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import OutputError

MARKER = ".codecomplete.json"
NAMED = 3  # files that a refusal names; it counts the others
NEW_PLACE = "nothing was changed: choose a new or an empty folder"


def listed(folder: Path) -> Collection[str] | None:
    """The files that a marker names, as paths inside the folder; None without a marker."""
    found = _marker(folder)
    return None if found is None else [*found.get("files", []), MARKER]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of folder: its name in messages, and the files of a finished one (None: the folder is
    of another kind). Kinds whose folders list their own files need no marker once finished."""

    name: str
    files: Callable[[Path], Collection[str] | None] = listed

    @property
    def has_marker(self) -> bool:
        return self.files is listed


def require_writable(folder: Path, kind: Kind, source: Path | None = None) -> None:
    """Raise OutputError unless a result of this kind, from ``source``, may replace ``folder``."""
    place = folder.resolve()
    if source is not None and place.is_relative_to(source.resolve()):
        raise OutputError(
            f"{folder}: would overwrite, or be inside, {source}, which is read; {NEW_PLACE}"
        )
    if not _has_content(folder, place):
        return
    own = kind.files(place)
    if own is None or (kind.has_marker and _kind_of(place) != kind.name):
        raise OutputError(_not_ours(folder, place, kind))
    if foreign := sorted(_files(place) - set(own)):
        raise OutputError(
            f"{folder}: besides {kind.name} it holds {_some(foreign)}, which would be lost; "
            f"{NEW_PLACE}, or move {'it' if len(foreign) == 1 else 'them'} elsewhere"
        )


@contextmanager
def fresh(folder: Path, kind: Kind, source: Path | None = None) -> Iterator[Path]:
    """An empty folder to write into, which replaces ``folder`` unless an exception is raised."""
    require_writable(folder, kind, source)
    place = folder.resolve()
    with _told(folder):
        partial, before = _beside(place, "writing", kind), _beside(place, "before", kind)
        partial.mkdir(parents=True)
        _mark(partial, kind)
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    with _told(folder):
        _finish(partial, kind)
        _swap(partial, place, before)


def claim(folder: Path, kind: Kind, known: Callable[[Path], bool] = lambda folder: False) -> None:
    """Make ``folder`` one of this kind, to write into. Raises OutputError if it is another kind.

    ``known`` tells whether a folder without a marker is of this kind, made by an earlier version.
    """
    require_own(folder, kind, known)
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if _marker(folder) is None:
            _mark(folder, kind)


def require_own(
    folder: Path, kind: Kind, known: Callable[[Path], bool] = lambda folder: False
) -> None:
    """Raise OutputError unless ``claim`` would accept the folder."""
    place = folder.resolve()
    if not _has_content(folder, place) or _kind_of(place) == kind.name:
        return
    if _marker(place) is not None or not known(place):
        raise OutputError(_not_ours(folder, place, kind))


def adopt(folder: Path, name: str) -> None:
    """Add a file to the list of a finished folder's own files."""
    found = _marker(folder)
    if found is not None and name not in found.get("files", []):
        _write(folder, found | {"files": sorted([*found.get("files", []), name])})


@contextmanager
def fresh_file(path: Path, begins: bytes) -> Iterator[Path]:
    """A path to write to, which replaces ``path`` unless an exception is raised.

    Raises OutputError if there is a file at ``path`` that does not begin as such files do.
    """
    require_file(path, begins)
    place = path.resolve()
    partial = place.with_name(f".{place.name}.{os.getpid()}.writing")
    with _told(path):
        place.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield partial
        with _told(path):
            partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)


def require_file(path: Path, begins: bytes) -> None:
    """Raise OutputError unless ``path`` is missing, empty, or a file that begins so."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder; expected the name of a file to write")
    if not path.exists():
        return
    with _told(path), path.open("rb") as file:
        found = file.read(len(begins))
    if found and found != begins:
        raise OutputError(
            f"{path}: a file of another kind is there (it begins with {found!r}, expected "
            f"{begins!r}); nothing was changed: choose another name, or move it elsewhere"
        )


def _has_content(folder: Path, place: Path) -> bool:
    if place.exists() and not place.is_dir():
        raise OutputError(f"{folder} is a file; expected a folder, or a name for a new one")
    with _told(folder):
        return place.is_dir() and any(place.iterdir())


def _not_ours(folder: Path, place: Path, kind: Kind) -> str:
    found = _kind_of(place)
    holds = found or _some(sorted(path.name for path in place.iterdir()))
    return f"{folder}: holds {holds}; expected nothing, or {kind.name}; {NEW_PLACE}"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _files(folder: Path) -> set[str]:
    """Every file and every empty folder below a folder; links are not followed."""
    found: set[str] = set()
    for root, folders, names in os.walk(folder):
        here = Path(root).relative_to(folder)
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        found |= {(here / name).as_posix() for name in [*names, *links]}
        if not folders and not names and root != str(folder):
            found.add(here.as_posix())
    return found


def _marker(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "kind" in found else None


def _kind_of(folder: Path) -> str | None:
    found = _marker(folder)
    return str(found["kind"]) if found is not None else None


def _mark(folder: Path, kind: Kind) -> None:
    _write(folder, {"kind": kind.name})


def _write(folder: Path, marker: dict[str, Any]) -> None:
    (folder / MARKER).write_text(json.dumps(marker, indent=1) + "\n", encoding="utf-8")


def _finish(partial: Path, kind: Kind) -> None:
    if kind.has_marker:
        files = sorted(_files(partial) - {MARKER})
        _write(partial, {"kind": kind.name, "files": files})
    else:
        (partial / MARKER).unlink()


def _beside(place: Path, purpose: str, kind: Kind) -> Path:
    """A hidden path beside ``place``, without what an earlier, killed call left there."""
    path = place.with_name(f".{place.name}.{purpose}")
    if (
        path.is_dir()
        and not path.is_symlink()
        and (_kind_of(path) == kind.name or kind.files(path) is not None)
    ):
        shutil.rmtree(path)
    elif path.exists() or path.is_symlink():
        raise OutputError(
            f"{path} is in the way and was not written by this command; move it elsewhere"
        )
    return path


def _swap(partial: Path, place: Path, before: Path) -> None:
    if place.is_dir() and any(place.iterdir()):
        place.rename(before)
        try:
            partial.rename(place)
        except OSError:
            before.rename(place)
            raise
        shutil.rmtree(before)
    else:
        partial.rename(place)  # an empty folder is replaced


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """An error of the operating system as an OutputError that names the place."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written: {error.strerror or error} ({error.filename}); choose "
            "another place"
        ) from error
