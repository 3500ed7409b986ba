"""How good an exported model is, measured through the engine's own runtime.

Bits per byte: the cost of a file's tokens, from the start of the file, under the window the engine
would have rolled, over the file's UTF-8 bytes. The prompt (begin, language tag) costs nothing and
counts no bytes; the end of the file is not scored. Nothing of a file is seen before it is scored.
"""

from __future__ import annotations

import lzma
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine import Model
from engine.config import SLIDING
from engine.runtime import CHUNK
from engine.tokenizer import BOS, language_tag
from engine.window import largest_room


def bits_of(model: Model, text: str, language: str | None) -> float:
    """The bits a model needs for a text, cold."""
    ids = prompt(model, language)
    scored = model.tokenizer.encode(text)
    return float(sum(costs.sum() for costs in token_bits(model, ids, scored)))


def prompt(model: Model, language: str | None) -> list[int]:
    """What the engine puts in front of a file."""
    names = [BOS, *([language_tag(language)] if language else [])]
    return [id_ for name in names if (id_ := model.tokenizer.special(name)) is not None]


def token_bits(model: Model, begin: list[int], scored: list[int]) -> Iterator[np.ndarray]:
    """The cost in bits of each scored id behind ``begin``, in runs, under the model's window."""
    config, buffers = model.config, model.runtime.new_buffers()
    sliding = config.policy == SLIDING
    past = origin = 0
    inputs = [*begin, *scored[:-1]] if scored else begin
    targets = [None] * (len(begin) - 1) + scored
    size = min(CHUNK, largest_room(config))
    for start in range(0, len(inputs), size):
        part = inputs[start : start + size]
        if past + len(part) > config.capacity:
            past, origin = _make_room(model, buffers, inputs, past, origin)
        logits = buffers.step_all(part, past, past + (origin if sliding else 0))
        past += len(part)
        wanted = targets[start : start + len(part)]
        yield _costs(logits, wanted)


def _make_room(model: Model, buffers, inputs: list[int], past: int, origin: int) -> tuple[int, int]:
    config = model.config
    kept = config.capacity - largest_room(config)
    end = origin + past
    if config.policy == SLIDING:
        buffers.move_to_front(past - kept, kept)
    else:
        buffers.step_all(inputs[end - kept : end], 0, 0)
    return kept, end - kept


def _costs(logits: np.ndarray, wanted: list[int | None]) -> np.ndarray:
    rows = [row for row, target in enumerate(wanted) if target is not None]
    targets = [target for target in wanted if target is not None]
    chosen = logits[rows].astype(np.float64)
    top = chosen.max(axis=1, keepdims=True) if rows else 0.0
    mass = np.log(np.exp(chosen - top).sum(axis=1)) + np.ravel(top)
    return (mass - chosen[np.arange(len(rows)), targets]) / math.log(2)


def held_out_files(folder: Path, limit: int) -> dict[str, list[tuple[Path, str]]]:
    """Files of ``folder/LANGUAGE/PACKAGE/...``: about ``limit`` bytes of each language."""
    files: dict[str, list[tuple[Path, str]]] = {}
    for language in sorted(path for path in folder.iterdir() if path.is_dir()):
        by_package = [
            sorted(p for p in package.rglob("*") if p.is_file())
            for package in sorted(language.iterdir())
        ]
        share = limit // max(1, len(by_package))
        files[language.name] = [entry for paths in by_package for entry in _spread(paths, share)]
    return files


def _spread(paths: list[Path], limit: int) -> Iterator[tuple[Path, str]]:
    """Every n-th file, so that about ``limit`` bytes are taken from all over a package."""
    total = sum(path.stat().st_size for path in paths)
    stride = max(1, round(total / max(1, limit)))
    for path in paths[::stride]:
        yield path, path.read_text(encoding="utf-8")


def evaluate_files(model: Model, folder: Path, limit: int) -> dict:
    """Bits per byte by language, beside xz on the same files."""
    results: dict[str, dict] = defaultdict(dict)
    for language, entries in held_out_files(folder, limit).items():
        texts = [text for _, text in entries if text]
        size = sum(len(text.encode()) for text in texts)
        bits = sum(bits_of(model, text, language) for text in texts)
        results[language] = {
            "files": len(texts),
            "bytes": size,
            "bits_per_byte": round(bits / size, 4),
            "xz_each": round(sum(xz_bits(text) for text in texts) / size, 4),
            "xz_together": round(xz_bits("\0".join(texts)) / size, 4),
        }
    return dict(results)


def xz_bits(text: str) -> float:
    """Bits of the text as a raw LZMA2 stream at the strongest preset, without container."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
    return 8.0 * len(lzma.compress(text.encode(), format=lzma.FORMAT_RAW, filters=filters))


def table(results: dict) -> str:
    """The results as a Markdown table."""
    columns = list(next(iter(results.values())))
    lines = ["| language | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for language, row in results.items():
        lines.append(f"| {language} | " + " | ".join(f"{row[c]:,}" for c in columns) + " |")
    return "\n".join(lines)
