"""Splits results into files of at most so many bytes, with digests, and joins them.

For machines that can only return small files. A tar stream is compressed with xz and split;
``parcels.json`` lists the parts in order. Weights in bf16 are stored as two planes of bytes: the
upper bytes compress well next to each other, the lower ones not at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from codecomplete.corpus.outputs import fresh, require_writable
from codecomplete.engine.modeldir.digest import sha256

from ..errors import CheckpointError
from ..places import PARCELS, UNWRAPPED

MOST_BYTES = 16_000_000
DESCRIPTION = "parcels.json"
XZ_PRESET = 3  # weights hardly compress: a higher preset only takes longer


def wrap(paths: Iterable[Path], folder: Path, most: int = MOST_BYTES) -> list[Path]:
    """Write files and folders as ``parcel-NN`` parts into ``folder``; returns the parts.

    They are stored under their own names, next to each other.
    """
    with fresh(folder, PARCELS) as place:
        parts = _write_parts(paths, place, most)
    return [folder / part.name for part in parts]


def _write_parts(paths: Iterable[Path], folder: Path, most: int) -> list[Path]:
    packed = lzma.compress(_tar(paths), preset=XZ_PRESET)
    parts = []
    for number, start in enumerate(range(0, len(packed), most)):
        part = folder / f"parcel-{number:02}"
        part.write_bytes(packed[start : start + most])
        parts.append(part)
    rows = [{"file": part.name, "bytes": part.stat().st_size, "sha256": sha256(part)}
            for part in parts]  # fmt: skip
    facts = {"sha256": hashlib.sha256(packed).hexdigest(), "parts": rows}
    (folder / DESCRIPTION).write_text(json.dumps(facts, indent=1) + "\n")
    return parts


def _tar(paths: Iterable[Path]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path in paths:
            archive.add(path, arcname=path.name)
    return stream.getvalue()


def unwrap(folder: Path, out: Path) -> Path:
    """Join parts again, into ``out``. Raises CheckpointError, which names a damaged part.

    Raises OutputError if ``out`` contains anything that is not from parcels.
    """
    require_writable(out, UNWRAPPED)
    try:
        facts = json.loads((folder / DESCRIPTION).read_text())
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder / DESCRIPTION}: cannot be read: {error}") from error
    packed = b"".join(_part(folder, row) for row in facts["parts"])
    content = io.BytesIO(lzma.decompress(packed))
    with fresh(out, UNWRAPPED) as place, tarfile.open(fileobj=content) as archive:
        archive.extractall(place, filter="data")
    return out


def _part(folder: Path, row: dict[str, Any]) -> bytes:
    path = folder / row["file"]
    found = sha256(path) if path.is_file() else "no such file"
    if found != row["sha256"]:
        raise CheckpointError(f"{path}: SHA-256 {found}, expected {row['sha256']}; fetch it again")
    return path.read_bytes()


def save_planes(weights: dict[str, Tensor], path: Path) -> Path:
    """Write weights in bf16 to one file: a JSON line of shapes, all upper bytes, all lower
    bytes."""
    header, upper, lower = {}, [], []
    for name, value in weights.items():
        header[name] = list(value.shape)
        words = value.detach().cpu().to(torch.bfloat16).contiguous().view(torch.int16).numpy()
        words = words.reshape(-1).view(np.uint16)
        upper.append((words >> 8).astype(np.uint8))
        lower.append((words & 0xFF).astype(np.uint8))
    body = np.concatenate([*upper, *lower]).tobytes()
    path.write_bytes(json.dumps(header).encode() + b"\n" + body)
    return path


def load_planes(path: Path) -> dict[str, Tensor]:
    """Read the file of ``save_planes`` as bf16 tensors."""
    head, _, body = path.read_bytes().partition(b"\n")
    planes = np.frombuffer(body, np.uint8).reshape(2, -1).astype(np.uint16)
    words = (planes[0] << 8 | planes[1]).view(np.int16)
    weights, place = {}, 0
    for name, shape in json.loads(head).items():
        size = int(np.prod(shape))
        values = torch.from_numpy(words[place : place + size].copy())
        weights[name], place = values.view(torch.bfloat16).reshape(shape), place + size
    return weights
