"""Shards in another vocabulary, made from shards: nothing is fetched or filtered again.

One build in a lossless vocabulary serves models with any vocabulary, even after a transfer to
another machine. Documents, their order and their splits stay; only ids and lengths change. Shards
are recoded one by one, so that each may have its own process.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from codecomplete.engine.languages import LANGUAGES

from . import vocabulary
from .documents import Document, sha256_of, write_json
from .encoding import check_roles, encode, load_tokenizer, texts
from .errors import ShardError
from .outputs import fresh, require_writable
from .shards import (
    DESCRIPTION,
    INDEX,
    SHARDS,
    Shard,
    ShardSet,
    TokenPart,
    open_shards,
    totals,
    write_shard,
)

TOKENIZER = "tokenizer.json"
COPIED = ("manifest.json", "ATTRIBUTION.md", "files")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The new vocabulary: an existing one, or a recipe to learn one (``vocabulary.learn``)."""

    recipe: str = "codecomplete"
    size: int = 8_192
    file: Path | None = None


def recode(shards: Path, out: Path, wanted: Vocabulary, workers: int = 1) -> ShardSet:
    """Write the documents of ``shards`` into ``out`` in another vocabulary.

    Raises ShardError if the shards do not verify, or if their own vocabulary has lost text; and
    OutputError if ``out`` contains anything but shards, or is the folder they are read from.
    """
    require_writable(out, SHARDS, shards)
    if wanted.file is not None:
        check_roles(wanted.file)
    opened = open_shards(shards, verify=True)
    with fresh(out, SHARDS, shards) as folder:
        _recode(opened, folder, wanted, workers)
    return open_shards(out)


def _recode(opened: ShardSet, out: Path, wanted: Vocabulary, workers: int) -> None:
    shards = opened.directory
    _make_tokenizer(opened, wanted, out / TOKENIZER)
    _copy(shards, out)
    splits = [*opened.description["splits"]]
    calls = [
        (shard, shards / TOKENIZER, out / TOKENIZER, out, f"{name}-{number:05}")
        for name in splits
        for number, shard in enumerate(opened.split(name))
    ]
    rows = iter(_each(calls, workers))
    written = {name: list(itertools.islice(rows, len(opened.split(name)))) for name in splits}
    _describe(opened, written, out)


def _describe(before: ShardSet, written: dict[str, list[dict[str, Any]]], out: Path) -> None:
    splits = {}
    for name, rows in written.items():
        index = np.concatenate(
            [np.zeros(0, INDEX), *(np.load(out / row["index"], allow_pickle=False) for row in rows)]
        )
        splits[name] = {**totals(index), "shards": rows}
    changed = {
        "vocabulary_size": load_tokenizer(out / TOKENIZER).get_vocab_size(),
        "tokenizer_sha256": sha256_of(out / TOKENIZER),
        "splits": splits,
    }
    write_json(out / DESCRIPTION, before.description | changed)


def _make_tokenizer(shards: ShardSet, wanted: Vocabulary, path: Path) -> None:
    if wanted.file is not None:
        shutil.copyfile(wanted.file, path)
        return
    vocabulary.learn(wanted.recipe, wanted.size, _sample(shards)).save(str(path))


def _sample(shards: ShardSet) -> Iterator[str]:
    """The first training documents, up to so many bytes per language; shards are shuffled."""
    tokenizer = load_tokenizer(shards.directory / TOKENIZER)
    left = dict.fromkeys(shards.languages, vocabulary.sample_bytes(len(shards.languages)))
    for shard in shards.split("train"):
        part = TokenPart(shard.ids, shard.index)
        for row, text in zip(part.index, texts(part, tokenizer), strict=True):
            language = LANGUAGES[row["language"]]
            if left.get(language, 0) > 0:
                left[language] -= int(row["bytes"])
                yield text
            if max(left.values()) <= 0:
                return


def _copy(shards: Path, out: Path) -> None:
    for name in COPIED:
        path = shards / name
        if path.is_dir():
            shutil.copytree(path, out / name, dirs_exist_ok=True)
        elif path.is_file():
            shutil.copyfile(path, out / name)


def _each(calls: list[tuple[Any, ...]], workers: int) -> Iterator[dict[str, Any]]:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # a worker uses one core
    if workers == 1:
        yield from itertools.starmap(recode_shard, calls)
        return
    context = multiprocessing.get_context("spawn")  # no half-copied threads of the parent
    with ProcessPoolExecutor(min(workers, len(calls)), mp_context=context) as pool:
        yield from pool.map(recode_shard, *zip(*calls, strict=True))


def recode_shard(shard: Shard, own: Path, wanted: Path, out: Path, name: str) -> dict[str, Any]:
    """Write one shard in another vocabulary; returns its row of ``shards.json``."""
    part = TokenPart(shard.ids, shard.index)
    recoded = encode(_documents(part, own), load_tokenizer(wanted))
    if (differing := np.flatnonzero(recoded.index["bytes"] != part.index["bytes"])).size:
        at = int(differing[0])
        raise ShardError(
            f"{shard.bin}: document {at} has {recoded.index['bytes'][at]} bytes when decoded, "
            f"expected {part.index['bytes'][at]}; recode from a vocabulary that loses no text"
        )
    recoded.index["package"] = part.index["package"]
    return write_shard(out, name, [(recoded, at) for at in range(len(recoded.index))])


def _documents(part: TokenPart, tokenizer: Path) -> Iterator[Document]:
    languages = (LANGUAGES[number] for number in part.index["language"])
    for language, text in zip(languages, texts(part, load_tokenizer(tokenizer)), strict=True):
        yield Document("", "", language, "", text)
