"""Shards of a few files of this project, with the tests' own tiny vocabulary."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import tokenizers

from codecomplete.corpus.shards import INDEX, TokenPart, write_split
from codecomplete.engine.languages import LANGUAGES
from codecomplete.engine.modeldir.directory import sha256
from codecomplete.engine.modeldir.names import TOKENIZER
from codecomplete.engine.tokenizer import BOS, EOS, Tokenizer, language_tag
from codecomplete.trainer.learning.compute import Compute
from codecomplete.trainer.runs.presets import PRESETS, Preset

ROOT = Path(__file__).parents[2]
PLAIN = Compute(bfloat16=False, compiled=False)
SPLITS = {
    "train": ("engine/*.py",),
    "validation": ("engine/state/edits.py", "engine/suggestions/clean.py"),
}


def make_shards(directory: Path, tokenizer: Path, texts: dict[str, list[str]] | None = None):
    """A directory of shards as ``python -m corpus build`` writes them; python only."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / TOKENIZER).write_bytes(tokenizer.read_bytes())
    vocabulary = Tokenizer.load(tokenizer)
    splits = {}
    for split, documents in (texts or _own_files()).items():
        part = _part(vocabulary, documents)
        order = np.arange(len(part.index))
        rows = write_split(directory, split, [part], order, 1 << 30)
        splits[split] = {"tokens": len(part.ids), "documents": len(part.index), "shards": rows}
    facts = {
        "format": 1,
        "vocabulary_size": vocabulary.size,
        "tokenizer_sha256": sha256(directory / TOKENIZER),
        "manifest_sha256": "0" * 64,
        "languages": ["python"],
        "packages": ["codecomplete"],
        "splits": splits,
    }
    (directory / "shards.json").write_text(json.dumps(facts))
    return directory


def _own_files() -> dict[str, list[str]]:
    return {
        split: [path.read_text() for pattern in patterns for path in sorted(ROOT.glob(pattern))]
        for split, patterns in SPLITS.items()
    }


def _part(vocabulary: Tokenizer, documents: list[str]) -> TokenPart:
    ids: list[int] = []
    index = np.zeros(len(documents), dtype=INDEX)
    for row, text in zip(index, documents, strict=True):
        names = (BOS, language_tag("python"), EOS)
        begin, tag, end = ([] if (id_ := vocabulary.special(n)) is None else [id_] for n in names)
        document = [*begin, *tag, *vocabulary.encode(text), *end]
        row["start"], row["length"] = len(ids), len(document)
        row["language"], row["bytes"] = LANGUAGES.index("python"), len(text.encode())
        ids += document
    return TokenPart(np.array(ids, dtype="<u2"), index)


def preset(name: str = "toy", **recipe) -> Preset:
    """A preset with some fields of its recipe changed."""
    chosen = PRESETS[name]
    return dataclasses.replace(chosen, recipe=dataclasses.replace(chosen.recipe, **recipe))


def save_tokenizer(inner: tokenizers.Tokenizer, path: Path) -> Path:
    inner.save(str(path))
    return path
