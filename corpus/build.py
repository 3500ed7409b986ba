"""From a profile to shards: the stages in order, and the choices that need all packages at once.

extract    each package: fetch, filter, clean, sign            (stages, parallel)
choose     all packages: duplicates, held-out first, the mix    (here)
train      a tokenizer on a sample of the chosen training text  (vocabulary)
tokenise   each package: chosen documents to ids                (stages, parallel)
write      shuffled shards, held-out files, manifest            (shards, reports)
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.languages import LANGUAGES

from . import vocabulary
from .documents import Document, read_documents, sha256_of, write_json
from .duplicates import exact_repeats, near_repeats
from .packages import SPLITS, Package, require_permissive
from .profiles import Profile
from .runners import run_all
from .shards import DESCRIPTION, FORMAT, TokenPart, write_split
from .stages import Work, extract, load_part, report_of, tokenise

SEED = 20_250_101
SHARD_TOKENS = 1 << 25
SAMPLE, LANGUAGE_SAMPLE = 90_000_000, 20_000_000  # bytes to train the tokenizer on; of one language
HELD_OUT_FIRST = ("test", "validation", "train")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a build needs to know besides its profile."""

    work: Work
    out: Path
    workers: int = 1


@dataclass
class Choice:
    """Which documents of which package go on, and why the others do not."""

    keep: dict[str, NDArray[np.int64]] = field(default_factory=dict)  # slug -> positions
    dropped: dict[str, dict[str, dict[str, list[int]]]] = field(default_factory=dict)


def build(profile: Profile, packages: Sequence[Package], settings: Settings) -> dict[str, Any]:
    """Build shards for a profile; returns the manifest, which is also written."""
    chosen = sorted(profile.select(packages), key=lambda package: SPLITS.index(package.split))
    for package in chosen:
        require_permissive(package)
    languages, work = tuple(profile.mix), settings.work
    run_all(
        [(extract, (package, languages, work)) for package in chosen], settings.workers, "extract"
    )
    choice = choose(chosen, profile, work)
    settings.out.mkdir(parents=True, exist_ok=True)
    tokenizer = settings.out / "tokenizer.json"
    train_tokenizer(profile, chosen, choice, work).save(str(tokenizer))
    calls = [
        (tokenise, (package, keep_path(package, work), tokenizer, languages, work))
        for package in chosen
    ]
    run_all(calls, settings.workers, "tokenise")
    manifest = write_manifest(profile, chosen, choice, settings)
    write_shards(profile, chosen, settings)
    write_held_out(chosen, choice, settings)
    return manifest


def keep_path(package: Package, work: Work) -> Path:
    return work.unit("keep", f"{package.slug}.npy")


# Choose ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """What the choice knows of a document."""

    package: Package
    at: int
    language: str
    size: int
    key: str


def choose(packages: Sequence[Package], profile: Profile, work: Work) -> Choice:
    """Drop duplicates, held-out documents before all others, then cut to the mix."""
    ordered = sorted(packages, key=lambda package: HELD_OUT_FIRST.index(package.split))
    rows = [row for package in ordered for row in _rows(package, work)]
    units = [work.unit("extract", package.slug) for package in ordered]
    digests = np.concatenate([np.load(unit / "digests.npy") for unit in units])
    signed = np.concatenate([np.load(unit / "signatures.npy") for unit in units])
    reasons: list[str | None] = [
        "exact duplicate" if repeat else None for repeat in exact_repeats(map(bytes, digests))
    ]
    left = np.array([at for at, reason in enumerate(reasons) if reason is None], dtype=np.int64)
    for at, original in zip(left, near_repeats(signed[left]), strict=True):
        if original >= 0:
            crosses = rows[left[original]].package.split != rows[at].package.split
            reasons[at] = "near-duplicate of held-out" if crosses else "near-duplicate"
    _cut_to_mix(rows, reasons, profile)
    return _collect(ordered, rows, reasons, work)


def _rows(package: Package, work: Work) -> Iterator[_Row]:
    path = work.unit("extract", package.slug) / "documents.jsonl"
    for at, document in enumerate(read_documents(path)):
        size = len(document.text.encode("utf-8"))
        yield _Row(package, at, document.language, size, document.key)


def _cut_to_mix(rows: list[_Row], reasons: list[str | None], profile: Profile) -> None:
    """Mark training documents beyond their language's share, taking them in a scattered order."""
    left = {language: megabytes * 1e6 for language, megabytes in profile.mix.items()}
    for at in sorted(range(len(rows)), key=lambda at: scatter(rows[at].key)):
        row = rows[at]
        if reasons[at] is not None or row.package.split != "train":
            continue
        if left[row.language] < row.size:
            reasons[at] = "beyond the mix"
        else:
            left[row.language] -= row.size


def scatter(key: str) -> bytes:
    """A sort key that mixes documents the same way on every machine."""
    return hashlib.sha256(f"{SEED} {key}".encode()).digest()


def _collect(
    packages: Sequence[Package], rows: list[_Row], reasons: list[str | None], work: Work
) -> Choice:
    choice = Choice()
    kept: dict[str, list[int]] = {package.slug: [] for package in packages}
    for row, reason in zip(rows, reasons, strict=True):
        if reason is None:
            kept[row.package.slug].append(row.at)
            continue
        languages = choice.dropped.setdefault(row.package.slug, {})
        count = languages.setdefault(row.language, {}).setdefault(reason, [0, 0])
        count[0] += 1
        count[1] += row.size
    for package in packages:
        choice.keep[package.slug] = np.array(kept[package.slug], dtype=np.int64)
        keep_path(package, work).parent.mkdir(parents=True, exist_ok=True)
        np.save(keep_path(package, work), choice.keep[package.slug], allow_pickle=False)
    return choice


