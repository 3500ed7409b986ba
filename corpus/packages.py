"""The list of packages that may be fetched: pinned by digest, each with its licence and split.

Knows nothing of how a package is fetched (``sources``) or what is taken from it (``filters``).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from codecomplete.engine.languages import LANGUAGES

from .errors import ProfileError, SourceError
from .licences import is_permissive

SPLITS = ("train", "validation", "test")
KINDS = ("debian-source", "wheel", "sdist", "npm", "folder", "dataset")
OWN_LICENCE = "LicenseRef-own"
DEFAULT_LIST = Path(__file__).with_name("packages.jsonl")


@dataclass(frozen=True, slots=True)
class Archive:
    """One file of a package: its name, SHA-256 and size in bytes."""

    file: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned package. ``split`` says whether all of it is learned from or held out."""

    kind: str
    name: str
    version: str
    licence: str  # SPDX expression
    split: str
    languages: tuple[str, ...]
    archives: tuple[Archive, ...] = ()
    platform: str = ""  # of a wheel, if there is none for any platform
    extensions: tuple[str, ...] = ()  # take only these, with the dot; empty: all
    skip_folders: tuple[str, ...] = ()
    note: str = ""
    location: str = ""  # of a local folder or data set

    @property
    def slug(self) -> str:
        """A name safe for files and folders, unique in the list."""
        return _slug(self.name)

    @property
    def is_own(self) -> bool:
        """Whether the user has named it, in addition to the list that comes with the project."""
        return self.kind in ("folder", "dataset")

    @property
    def digest(self) -> str:
        """The digests of the package's archives as one word."""
        return "+".join(archive.sha256 for archive in self.archives)

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(archive.bytes for archive in self.archives)


def _slug(name: str) -> str:
    return re.sub(r"[^\w.+-]", "_", name.lstrip("@"))


def read_packages(path: Path = DEFAULT_LIST) -> list[Package]:
    """The packages of a list in JSON lines. Raises ProfileError, which names all invalid lines."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from error
    packages, problems = [], []
    for number, line in enumerate(lines, 1):
        try:
            packages.append(_package(json.loads(line)))
        except (ValueError, TypeError, KeyError) as error:
            problems.append(f"{path.name}:{number}: {error}")
    problems += _repeated(packages)
    if problems:
        raise ProfileError("unusable list of packages:\n  " + "\n  ".join(problems))
    return packages


def own_folders(folders: Sequence[Path], taken: Iterable[Package] = ()) -> list[Package]:
    """The user's own folders as packages to learn from, under unique names."""
    found: list[Package] = []
    used = {package.slug.lower() for package in taken}
    for folder in folders:
        place = folder.expanduser().resolve()
        name = next(n for n in _numbered(place.name or "root") if _slug(n).lower() not in used)
        used.add(_slug(name).lower())
        found.append(
            Package("folder", name, "", OWN_LICENCE, "train", LANGUAGES, location=str(place))
        )
    return found


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in itertools.count(2))


def _package(row: dict[str, Any]) -> Package:
    known = {field.name for field in fields(Package)}
    if unknown := row.keys() - known:
        raise ValueError(f"unknown keys {sorted(unknown)}; known are {sorted(known)}")
    archives = tuple(Archive(**archive) for archive in row.pop("archives", ()))
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
    }
    package = Package(**values, archives=archives)
    if package.kind not in KINDS:
        raise ValueError(f"kind {package.kind!r}; expected one of {', '.join(KINDS)}")
    if package.split not in SPLITS:
        raise ValueError(f"split {package.split!r}; expected one of {', '.join(SPLITS)}")
    return package


def _repeated(packages: Iterable[Package]) -> list[str]:
    slugs = [package.slug.lower() for package in packages]
    return [f"{slug}: listed twice" for slug in sorted(set(slugs)) if slugs.count(slug) > 1]


def require_permissive(package: Package) -> None:
    """Raise SourceError unless the package's licence is permissive.

    A folder is the user's own code, for which they need no licence; a data set states a licence
    for each file, which is checked there.
    """
    if not package.is_own and not is_permissive(package.licence):
        raise SourceError(
            f"{package.name}: licence {package.licence!r} is not known to be permissive; "
            "leave the package out, or add its SPDX identifier to corpus/licences.py"
        )
