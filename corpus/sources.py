"""Where packages come from: one class for each kind of source, all with the same methods.

Registries are accessed through their ordinary clients (pip, apt-get, npm), at the addresses that
those are configured with; this module contains none. Nothing that is fetched is installed or run.
Archives are kept by file name in one folder and verified by SHA-256, so a second run downloads
nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from .archives import Entry, Refused, SourceFile, read_archive, unsafe_path
from .clients import APT_PATIENCE, run
from .documents import sha256_of
from .errors import SourceError
from .licences import PERMISSIVE
from .ownfolder import read_folder, written_files
from .packages import Archive, Package


class Source(Protocol):
    """A kind of source of packages."""

    def fetch(self, package: Package, archives: Path) -> None:
        """Make the package available in ``archives``. Raises SourceError if that fails."""

    def read(
        self, package: Package, archives: Path, wanted: Callable[[str], bool]
    ) -> Iterator[Entry]:
        """The package's entries with a wanted path, in a fixed order."""

    def state(self, package: Package) -> str:
        """A digest of the package's state where the list pins no digests; otherwise empty."""


class _Registry(ABC):
    """Common to registries: cached archives, checked against their pins."""

    def fetch(self, package: Package, archives: Path) -> None:
        missing = [archive for archive in package.archives if not _present(archive, archives)]
        if not missing:
            return
        archives.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archives, prefix=".fetching-") as folder:
            self._download(package, Path(folder), archives)
            for archive in missing:
                _admit(package, archive, Path(folder), archives)

    @abstractmethod
    def _download(self, package: Package, folder: Path, archives: Path) -> None:
        """Put the package's archives into ``folder``. Raises SourceError if the client fails."""

    def read(
        self, package: Package, archives: Path, wanted: Callable[[str], bool]
    ) -> Iterator[Entry]:
        return chain.from_iterable(
            read_archive(archives / archive.file, wanted) for archive in package.archives
        )

    def state(self, package: Package) -> str:
        return ""


def _present(archive: Archive, archives: Path) -> bool:
    path = archives / archive.file
    return path.is_file() and sha256_of(path) == archive.sha256


def _admit(package: Package, archive: Archive, folder: Path, archives: Path) -> None:
    """Move a fetched archive into the cache. Raises SourceError if it differs from its pin."""
    fetched = folder / archive.file
    if not fetched.is_file():
        names = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
        raise SourceError(f"{package.name}: expected {archive.file}, fetched {names}")
    found = sha256_of(fetched)
    if found != archive.sha256:
        raise SourceError(
            f"{package.name}: {archive.file} has SHA-256 {found}, expected {archive.sha256}; "
            "the registry's file has changed, so it is not used"
        )
    fetched.replace(archives / archive.file)


class DebianSource(_Registry):
    """Debian's source packages: the upstream tar files, without Debian's patches.

    Uses the addresses that apt already has, in a separate configuration in the work folder that
    requests sources too; the system's configuration is only read.
    """

    def _download(self, package: Package, folder: Path, archives: Path) -> None:
        wish = ["source", "--download-only", "--tar-only"]
        try:
            options = _apt_options(package, archives / ".apt")
            run(package, ["apt-get", *options, *wish, f"{package.name}={package.version}"], folder)
        except SourceError:
            # The pinned revision may be gone, but another one may still have its upstream tar file.
            options = _apt_options(package, archives / ".apt", refresh=True)
            run(package, ["apt-get", *options, *wish, package.name], folder)


REFRESH_SECONDS = 600


def _apt_options(package: Package, folder: Path, refresh: bool = False) -> list[str]:
    """Options that keep apt in ``folder``; lists are fetched once, and again if they are old."""
    parts, lists, cache = folder / "sources", folder / "lists", folder / "cache"
    for directory in (parts, lists / "partial", cache / "archives" / "partial"):
        directory.mkdir(parents=True, exist_ok=True)
    options = [
        *("-o", "Dir::Etc::sourcelist=/dev/null"),
        *("-o", f"Dir::Etc::sourceparts={parts}"),
        *("-o", f"Dir::State::lists={lists}"),
        *("-o", f"Dir::Cache={cache}"),
        *("-o", "APT::Sandbox::User=root"),
        *APT_PATIENCE,
    ]
    ready = folder / "ready"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers share the lists
        age = time.time() - ready.stat().st_mtime if ready.exists() else float("inf")
        if age == float("inf") or (refresh and age > REFRESH_SECONDS):
            _write_source_lists(Path("/etc/apt"), parts)
            run(package, ["apt-get", *options, "update"], folder)
            ready.touch()
    return options


def _write_source_lists(configured: Path, parts: Path) -> None:
    """Write copies of apt's source lists of Debian archives that request source packages."""
    for path in sorted(configured.glob("sources.list.d/*.sources")):
        text = path.read_text(encoding="utf-8")
        if "debian" in text:
            lines = [
                "Types: deb-src" if line.startswith("Types:") else line for line in text.split("\n")
            ]
            (parts / path.name).write_text("\n".join(lines), encoding="utf-8")
    for path in [configured / "sources.list", *sorted(configured.glob("sources.list.d/*.list"))]:
        if path.is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            chosen = [f"deb-src{line[3:]}" for line in lines if _is_debian_line(line)]
            (parts / f"{path.stem}-src.list").write_text("\n".join(chosen) + "\n", encoding="utf-8")


def _is_debian_line(line: str) -> bool:
    return line.startswith("deb ") and "debian" in line