def kept_documents(package: Package, choice: Choice, work: Work) -> Iterator[Document]:
    """A package's documents that go on, in order."""
    chosen = set(choice.keep[package.slug].tolist())
    path = work.unit("extract", package.slug) / "documents.jsonl"
    return (document for at, document in enumerate(read_documents(path)) if at in chosen)


# Tokenizer -------------------------------------------------------------------------------------


def train_tokenizer(
    profile: Profile, packages: Sequence[Package], choice: Choice, work: Work
) -> vocabulary.Tokenizer:
    """Train our recipe on a scattered sample of the training text."""
    each = min(LANGUAGE_SAMPLE, SAMPLE // len(profile.mix))
    texts = sample(packages, choice, work, each)
    return vocabulary.train(vocabulary.codecomplete(profile.vocabulary), iter(texts))


def sample(
    packages: Sequence[Package], choice: Choice, work: Work, limit: int, split: str = "train"
) -> list[str]:
    """Texts of a split, about ``limit`` bytes of each language, scattered over packages.

    Reads twice, so that memory holds the sample and not the corpus.
    """
    chosen = [package for package in packages if package.split == split]
    keys = sorted(
        (scatter(document.key), document.language, len(document.text))
        for package in chosen
        for document in kept_documents(package, choice, work)
    )
    left = dict.fromkeys(LANGUAGES, limit)
    wanted = set()
    for key, language, size in keys:
        if left[language] > 0:
            left[language] -= size
            wanted.add(key)
    return [
        document.text
        for package in chosen
        for document in kept_documents(package, choice, work)
        if scatter(document.key) in wanted
    ]


# Write -----------------------------------------------------------------------------------------


def write_shards(profile: Profile, packages: Sequence[Package], settings: Settings) -> None:
    """Write the shards of every split and their description."""
    for stale in [*settings.out.glob("*.bin"), *settings.out.glob("*.idx.npy")]:
        stale.unlink()
    splits = {}
    for split in SPLITS:
        parts = [
            load_part(package, number, settings.work)
            for number, package in enumerate(packages)
            if package.split == split
        ]
        order = np.arange(sum(len(part.index) for part in parts))
        if split == "train":
            np.random.Generator(np.random.PCG64(SEED)).shuffle(order)
        shards = write_split(settings.out, split, parts, order, SHARD_TOKENS)
        splits[split] = {**_totals(parts), "shards": shards}
    description = {
        "format": FORMAT,
        "vocabulary_size": profile.vocabulary,
        "tokenizer_sha256": sha256_of(settings.out / "tokenizer.json"),
        "languages": list(profile.mix),
        "packages": [package.name for package in packages],
        "splits": splits,
        "manifest_sha256": sha256_of(settings.out / "manifest.json"),
    }
    write_json(settings.out / DESCRIPTION, description)


def _totals(parts: Sequence[TokenPart]) -> dict[str, Any]:
    index = np.concatenate([part.index for part in parts])

    def counts(rows: NDArray[np.void]) -> dict[str, int]:
        return {
            "tokens": int(rows["length"].sum(dtype=np.int64)),
            "documents": len(rows),
            "bytes": int(rows["bytes"].sum(dtype=np.int64)),
        }

    present = [number for number in range(len(LANGUAGES)) if (index["language"] == number).any()]
    languages = {LANGUAGES[at]: counts(index[index["language"] == at]) for at in present}
    return {**counts(index), "languages": languages}


def write_held_out(packages: Sequence[Package], choice: Choice, settings: Settings) -> None:
    """Write the held-out texts as plain files: evaluation reads them."""
    root = settings.out / "files"
    shutil.rmtree(root, ignore_errors=True)
    for package in packages:
        if package.split == "train":
            continue
        for document in kept_documents(package, choice, settings.work):
            path = root / package.split / document.language / package.slug / document.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(document.text, encoding="utf-8", newline="\n")


def write_manifest(
    profile: Profile, packages: Sequence[Package], choice: Choice, settings: Settings
) -> dict[str, Any]:
    """Write what went in, package by package, and the attributions."""
    rows = [_manifest_row(package, choice, settings.work) for package in packages]
    manifest = {"format": 1, "profile": profile.name, "mix": dict(profile.mix), "packages": rows}
    write_json(settings.out / "manifest.json", manifest)
    return manifest


def _manifest_row(package: Package, choice: Choice, work: Work) -> dict[str, Any]:
    report = report_of(work.unit("extract", package.slug))
    dropped_later = choice.dropped.get(package.slug, {})
    for language, reasons in dropped_later.items():
        kept = report["files"][language]["kept"]
        for reason, (count, size) in reasons.items():
            report["files"][language]["dropped"][reason] = [count, size]
            kept[0] -= count
            kept[1] -= size
    return {
        "name": package.name,
        "kind": package.kind,
        "version": package.version,
        "sha256": package.digest,
        "licence": package.licence,
        "split": package.split,
        **report,
    }
