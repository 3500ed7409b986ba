"""The unit that all later stages work on, and how it is stored between stages.

One JSON object per line: readable with any tool, and safe to split between any two lines.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """One source file, as the model will learn it."""

    package: str
    path: str  # inside the package's archive
    language: str
    licence: str  # SPDX: the file's own if its header declares one, else the package's
    text: str

    @property
    def key(self) -> str:
        return f"{self.package}/{self.path}"


def write_documents(path: Path, documents: Iterable[Document]) -> None:
    """Write documents so that ``path`` either contains all of them or does not exist."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        for document in documents:
            file.write(json.dumps(asdict(document), ensure_ascii=False) + "\n")
    partial.replace(path)


def read_documents(path: Path) -> Iterator[Document]:
    """The documents of a file, in order."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield Document(**json.loads(line))


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file in one step: readers see the old file or the new one, never a part."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(path)


def read_json(path: Path) -> Any:
    """The value in a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
