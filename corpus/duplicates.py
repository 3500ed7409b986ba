"""Exact and near duplicates, across packages and across splits.

Exact: equal SHA-256 of the text. Near: MinHash (rensa's ``RMinHash``, 128 permutations) over
shingles of five tokens, with candidates from 16 bands of 8; a document is dropped if its estimated
Jaccard similarity to a kept one is 0.8 or more.

The first document in order is kept. Held-out documents come first, so a training text that
resembles a test or validation text is the one that is dropped.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

SHINGLE = 5  # tokens
PERMUTATIONS, BANDS = 128, 16
SIMILARITY = 0.8
SEED = 20_240_801

_TOKEN = re.compile(r"\w+|[^\w\s]")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def text_digest(text: str) -> bytes:
    """The 32 bytes that represent a text in the search for exact duplicates."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def shingles(text: str) -> NDArray[np.uint64]:
    """Hashes of all runs of five tokens, [n] with n >= 1; a shorter text is one run.

    A token is a word or any other single character except white space, so a different layout does
    not hide a copy.
    """
    codes: dict[str, int] = {}
    tokens = [
        codes.get(token) or codes.setdefault(token, _hash(token)) for token in _TOKEN.findall(text)
    ]
    hashes = np.array(tokens or [0], dtype=np.uint64)
    width = min(SHINGLE, len(hashes))
    rolled = np.zeros(len(hashes) - width + 1, dtype=np.uint64)
    for offset in range(width):  # wraps modulo 2**64, as intended
        rolled = rolled * _MULTIPLIER + hashes[offset : len(hashes) - width + 1 + offset]
    rolled ^= rolled >> np.uint64(29)
    return np.unique(rolled * _MULTIPLIER)


def _hash(token: str) -> int:
    data = token.encode("utf-8")
    return (zlib.crc32(data) << 32 | zlib.adler32(data)) or 1


def signatures(texts: Sequence[str], seed: int = SEED) -> NDArray[np.uint32]:
    """MinHash signatures of texts, [len(texts), 128]."""
    import rensa

    if not texts:
        return np.zeros((0, PERMUTATIONS), dtype=np.uint32)
    sets = [shingles(text) for text in texts]
    offsets = np.concatenate([[0], np.cumsum([len(set_) for set_ in sets])]).astype(np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        np.concatenate(sets), offsets, PERMUTATIONS, seed
    )
    return np.array(matrix.to_rows(), dtype=np.uint32)


def exact_repeats(digests: Iterable[bytes]) -> list[bool]:
    """For each text in order, whether an earlier one is equal."""
    seen: set[bytes] = set()
    repeats = []
    for digest in digests:
        repeats.append(digest in seen)
        seen.add(digest)
    return repeats


def near_repeats(rows: NDArray[np.uint32], threshold: float = SIMILARITY) -> list[int]:
    """For each signature in order, the earlier kept one that it is near to, or -1 if it is kept.

    ``rows`` is [n, 128]. Documents are compared with kept ones only, so a chain of small changes
    does not join texts that differ.
    """
    buckets: list[dict[bytes, list[int]]] = [{} for _ in range(BANDS)]
    result = []
    for index, row in enumerate(rows):
        bands = [band.tobytes() for band in np.split(row, BANDS)]
        near = _nearest(rows, row, bands, buckets, threshold)
        if near < 0:
            for bucket, band in zip(buckets, bands, strict=True):
                bucket.setdefault(band, []).append(index)
        result.append(near)
    return result


def _nearest(
    rows: NDArray[np.uint32],
    row: NDArray[np.uint32],
    bands: list[bytes],
    buckets: list[dict[bytes, list[int]]],
    threshold: float,
) -> int:
    found: set[int] = set()
    for bucket, band in zip(buckets, bands, strict=True):
        found.update(bucket.get(band, ()))
    if not found:
        return -1
    candidates = np.array(sorted(found))
    similarity = (rows[candidates] == row).mean(axis=1)
    best = int(similarity.argmax())
    return int(candidates[best]) if similarity[best] >= threshold else -1
