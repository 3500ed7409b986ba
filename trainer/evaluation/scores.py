"""Bits per byte and next-token accuracy, token by token through the engine's own runtime.

Bits per byte: the cost of a file's tokens, from the start of the file, under the window the engine
would have rolled, over the file's UTF-8 bytes. The prompt (begin, language tag) costs nothing and
counts no bytes; the end of the file is not scored.
"""

from __future__ import annotations

import lzma
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from codecomplete.engine import Model
from codecomplete.engine.modeldir.config import SLIDING
from codecomplete.engine.state.runtime import CHUNK
from codecomplete.engine.state.window import largest_room, roll
from codecomplete.engine.tokenizer import BOS, language_tag


@dataclass(frozen=True)
class TokenScores:
    """What a model made of each token of a text: its cost, and its rank among all tokens."""

    ids: np.ndarray  # (tokens,)
    bits: np.ndarray  # (tokens,)
    ranks: np.ndarray  # (tokens,); 1 is the model's first choice


def bits_of(model: Model, text: str, language: str | None) -> float:
    """The bits a model needs for a text, cold."""
    return float(score(model, text, language).bits.sum())


def score(model: Model, text: str, language: str | None) -> TokenScores:
    """Costs and ranks of all tokens of a text, cold."""
    scored = model.tokenizer.encode(text)
    bits, ranks = [np.zeros(0)], [np.zeros(0, np.int64)]
    for logits, targets in rolled_logits(model, prompt(model, language), scored):
        chosen = logits[np.arange(len(targets)), targets][:, None]
        ranks.append(1 + (logits > chosen).sum(axis=1))
        bits.append(token_bits(logits, targets))
    return TokenScores(np.array(scored), np.concatenate(bits), np.concatenate(ranks))


def prompt(model: Model, language: str | None) -> list[int]:
    """What the engine puts in front of a file; never empty, so that the first token has a cost."""
    names = [BOS, *([language_tag(language)] if language in model.languages else [])]
    ids = [model.tokenizer.special(name) for name in names]
    return [id_ for id_ in ids if id_ is not None] or [0]


def rolled_logits(
    model: Model, begin: list[int], scored: list[int]
) -> Iterator[tuple[np.ndarray, list[int]]]:
    """Logits (rows, vocabulary) with the ids they should predict, chunk by chunk."""
    config, buffers = model.config, model.runtime.new_buffers()
    past = origin = 0
    inputs = [*begin, *scored[:-1]] if scored else []
    unscored = len(begin) - 1  # inputs whose successor is given, not predicted
    size = min(CHUNK, largest_room(config))
    for start in range(0, len(inputs), size):
        part = inputs[start : start + size]
        plan = roll(config, past, len(part))
        if plan.drop:
            past, origin = past - plan.drop, origin + plan.drop
            if plan.replay:
                buffers.step_all(inputs[origin : origin + past], 0, 0)
            else:
                buffers.move_to_front(plan.drop, past)
        position = past + (origin if config.policy == SLIDING else 0)
        logits = buffers.step_all(part, past, position)
        past += len(part)
        first = max(0, unscored - start)
        if first < len(part):
            wanted = scored[start + first - unscored : start + len(part) - unscored]
            yield logits[first:].astype(np.float64), wanted


def token_bits(logits: np.ndarray, targets: list[int]) -> np.ndarray:
    """The cost of each id, (rows,), under the logits (rows, vocabulary) that should predict it."""
    chosen = logits[np.arange(len(targets)), targets][:, None]
    top = logits.max(axis=1, keepdims=True)
    mass = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    return (mass - chosen[:, 0]) / math.log(2)


def accuracy(model: Model, scores: list[TokenScores]) -> dict[str, float | int]:
    """Top-1, top-5 and mean reciprocal rank over tokens that are not white space; words apart.

    Words are tokens that begin with a letter or an underscore: identifiers and keywords.
    """
    texts = [text.strip() for text in model.tokenizer.token_bytes]
    visible = np.array([bool(text) for text in texts])
    words = np.array([text[:1].isalpha() or text[:1] == b"_" for text in texts])
    ids = np.concatenate([part.ids for part in scores])
    ranks = np.concatenate([part.ranks for part in scores])
    return _ranked(ranks[visible[ids]], "") | _ranked(ranks[words[ids]], "word_")


def _ranked(ranks: np.ndarray, prefix: str) -> dict[str, float | int]:
    count = max(1, len(ranks))
    return {
        f"{prefix}tokens": len(ranks),
        f"{prefix}top1": round(float((ranks == 1).sum()) / count, 4),
        f"{prefix}top5": round(float((ranks <= 5).sum()) / count, 4),
        f"{prefix}mrr": round(float((1 / ranks).sum()) / count, 4),
    }


def xz_bits(text: str) -> float:
    """Bits of the text as a raw LZMA2 stream at the strongest preset, without container."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
    return 8.0 * len(lzma.compress(text.encode(), format=lzma.FORMAT_RAW, filters=filters))


def ppmd_bits(texts: Iterable[str]) -> float | None:
    """Bits of the texts as PPMd (variant I, order 16, 256 MB); None where pyppmd is missing."""
    try:
        import pyppmd
    except ImportError:
        return None
    packed = (
        pyppmd.compress(text.encode(), max_order=16, mem_size=256 << 20, variant="I")
        for text in texts
    )
    return 8.0 * sum(map(len, packed))


def zstd_bits(texts: Iterable[str]) -> float | None:
    """Bits of the texts as zstd frames of level 22; None where zstandard is not installed."""
    try:
        import zstandard
    except ImportError:
        return None
    compressor = zstandard.ZstdCompressor(level=22, write_content_size=False)
    return 8.0 * sum(len(compressor.compress(text.encode())) for text in texts)
