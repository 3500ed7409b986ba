"""Reads the user's folders as texts to learn from, and removes secrets before anything else.

Files are found as hosts find the files beside the open one: by git's rules, without hidden files,
folders that tools fill, generated files or links. A text leaves this module only without its
secrets; files that are private as a whole are never opened. Files left out are counted by reason.
Knows nothing of tokens.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from codecomplete.corpus import filters
from codecomplete.corpus.redaction import redacted
from codecomplete.engine import is_private, language_of
from codecomplete.engine.languages import PROSE
from codecomplete.ignored import JUNK, Ignored

from ..errors import ConfigError

MARKS = (".git", ".hg", ".svn")
MOST_BYTES_OF_A_FILE = 400_000
MOST_BYTES = 48_000_000
"""For all files together, some 15 M tokens: more than one processor core reads in a night."""
MOST_FOLDERS = 200_000
RULES = ("binary", "too short", "generated text", "minified", "base64", "number table",
         "repetitive")  # fmt: skip
"""The corpus's reasons for files that were not written by hand; style and licence do not
matter."""


@dataclass(frozen=True)
class OwnFile:
    """One file to learn from. ``project`` is the name of the folder it was found in."""

    project: str
    path: str  # within the project
    language: str
    text: str  # without secrets

    @property
    def bytes(self) -> int:
        return len(self.text.encode())


@dataclass
class Found:
    """What was read, and what was left out, by reason."""

    files: list[OwnFile] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    secrets: int = 0

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)


def read(folders: Sequence[Path]) -> Found:
    """All files worth learning from or, if they are too many, those changed last.

    Raises ConfigError if a path is not a folder, or if nothing is left to learn from.
    """
    found = Found()
    candidates = sorted(_candidates(folders, found.left_out), key=lambda entry: -entry.changed)
    room, seen = MOST_BYTES, set[str]()
    for entry in candidates:
        if room <= 0:
            found.left_out["beyond 48 MB"] += 1
            continue
        file = _opened(entry, found)
        if file is None:
            continue
        if file.text in seen:
            found.left_out["copy of another file"] += 1
            continue
        seen.add(file.text)
        found.files.append(file)
        room -= entry.size
    if not found.files:
        raise ConfigError(_nothing(folders, found.left_out))
    found.files.sort(key=lambda file: (file.project, file.path))
    return found


@dataclass(frozen=True)
class _Entry:
    root: Path
    project: str
    path: Path
    size: int
    changed: float


def _candidates(folders: Sequence[Path], left_out: Counter[str]) -> Iterator[_Entry]:
    seen: set[tuple[int, int]] = set()
    names = project_names(folders)
    for folder in folders:
        if not folder.is_dir():
            what = "is a file" if folder.exists() else "does not exist"
            raise ConfigError(f"{folder} {what}; expected a folder with code of yours")
        for path in _below(folder.resolve(), left_out):
            status = _status(path)
            if status is None:
                left_out["not readable"] += 1
            elif status.st_size > MOST_BYTES_OF_A_FILE:
                left_out["larger than 400 kB"] += 1
            elif status.st_size and (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))  # hard links, folders given twice
                root = folder.resolve()
                yield _Entry(root, names[folder], path, status.st_size, status.st_mtime)


def project_names(folders: Sequence[Path]) -> dict[Path, str]:
    """A name for each folder, with a number if two have the same."""
    names: dict[Path, str] = {}
    for folder in folders:
        name = folder.resolve().name or "root"
        taken = sum(known.rsplit("~", 1)[0] == name for known in names.values())
        names.setdefault(folder, f"{name}~{taken + 1}" if taken else name)
    return names


def _is_code(path: Path) -> bool:
    """Whether a file is in a known language that is no prose: by default, hosts suggest nothing
    in prose, and code gains nothing from it."""
    return language_of(path) not in {None, *PROSE}


def _below(folder: Path, left_out: Counter[str]) -> Iterator[Path]:
    """Code files, folder by folder; links are not followed, so that this always ends."""
    ignored = Ignored(_root_of(folder))
    waiting, looked_at = [folder], 0
    while waiting:
        current = waiting.pop()
        looked_at += 1
        if looked_at > MOST_FOLDERS:
            left_out[f"folders beyond {MOST_FOLDERS:,}"] += 1 + len(waiting)
            return
        for entry in _entries(current):
            path = current / entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in JUNK and not ignored.is_ignored(path, True):
                    waiting.append(path)
            elif entry.is_file(follow_symlinks=False) and _is_code(path):
                reason = _reason_by_name(path, ignored)
                if reason is None:
                    yield path
                else:
                    left_out[reason] += 1


def _reason_by_name(path: Path, ignored: Ignored) -> str | None:
    if is_private(str(path)):
        return "private by name"
    if ignored.is_ignored(path, False):
        return "ignored by git"
    return "generated" if filters.is_generated_name(path.name) else None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((e for e in entries if not e.name.startswith(".")), key=lambda e: e.name)
    except OSError:
        return []


def _root_of(folder: Path) -> Path:
    """The root for ignore rules: the project that contains a folder, or the folder itself."""
    above = (parent for parent in (folder, *folder.parents) if parent != Path.home())
    return next((p for p in above if any((p / mark).exists() for mark in MARKS)), folder)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat(follow_symlinks=False)
    except OSError:
        return None


def _opened(entry: _Entry, found: Found) -> OwnFile | None:
    """A file's text without secrets; None, with the reason counted, if it is not to be learned."""
    text = _text(entry.path, found.left_out)
    if text is None:
        return None
    cleaned = redacted(text)
    if cleaned is None:
        found.left_out["holds a private key"] += 1
        return None
    language = language_of(entry.path)
    assert language is not None, "others are no candidates"
    candidate = filters.Candidate(entry.path.name, language, cleaned.text)
    reason = next((rule for rule in RULES if filters.TEXT_RULES[rule](candidate)), None)
    if reason is not None:
        found.left_out[reason] += 1
        return None
    found.secrets += cleaned.count
    path = entry.path.relative_to(entry.root).as_posix()
    return OwnFile(entry.project, path, language, cleaned.text)


def _text(path: Path, left_out: Counter[str]) -> str | None:
    try:
        return path.read_text("utf-8")  # universal newlines
    except UnicodeDecodeError:
        left_out["not UTF-8"] += 1
    except OSError:
        left_out["not readable"] += 1
    return None


def _nothing(folders: Sequence[Path], left_out: Counter[str]) -> str:
    where = ", ".join(map(str, folders))
    reasons = "; ".join(f"{count:,} {reason}" for reason, count in left_out.most_common())
    return (
        f"{where}: no source file to learn from"
        + (f" (left out: {reasons})" if reasons else "")
        + "; give folders with code of yours, in a language of docs/training.md"
    )
