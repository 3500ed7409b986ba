"""The model directory: what is in it, and how it proves that it is whole.

    model.json       architecture, window policy, languages, provenance, SHA-256 of the other files
    model.onnx       the graph of one step (small)
    weights.bin      the weights, mapped into memory and shared between processes
    tokenizer.json   the vocabulary
    gate.json        when a suggestion is worth showing (optional)

Knows nothing of arrays or graphs; the trainer writes such directories through ``seal``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ModelDirectoryError, ModelVersionError
from .config import ModelConfig

FORMAT = 1
DESCRIPTION, GRAPH, WEIGHTS, TOKENIZER, GATE = (
    "model.json",
    "model.onnx",
    "weights.bin",
    "tokenizer.json",
    "gate.json",
)
REQUIRED = (GRAPH, WEIGHTS, TOKENIZER)


@dataclass(frozen=True)
class Table:
    """A matrix inside ``weights.bin`` that is looked up by row, outside the graph.

    With ``bits`` 32, rows of float32. With ``bits`` 8, rows of bytes around 128 and, per
    ``block`` columns, one float32 scale.
    """

    rows: int
    width: int
    bits: int
    offset: int
    block: int = 0
    scales_offset: int = 0


@dataclass(frozen=True)
class ModelDirectory:
    """A model directory whose files have been found to be the ones it was sealed with."""

    path: Path
    name: str
    config: ModelConfig
    tables: Mapping[str, Table]
    languages: tuple[str, ...]
    quantisation: Mapping[str, Any]
    training: Mapping[str, Any]
    has_gate: bool

    @property
    def graph(self) -> Path:
        return self.path / GRAPH

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

    Raises ModelDirectoryError for anything missing, truncated or altered, ModelVersionError for
    a format this engine does not read.
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
            tables={name: Table(**values) for name, values in description["tables"].items()},
            languages=tuple(description["languages"]),
            quantisation=description["quantisation"],
            training=description["training"],
            has_gate=GATE in files,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelDirectoryError(
            f"{path / DESCRIPTION}: not a valid model description ({error}); export it again with "
            "python -m trainer export"
        ) from error
    _check_files(path, files)
    return directory


def seal(path: Path, description: Mapping[str, Any]) -> None:
    """Write ``model.json`` for the files that lie in ``path``: the last step of an export."""
    names = [*REQUIRED, *([GATE] if (path / GATE).exists() else [])]
    files = {
        name: {"bytes": (path / name).stat().st_size, "sha256": sha256(path / name)}
        for name in names
    }
    whole = {"format": FORMAT, **description, "files": files}
    (path / DESCRIPTION).write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
        raise ModelVersionError(
            f"{path / DESCRIPTION}: model format {version!r}, this engine reads {FORMAT}; install "
            "a matching codecomplete, or export the model again with python -m trainer export"
        )


def _check_files(path: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    for name in REQUIRED:
        if name not in files:
            raise ModelDirectoryError(
                f"{path / DESCRIPTION}: no digest for {name}; export it again"
            )
    for name, facts in files.items():
        _check_file(path / name, facts)


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
