"""Chooses the extracted documents to keep: the only stage that sees all packages at once.

Held-out documents come first, so that of two equal or similar texts the one for training is
dropped. Next come system B's bounds, if characters are learned, and the mix. Writes one array of
kept positions per package, and counts of what was dropped and why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from codecomplete.engine.languages import LANGUAGES

from .documents import Document, read_documents, read_json, write_json
from .duplicates import exact_repeats, near_repeats
from .filters import (
    Bounds,
    Measure,
    drop_by_limits,
    drop_for_characters,
    measure,
    percentile_bounds,
)
from .packages import Package
from .profiles import Profile
from .stages import Work, is_done, stamp, unit_digest

SEED = 20_250_101
HELD_OUT_FIRST = ("test", "validation", "train")


@dataclass(frozen=True, slots=True)
class _Row:
    """What the choice knows about a document."""

    package: Package
    at: int
    language: str
    size: int  # UTF-8 bytes
    key: str
    measure: Measure


Reasons = list[str | None]  # one for each row; None: kept


def choose(packages: Sequence[Package], profile: Profile, work: Work) -> None:
    """Write which documents of each package are kept, unless that is already done."""
    expected = choice_stamp(packages, profile, work)
    unit = work.folder / "choice"
    if is_done(unit, expected):
        return
    unit.mkdir(parents=True, exist_ok=True)
    ordered = sorted(packages, key=lambda package: HELD_OUT_FIRST.index(package.split))
    rows = [row for package in ordered for row in _rows(package, work)]
    reasons = _duplicates(ordered, rows, work)
    if profile.recipe == "characters":
        _apply_bounds(rows, reasons)
    for at, row in enumerate(rows):
        reasons[at] = reasons[at] or drop_by_limits(row.measure, profile.limits)
    _cut_to_mix(rows, reasons, profile)
    dropped = _collect(ordered, rows, reasons, work)
    write_json(unit / "done.json", {"stamp": expected, "report": dropped})


def choice_stamp(packages: Sequence[Package], profile: Profile, work: Work) -> str:
    """A digest that changes with anything that can change the choice."""
    units = [(unit_digest(package, work), package.slug, package.split) for package in packages]
    limits = asdict(profile.limits)
    return stamp("choose", units, profile.mix, profile.recipe, limits, SEED)


def _rows(package: Package, work: Work) -> Iterator[_Row]:
    path = work.extracted(package) / "documents.jsonl"
    for at, document in enumerate(read_documents(path)):
        size = len(document.text.encode("utf-8"))
        yield _Row(package, at, document.language, size, document.key, measure(document.text))


def _duplicates(packages: Sequence[Package], rows: list[_Row], work: Work) -> Reasons:
    units = [work.extracted(package) for package in packages]
    digests = np.concatenate([np.load(unit / "digests.npy") for unit in units])
    signed = np.concatenate([np.load(unit / "signatures.npy") for unit in units])
    reasons: Reasons = [
        "exact duplicate" if repeat else None for repeat in exact_repeats(map(bytes, digests))
    ]
    left = [at for at, reason in enumerate(reasons) if reason is None]
    for at, original in zip(left, near_repeats(signed[left]), strict=True):
        if original >= 0:
            crosses = rows[left[original]].package.split != rows[at].package.split
            reasons[at] = "near-duplicate of held-out" if crosses else "near-duplicate"
    return reasons


def _apply_bounds(rows: list[_Row], reasons: Reasons) -> None:
    """Apply system B's rules; each language's bounds come from its training texts."""
    kept = [row for row, reason in zip(rows, reasons, strict=True) if reason is None]
    learned = [row for row in kept if row.package.split == "train"] or kept
    bounds: dict[str, Bounds] = {
        language: percentile_bounds([row.measure for row in learned if row.language == language])
        for language in {row.language for row in learned}
    }
    for at, row in enumerate(rows):
        if reasons[at] is None and row.language in bounds:
            reasons[at] = drop_for_characters(row.measure, bounds[row.language])


def _cut_to_mix(rows: list[_Row], reasons: Reasons, profile: Profile) -> None:
    """Mark the training documents beyond their language's share, in a scattered order.

    A user's own documents come first; others fill up the mix.
    """
    left = {language: megabytes * 1e6 for language, megabytes in profile.mix.items()}
    order = ((not row.package.is_own, scatter(row.key), at) for at, row in enumerate(rows))
    for _, _, at in sorted(order):
        row = rows[at]
        if reasons[at] is not None or row.package.split != "train":
            continue
        if left[row.language] < row.size:
            reasons[at] = "beyond the mix"
        else:
            left[row.language] -= row.size


def scatter(key: str) -> bytes:
    """A sort key that shuffles documents in the same way on every machine."""
    return hashlib.sha256(f"{SEED} {key}".encode()).digest()


def _collect(
    packages: Sequence[Package], rows: list[_Row], reasons: Reasons, work: Work
) -> dict[str, Any]:
    """Write the positions kept; returns ``{slug: {language: {reason: [files, bytes]}}}``."""
    kept: dict[str, list[int]] = {package.slug: [] for package in packages}
    dropped: dict[str, Any] = {}
    for row, reason in zip(rows, reasons, strict=True):
        if reason is None:
            kept[row.package.slug].append(row.at)
            continue
        languages = dropped.setdefault(row.package.slug, {})
        count = languages.setdefault(row.language, {}).setdefault(reason, [0, 0])
        count[0] += 1
        count[1] += row.size
    for package in packages:
        positions = np.array(kept[package.slug], dtype=np.int64)
        np.save(work.kept(package), positions, allow_pickle=False)
    return dropped


def dropped_later(work: Work) -> dict[str, Any]:
    """The counts of what the choice dropped, by package, language and reason."""
    report: dict[str, Any] = read_json(work.folder / "choice" / "done.json")["report"]
    return report


def kept_documents(package: Package, work: Work) -> Iterator[Document]:
    """A package's kept documents, in order."""
    chosen = set(np.load(work.kept(package), allow_pickle=False).tolist())
    documents = enumerate(read_documents(work.extracted(package) / "documents.jsonl"))
    return (document for at, document in documents if at in chosen)


def sample(
    packages: Sequence[Package], work: Work, limit: int, split: str = "train"
) -> Iterator[str]:
    """Texts of a split, about ``limit`` bytes of each language, scattered over packages.

    Reads everything twice, so that only the sample is in memory.
    """
    chosen = [package for package in packages if package.split == split]
    keys = sorted(
        (scatter(document.key), document.language, len(document.text))
        for package in chosen
        for document in kept_documents(package, work)
    )
    left = dict.fromkeys(LANGUAGES, limit)
    wanted = set()
    for key, language, size in keys:
        if left[language] > 0:
            left[language] -= size
            wanted.add(key)
    for package in chosen:
        for document in kept_documents(package, work):
            if scatter(document.key) in wanted:
                yield document.text
