"""Checks on a finished build, by other methods than the build's own.

``overlap`` decodes the shards and looks for held-out texts among the training texts, with another
MinHash seed and exact similarities. ``throughput`` runs the same stages as a plain loop, with
workers and through datatrove, one after another.
"""

from __future__ import annotations

import hashlib
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .build import Stage, stages
from .documents import read_json, write_json
from .duplicates import PERMUTATIONS, SIMILARITY, shingles, signatures
from .encoding import CHUNK, chunks, load_tokenizer, texts
from .outputs import adopt, claim
from .packages import Package
from .profiles import Profile
from .shards import TokenPart, open_shards
from .stages import CACHE, WORK, Work, is_cache

MEASURES = "measures.json"
OTHER_SEED = 97
WIDE_BANDS = 32  # of 4 rows: finds nearly every pair above a similarity of 0.6


def record(out: Path, name: str, value: Any) -> None:
    """Store a measurement beside the shards it belongs to."""
    path = out / MEASURES
    write_json(path, (read_json(path) if path.is_file() else {}) | {name: value})
    adopt(out, MEASURES)


# Overlap ---------------------------------------------------------------------------------------


def overlap(out: Path, held_out: str = "test") -> dict[str, Any]:
    """How many held-out texts are, exactly or nearly, among the training texts of shards.

    Near: a Jaccard similarity of 0.8 or more between the true sets of shingles, with candidates
    from MinHash under another seed and with wider bands than in the build.
    """
    texts = [text for chunk in _texts(out, held_out) for text in chunk]
    digests = {_md5(text) for text in texts}
    index = _Index(texts)
    exact = 0
    near: set[int] = set()
    for chunk in _texts(out, "train"):
        exact += sum(_md5(text) in digests for text in chunk)
        near |= index.near(chunk)
    return {
        "held_out": held_out,
        "documents": len(texts),
        "exact": exact,
        "near": len(near),
        "near_share": len(near) / max(1, len(texts)),
    }


def _md5(text: str) -> bytes:
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).digest()


def _texts(out: Path, split: str) -> Iterator[list[str]]:
    """The texts of a split, decoded from its shards, in chunks."""
    tokenizer = load_tokenizer(out / "tokenizer.json")
    for shard in open_shards(out).split(split):
        yield from chunks(texts(TokenPart(shard.ids, shard.index), tokenizer))


class _Index:
    """The held-out texts, indexed by their wide bands."""

    def __init__(self, texts: list[str]) -> None:
        self._sets = [shingles(text) for text in texts]
        self._buckets: list[dict[bytes, list[int]]] = [{} for _ in range(WIDE_BANDS)]
        for start in range(0, len(texts), CHUNK):
            for at, row in enumerate(signatures(texts[start : start + CHUNK], OTHER_SEED), start):
                for bucket, band in zip(self._buckets, _bands(row), strict=True):
                    bucket.setdefault(band, []).append(at)

    def near(self, texts: list[str]) -> set[int]:
        """Positions of held-out texts that one of the texts is near to."""
        found = set()
        for text, row in zip(texts, signatures(texts, OTHER_SEED), strict=True):
            bands = zip(self._buckets, _bands(row), strict=True)
            candidates = {at for bucket, band in bands for at in bucket.get(band, ())}
            if candidates:
                own = shingles(text)
                found |= {at for at in candidates if similarity(own, self._sets[at]) >= SIMILARITY}
        return found


def _bands(row: NDArray[np.uint32]) -> list[bytes]:
    return [band.tobytes() for band in row.reshape(WIDE_BANDS, PERMUTATIONS // WIDE_BANDS)]


def similarity(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """The Jaccard similarity of two sets of hashes, each sorted and without duplicates."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


# Throughput ------------------------------------------------------------------------------------


def throughput(
    profile: Profile, packages: Sequence[Package], work: Work, workers: int
) -> dict[str, Any]:
    """MB/s of source files read, for each way to run the same stages; downloads do not count.

    Each way starts from the cached archives only, and must give the same shards.
    """
    from .cluster import run_on_cluster
    from .runners import run

    ways: dict[str, Callable[[Sequence[Stage], Path], None]] = {
        "plain loop": lambda planned, _: _plain_loop(planned),
        "1 worker": lambda planned, _: run(planned, 1),
        f"{workers} workers": lambda planned, _: run(planned, workers),
        f"datatrove, {workers} workers": lambda planned, root: run_on_cluster(
            planned, "local", workers, root / "logs"
        ),
    }
    claim(work.root, WORK, is_cache)
    rows, found = {}, set()
    for name, way in ways.items():
        with tempfile.TemporaryDirectory(prefix="throughput-", dir=work.root) as folder:
            seconds, cpu, out = _time(way, profile, packages, work, Path(folder) / "way")
            size = _read_bytes(out)
            found.add((out / "shards.json").read_bytes())
        rows[name] = {
            "seconds": round(seconds, 1),
            "cpu_seconds": round(cpu, 1),
            "MB_per_s": round(size / 1e6 / seconds, 2),
        }
    return {"ways": rows, "MB": round(size / 1e6, 1), "same_shards": len(found) == 1}


def _time(
    way: Callable[[Sequence[Stage], Path], None],
    profile: Profile,
    packages: Sequence[Package],
    work: Work,
    root: Path,
) -> tuple[float, float, Path]:
    """Seconds and processor seconds of a build from cached archives, and its shards' folder."""
    root.mkdir()
    (root / CACHE).symlink_to(work.archives)
    planned = stages(profile, packages, Work(root, profile.name), root / "out")
    started, cpu = time.perf_counter(), _cpu_seconds()
    way(planned, root)
    return time.perf_counter() - started, _cpu_seconds() - cpu, root / "out"


def _cpu_seconds() -> float:
    """Processor seconds of this process and of its finished children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _plain_loop(planned: Iterable[Stage]) -> None:
    for stage in planned:
        for function, arguments in stage.calls:
            function(*arguments)


def _read_bytes(out: Path) -> int:
    totals = read_json(out / "manifest.json")["totals"]
    return sum(total["before"][1] for total in totals.values())
