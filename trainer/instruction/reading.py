"""Reads pairs from a folder of ``python -m corpus pairs``, or from other JSON lines.

A file without splits is split by its requests, so that the same request is never on both sides.
Secrets are replaced, as in all text that is learned. Knows files, not models.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codecomplete.corpus.redaction import redacted
from codecomplete.engine.modeldir.digest import sha256

from ..errors import ConfigError
from .forms import Pair

SPLITS = ("train", "validation", "test")
HELD_OUT_PERCENT = 4  # of a file without splits, for each of validation and test
NAMED = 3  # problems that an error message names


@dataclass(frozen=True)
class PairSet:
    """Pairs by split, and a digest of the files they come from."""

    train: list[Pair]
    validation: list[Pair]
    test: list[Pair]
    digest: str

    @property
    def languages(self) -> list[str]:
        return sorted({pair.language for pair in self.train})


def read_pairs(place: Path, language: str) -> PairSet:
    """All pairs of a folder or file; ``language`` is for pairs that name none.

    Raises ConfigError, which names the invalid lines, or says that there is nothing to learn.
    """
    if place.is_dir():
        paths = [place / f"{split}.jsonl" for split in SPLITS]
        by_split = {path.stem: _cleaned(_read(path, language)) for path in paths if path.is_file()}
    else:
        paths, by_split = [place], _divided(_cleaned(_read(place, language)))
    if not by_split.get("train"):
        raise ConfigError(
            f"{place}: no pairs to learn from; expected JSON lines with instruction, input and "
            "output, or a folder that python -m corpus pairs has written"
        )
    digests = "".join(sha256(path) for path in paths if path.is_file())
    whole = hashlib.sha256(digests.encode()).hexdigest()
    train, validation, test = (by_split.get(split, []) for split in SPLITS)
    return PairSet(train, validation, test, whole)


def _read(path: Path, language: str) -> list[Pair]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    pairs, problems = [], []
    for number, row in _rows(text):
        try:
            pairs.append(Pair.read(row, language))
        except (KeyError, TypeError, AttributeError) as error:
            problems.append(f"{path}:{number}: {_said(error)}")
    if problems:
        more = f"\n  and {len(problems) - NAMED} more" if len(problems) > NAMED else ""
        raise ConfigError("unusable pairs:\n  " + "\n  ".join(problems[:NAMED]) + more)
    return [pair for pair in pairs if pair.output.strip()]


def _rows(text: str) -> Iterator[tuple[int, Any]]:
    """Numbered rows of JSON lines, or of one JSON list."""
    if text.lstrip().startswith("["):
        yield from enumerate(_json(text) or [], 1)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _json(line)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _said(error: Exception) -> str:
    missing = isinstance(error, KeyError)
    return f"no {error}" if missing else "not an object with instruction and output"


def _cleaned(pairs: list[Pair]) -> list[Pair]:
    """The pairs without those that contain a private key, with placeholders for other secrets."""
    found = []
    for pair in pairs:
        texts = (pair.instruction, pair.input, pair.output, pair.prompt, pair.completion)
        clean = [redacted(text) for text in texts]
        if all(text is not None for text in clean):
            instruction, given, output, prompt, completion = (text.text for text in clean if text)
            found.append(Pair(instruction, given, output, prompt, completion, pair.language))
    return found


def _divided(pairs: list[Pair]) -> dict[str, list[Pair]]:
    by_split: dict[str, list[Pair]] = {split: [] for split in SPLITS}
    for pair in pairs:
        request = f"{pair.instruction}\n{pair.input}".lower().encode()
        place = int.from_bytes(hashlib.sha256(request).digest()[:4], "big") % 100
        held_out = place < 2 * HELD_OUT_PERCENT
        name = SPLITS[1 + (place < HELD_OUT_PERCENT)] if held_out else SPLITS[0]
        by_split[name].append(pair)
    return by_split
