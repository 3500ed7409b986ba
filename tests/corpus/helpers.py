"""Small archives, packages and builds that tests make themselves; nothing is downloaded."""

from __future__ import annotations

import hashlib
import io
import random
import tarfile
from collections.abc import Iterable
from pathlib import Path

from codecomplete.corpus.packages import Archive, Package
from codecomplete.corpus.profiles import Profile
from codecomplete.corpus.stages import Work

Member = tuple[str, bytes | tarfile.TarInfo]


def tar(path: Path, members: Iterable[Member]) -> Path:
    """Write a tar archive of files, or of ready-made entries such as links."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members:
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def package(path: Path, **changes: object) -> Package:
    """A package of one archive, pinned as it lies."""
    data = path.read_bytes()
    archive = Archive(path.name, hashlib.sha256(data).hexdigest(), len(data))
    facts = {
        "kind": "debian-source",
        "name": path.name.split(".")[0],
        "version": "1",
        "licence": "MIT",
        "split": "train",
        "languages": ("python", "c", "java"),
        "archives": (archive,),
    }
    return Package(**(facts | changes))


def program(seed: int, lines: int = 40) -> str:
    """Python source text that shares next to nothing with that of another seed."""
    random_ = random.Random(seed)
    names = ["".join(random_.choices("abcdefghijklmnop", k=7)) for _ in range(2 * lines)]
    pairs = zip(names[:lines], names[lines:], strict=True)
    body = [f"    {name} = other.{field}[1:] + self_{name}" for name, field in pairs]
    return f"def f{seed}(other):\n" + "\n".join(body) + f"\n    return {names[0]}\n"


def small_profile(**changes: object) -> Profile:
    facts = {
        "name": "tiny",
        "about": "",
        "mix": dict.fromkeys(("python", "c", "java"), float("inf")),
        "vocabulary": 400,
    }
    return Profile(**(facts | changes))


def work_with(root: Path, archives: Iterable[Path]) -> Work:
    """A work folder whose cache already holds the archives."""
    work = Work(root, "tiny")
    work.archives.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        (work.archives / archive.name).write_bytes(archive.read_bytes())
    return work


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