class Wheel(_Registry):
    """Wheels, through pip, which checks the digest itself and runs nothing from the package."""

    PLATFORMS = (
        "manylinux_2_28_x86_64",
        "manylinux_2_27_x86_64",
        "manylinux_2_24_x86_64",
        "manylinux_2_17_x86_64",
        "manylinux2014_x86_64",
        "any",
    )

    def _download(self, package: Package, folder: Path, archives: Path) -> None:
        platforms = (package.platform,) if package.platform else self.PLATFORMS
        requirements = folder / "requirements.txt"
        pin = f"{package.name}=={package.version} --hash=sha256:{package.archives[0].sha256}\n"
        requirements.write_text(pin, encoding="utf-8")
        chosen = [option for name in platforms for option in ("--platform", name)]
        options = [
            "--no-deps",
            "--no-cache-dir",
            "--only-binary",
            ":all:",
            "--python-version",
            "3.13",
        ]
        options += [
            "--implementation",
            "cp",
            "--abi",
            "cp313",
            "--abi",
            "abi3",
            "--abi",
            "none",
            "--require-hashes",
        ]
        command = [sys.executable, "-m", "pip", "download", *options, *chosen]
        run(package, [*command, "-r", str(requirements), "-d", "."], folder)


class SourceDistribution(_Registry):
    """Source distributions of PyPI, through ``unearth``.

    pip would build the package to read its metadata, which runs the package's code.
    """

    def _download(self, package: Package, folder: Path, archives: Path) -> None:
        pin = f"{package.name}=={package.version}"
        command = [sys.executable, "-m", "unearth", "--no-binary", "-d", ".", pin]
        run(package, command, folder)


class NpmPackage(_Registry):
    """Packages of the npm registry, through ``npm pack``; none of their scripts is run."""

    def _download(self, package: Package, folder: Path, archives: Path) -> None:
        pin = f"{package.name}@{package.version}"
        run(package, ["npm", "pack", pin, "--ignore-scripts", "--pack-destination", "."], folder)


class Folder:
    """A local folder or git checkout: a user's own code, read in place."""

    def fetch(self, package: Package, archives: Path) -> None:
        place = _place(package)
        if not place.is_dir():
            what = "a file" if place.exists() else "not there"
            raise SourceError(f"{package.name}: {place} is {what}; expected a folder of source")

    def read(
        self, package: Package, archives: Path, wanted: Callable[[str], bool]
    ) -> Iterator[Entry]:
        return read_folder(_place(package), wanted)

    def state(self, package: Package) -> str:
        """A digest of the names, sizes and times of the folder's files."""
        digest = hashlib.sha256()
        for path in written_files(_place(package)):
            status = path.lstat()
            facts = f" {status.st_size} {status.st_mtime_ns}\n".encode()
            digest.update(os.fsencode(path) + facts)
        return digest.hexdigest()


def _place(package: Package) -> Path:
    return Path(package.location).expanduser()


class DataSet:
    """A Hugging Face data set of source files: The Stack, The Stack v2, CodeParrot.

    ``location`` is a name on the hub or a local folder of parquet or JSON lines, ``version`` a
    revision. Each row has its own licence, which is checked like a package's.
    """

    TEXT = ("content", "code", "text")
    PATH = ("max_stars_repo_path", "path", "file_path")
    REPOSITORY = ("max_stars_repo_name", "repo_name", "repository_name")
    LICENCE = ("max_stars_repo_licenses", "detected_licenses", "license", "licenses")

    def fetch(self, package: Package, archives: Path) -> None:
        _datasets()  # rows are streamed; only the library is needed now

    def read(
        self, package: Package, archives: Path, wanted: Callable[[str], bool]
    ) -> Iterator[Entry]:
        for row in self._rows(package, archives):
            path = _first(row, self.PATH) or f"{row.get('hexsha', 'unnamed')}.{row.get('ext', '')}"
            name = f"{_first(row, self.REPOSITORY) or package.name}/{path}"
            text = _first(row, self.TEXT)
            if unsafe_path(name) or not isinstance(text, str):
                yield Refused(name.encode("unicode_escape").decode("ascii"), "unsafe path")
            elif wanted(name):
                licence = _expression(_first(row, self.LICENCE))
                yield SourceFile(name, text.encode("utf-8", "surrogatepass"), licence)

    def _rows(self, package: Package, archives: Path) -> Iterator[dict[str, Any]]:
        datasets = _datasets()
        try:
            yield from datasets.load_dataset(
                package.location,
                revision=package.version or None,
                split="train",
                streaming=True,
                cache_dir=str(archives / ".datasets"),
            )
        except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
            raise SourceError(
                f"{package.name}: data set {package.location!r} cannot be read: {error}"
            ) from error

    def state(self, package: Package) -> str:
        return Folder().state(package) if _place(package).is_dir() else ""


def _datasets() -> Any:
    try:
        import datasets
    except ImportError as error:
        raise SourceError(
            "data sets need the library datasets: pip install 'codecomplete[hub]'"
        ) from error
    return datasets


def _first(row: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((row[name] for name in names if row.get(name)), None)


def _expression(licence: Any) -> str | None:
    """The SPDX expression of a row's licence; several licences must all be met."""
    if licence is None or isinstance(licence, str):
        return licence and _SPDX_NAMES.get(licence.lower(), licence)
    return " AND ".join(_SPDX_NAMES.get(name.lower(), name) for name in licence)


_SPDX_NAMES = {name.lower(): name for name in PERMISSIVE}
"""SPDX identifiers by their lower-case forms, which data sets use."""


SOURCES: dict[str, Source] = {
    "debian-source": DebianSource(),
    "wheel": Wheel(),
    "sdist": SourceDistribution(),
    "npm": NpmPackage(),
    "folder": Folder(),
    "dataset": DataSet(),
}


def source_of(package: Package) -> Source:
    """The source for a package's kind."""
    return SOURCES[package.kind]
