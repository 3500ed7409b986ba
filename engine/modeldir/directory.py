"""The model directory: what is in it, and how its integrity is checked.

    model.json       architecture, window policy, languages, provenance, SHA-256 of the other files
    weights.bin      the weights, mapped into memory and shared between processes (layout.py)
    tokenizer.json   the vocabulary
    gate.json        when a suggestion is worth showing (optional)
    specialists/     further model directories, each for some languages (optional); ``model.json``
                     says which

Before anything is read through it, every file must match its digest, and every tensor must be
inside ``weights.bin`` and have the shape that the architecture requires. Knows nothing about
arrays; the trainer writes such directories with ``seal``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelDirectoryError, ModelVersionError
from .config import ModelConfig
from .digest import sha256
from .layout import Tensor, problems
from .layout import read as read_layout
from .names import DESCRIPTION, GATE, SPECIALISTS, TOKENIZER, WEIGHTS

FORMAT = 2
REQUIRED = (WEIGHTS, TOKENIZER)
REMEDIES = {1: "convert it with python -m trainer convert OLD NEW"}  # by older format
FOLDER_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class ModelDirectory:
    """A model directory whose files match the digests that it was sealed with."""

    path: Path
    name: str
    config: ModelConfig
    tensors: Mapping[str, Tensor]
    languages: tuple[str, ...]
    quantisation: Mapping[str, Any]
    training: Mapping[str, Any]
    has_gate: bool
    specialists: Mapping[str, Path]  # by language: whose weights are better there

    @property
    def weights(self) -> Path:
        return self.path / WEIGHTS

    @property
    def tokenizer(self) -> Path:
        return self.path / TOKENIZER

    @property
    def gate(self) -> Path | None:
        return self.path / GATE if self.has_gate else None


def open_directory(path: str | Path) -> ModelDirectory:
    """Read and check a model directory.

    Raises ModelDirectoryError for anything missing, truncated or altered, and ModelVersionError for
    a format that this engine does not read.
    """
    path = Path(path)
    description = _description(path)
    _check_version(path, description)
    try:
        files = dict(description["files"])
        directory = ModelDirectory(
            path=path,
            name=str(description["name"]),
            config=ModelConfig.from_dict(description["config"]),
            tensors=read_layout(description["tensors"]),
            languages=tuple(description["languages"]),
            quantisation=description["quantisation"],
            training=description["training"],
            has_gate=GATE in files,
            specialists=_specialists(path, description.get(SPECIALISTS, {})),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelDirectoryError(
            f"{path / DESCRIPTION}: not a valid model description ({error}); export it again with "
            "python -m trainer export"
        ) from error
    _check_files(path, files)
    _check_layout(directory)
    return directory


def _specialists(path: Path, named: Mapping[str, str]) -> dict[str, Path]:
    """The directories of specialists, by language. Raises ValueError for a folder elsewhere."""
    for folder in named.values():
        if not FOLDER_NAME.fullmatch(folder):
            raise ValueError(f"a specialist's folder is named {folder!r}")
    return {language: path / SPECIALISTS / folder for language, folder in named.items()}


def seal(path: Path, description: Mapping[str, Any]) -> None:
    """Write ``model.json`` for the files in ``path``: the last step of an export."""
    names = [*REQUIRED, *([GATE] if (path / GATE).exists() else [])]
    files = {
        name: {"bytes": (path / name).stat().st_size, "sha256": sha256(path / name)}
        for name in names
    }
    whole = {"format": FORMAT, **description, "files": files}
    (path / DESCRIPTION).write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def _description(path: Path) -> dict[str, Any]:
    try:
        description = json.loads((path / DESCRIPTION).read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelDirectoryError(
            f"{path}: not a model directory: {DESCRIPTION} cannot be read ({error.strerror})"
        ) from error
    except ValueError as error:
        raise ModelDirectoryError(f"{path / DESCRIPTION}: not JSON: {error}") from error
    if not isinstance(description, dict):
        raise ModelDirectoryError(f"{path / DESCRIPTION}: expected one JSON object")
    return description


def _check_version(path: Path, description: Mapping[str, Any]) -> None:
    version = description.get("format")
    if version != FORMAT:
        known = REMEDIES.get(version) if isinstance(version, int) else None
        remedy = known or "install a matching codecomplete"
        raise ModelVersionError(
            f"{path / DESCRIPTION}: model format {version!r}, this engine reads {FORMAT}; "
            f"{remedy}, or export the model again with python -m trainer export"
        )


def _check_files(path: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    for name in REQUIRED:
        if name not in files:
            raise ModelDirectoryError(
                f"{path / DESCRIPTION}: no digest for {name}; export it again"
            )
    for name, facts in files.items():
        _check_file(path / name, facts)


def _check_layout(directory: ModelDirectory) -> None:
    size = directory.weights.stat().st_size
    found = list(problems(directory.config, directory.tensors, size))
    if found:
        raise ModelDirectoryError(
            f"{directory.path / DESCRIPTION}: the weights are not those of this architecture: "
            f"{'; '.join(found[:3])}; export the model again with python -m trainer export"
        )


def _check_file(path: Path, facts: Mapping[str, Any]) -> None:
    try:
        size, digest = path.stat().st_size, ""
        if size == facts["bytes"]:
            digest = sha256(path)
    except OSError as error:
        raise ModelDirectoryError(
            f"{path}: missing or unreadable ({error.strerror}); reinstall or export the model again"
        ) from error
    if size != facts["bytes"]:
        raise ModelDirectoryError(
            f"{path}: {size:,} bytes, expected {facts['bytes']:,}; the copy is incomplete or "
            "altered: reinstall or export the model again"
        )
    if digest != facts["sha256"]:
        raise ModelDirectoryError(
            f"{path}: SHA-256 {digest[:12]}…, expected {facts['sha256'][:12]}…; the file was "
            "altered: reinstall or export the model again"
        )
