"""Writes requests and answers from token shards as JSON lines, with licences.

The splits are those of the shards, so they are by package. Pairs that repeat another one, exactly
or nearly, are dropped; held-out pairs come first. Knows shards and pairs, but nothing of models.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from codecomplete.engine.languages import LANGUAGES

from .documents import read_json, write_json
from .duplicates import exact_repeats, near_repeats, signatures, text_digest
from .encoding import load_tokenizer, texts
from .errors import ShardError
from .outputs import Kind, fresh, require_writable
from .packages import SPLITS
from .pairs import Pair, pairs_of
from .shards import TokenPart, open_shards

PAIRS = Kind("pairs of requests and answers")
HELD_OUT_FIRST = ("test", "validation", "train")
MOST = {"test": 1_000, "validation": 1_000, "train": 40_000}
SEED = 22_2022

_ATTRIBUTION = """\
# Attribution

The pairs are taken out of files of the packages below, under the licences named. Each pair names
its package and that package's licence. Thanks to their authors.

| package | licence | pairs |
|---|---|---|
"""


def write_pairs(shards: Path, out: Path) -> dict[str, Any]:
    """Write ``train.jsonl``, ``validation.jsonl``, ``test.jsonl``, attributions and a manifest.

    Returns the manifest. Raises ShardError if the shards contain no pair to learn from, and
    OutputError if ``out`` contains anything but pairs.
    """
    require_writable(out, PAIRS, shards)
    found = {split: list(_pairs(shards, split)) for split in HELD_OUT_FIRST}
    kept = _without_repeats(found)
    if not kept["train"]:
        raise ShardError(f"{shards}: no comment or docstring in it is followed by code")
    with fresh(out, PAIRS, shards) as folder:
        for split in SPLITS:
            lines = (json.dumps(pair.to_dict(), ensure_ascii=False) for pair in kept[split])
            text = "".join(f"{line}\n" for line in lines)
            (folder / f"{split}.jsonl").write_text(text, encoding="utf-8")
        manifest = _manifest(shards, found, kept, folder)
        write_json(folder / "manifest.json", manifest)
        _write_attribution(kept["train"], folder)
    return manifest


def _pairs(shards: Path, split: str) -> Iterator[Pair]:
    opened = open_shards(shards)
    tokenizer = load_tokenizer(shards / "tokenizer.json")
    rows = read_json(shards / "manifest.json")["packages"]
    licences = {row["name"]: row["licence"] for row in rows}
    for shard in opened.split(split):
        part = TokenPart(shard.ids, shard.index)
        for row, text in zip(part.index, texts(part, tokenizer), strict=True):
            package = opened.packages[int(row["package"])]
            for pair in pairs_of(text, LANGUAGES[int(row["language"])]):
                yield replace(pair, package=package, licence=licences.get(package, ""))


def _without_repeats(found: dict[str, list[Pair]]) -> dict[str, list[Pair]]:
    """At most MOST pairs of a split, in a fixed random order, none similar to an earlier one."""
    chosen = []
    for split in HELD_OUT_FIRST:
        pairs = sorted(found[split], key=lambda pair: _scatter(pair))
        random.Random(SEED).shuffle(pairs)
        chosen += [(split, pair) for pair in pairs[: MOST[split]]]
    answers = [f"{pair.instruction}\n{pair.output}" for _, pair in chosen]
    exact = exact_repeats(map(text_digest, answers))
    near = near_repeats(signatures(answers))
    kept: dict[str, list[Pair]] = {split: [] for split in HELD_OUT_FIRST}
    for (split, pair), same, like in zip(chosen, exact, near, strict=True):
        if not same and like < 0:
            kept[split].append(pair)
    return kept


def _scatter(pair: Pair) -> str:
    return hashlib.sha256(pair.output.encode("utf-8")).hexdigest()


def _manifest(
    shards: Path, found: dict[str, list[Pair]], kept: dict[str, list[Pair]], out: Path
) -> dict[str, Any]:
    return {
        "format": 1,
        "shards_manifest_sha256": open_shards(shards).description["manifest_sha256"],
        "splits": {
            split: {
                "found": len(found[split]),
                "kept": len(kept[split]),
                "kinds": dict(Counter(f"{pair.language} {pair.kind}" for pair in kept[split])),
                "sha256": hashlib.sha256((out / f"{split}.jsonl").read_bytes()).hexdigest(),
            }
            for split in SPLITS
        },
    }


def _write_attribution(pairs: list[Pair], out: Path) -> None:
    counts = Counter((pair.package, pair.licence) for pair in pairs)
    rows = [f"| {name} | {licence} | {n:,} |\n" for (name, licence), n in sorted(counts.items())]
    (out / "ATTRIBUTION.md").write_text(_ATTRIBUTION + "".join(rows), encoding="utf-8")
