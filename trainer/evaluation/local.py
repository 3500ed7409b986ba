"""What local text is worth: the cost of a file's tokens beside what the same contexts said before.

For every token of a file, read from its start: what the model gave it, and what the same contexts
in the window, the rest of the file and the package's other files were followed by. From that, bits
per byte under any shares of ``engine/local/mixing.py``, and gradients to fit them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from codecomplete.engine import Model
from codecomplete.engine.local.mixing import SHAPE, Mixer, buckets, sure_bucket
from codecomplete.engine.local.ngrams import LONGEST, Match, NgramIndex
from codecomplete.engine.local.text import FILE, PROJECT, SOURCES, WINDOW
from codecomplete.engine.state.window import start_length

from .scores import prompt, rolled_logits

SLOTS = LONGEST * len(SOURCES)
WINDOW_REFRESH, FILE_REFRESH = 16, 128  # tokens between two indexings; an editor refreshes sooner
PROJECT_TOKENS = 200_000


@dataclass(frozen=True)
class Observations:
    """Per token (n): the model's probability of it, and per match its cell and the target's share.

    ``cells`` index the flattened shares of all sources, -1 where there is no match. ``size`` is
    the number of bytes the tokens stand for.
    """

    probability: Tensor  # (n,)
    cells: Tensor  # (n, SLOTS) int64
    shares: Tensor  # (n, SLOTS)
    size: int

    def surprise(self, logits: Tensor) -> Tensor:
        """Bits per token (n,) under shares given as logits (sources * cells)."""
        believed = torch.sigmoid(logits)
        mixed = self.probability
        for slot in range(SLOTS):
            cell = self.cells[:, slot]
            share = torch.where(cell >= 0, believed[cell.clamp_min(0)], 0.0)
            mixed = mixed * (1 - share) + share * self.shares[:, slot]
        return -torch.log2(mixed)

    def bits_per_byte(self, logits: Tensor | None = None) -> float:
        """Of all tokens together; without logits, by the model alone."""
        bits = -torch.log2(self.probability) if logits is None else self.surprise(logits)
        return float(bits.sum()) / self.size


def joined(parts: Sequence[Observations]) -> Observations:
    """The observations of several files as one."""
    return Observations(
        torch.cat([part.probability for part in parts]),
        torch.cat([part.cells for part in parts]),
        torch.cat([part.shares for part in parts]),
        sum(part.size for part in parts),
    )


@dataclass(frozen=True)
class Around:
    """What local text says about every token of a file, whatever a model thinks: what is costly to
    find and the same for every model of one vocabulary. ``cells`` are those of a model that is not
    sure of anything."""

    ids: list[int]
    cells: Tensor  # (n, SLOTS) int64
    shares: Tensor  # (n, SLOTS)
    language: str
    size: int


def around(model: Model, text: str, language: str, project: NgramIndex | None) -> Around:
    """What stands around every token of a file, read from its start."""
    ids = model.tokenizer.encode(text)
    cells = np.full((len(ids), SLOTS), -1, dtype=np.int64)
    shares = np.zeros((len(ids), SLOTS), dtype=np.float32)
    found = zip(matches_along(ids, start_length(model.config), project), ids, strict=True)
    for row, (sources, target) in enumerate(found):
        for slot, (source, match, place) in enumerate(_flattened(sources)):
            cells[row, slot] = _cell(source, (*place, 0))
            shares[row, slot] = _share(match, target)
    found_cells, found_shares = torch.from_numpy(cells), torch.from_numpy(shares)
    return Around(ids, found_cells, found_shares, language, len(text.encode()))


def observed(model: Model, around: Around) -> Observations:
    """A model's own probabilities beside what stands around."""
    parts = [(np.zeros(0), np.zeros(0))]
    for logits, targets in rolled_logits(model, prompt(model, around.language), around.ids):
        parts.append(_beliefs(logits, targets))
    own, best = (np.concatenate(column) for column in zip(*parts, strict=True))
    sure = np.array([sure_bucket(value) for value in best], dtype=np.int64)
    cells = torch.where(around.cells >= 0, around.cells + torch.from_numpy(sure)[:, None], -1)
    probability = torch.from_numpy(np.maximum(own, 1e-9).astype(np.float32))
    return Observations(probability, cells, around.shares, around.size)


def observe(model: Model, text: str, language: str, project: NgramIndex | None) -> Observations:
    """What a model and local text say about every token of a file, read from its start."""
    return observed(model, around(model, text, language, project))


def _beliefs(logits: np.ndarray, targets: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """The probability of each target, and of whatever is thought likeliest in its place."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers[np.arange(len(targets)), targets], powers.max(axis=1)


Found = list[tuple[str, list[Match]]]


def matches_along(ids: list[int], window: int, project: NgramIndex | None) -> Iterator[Found]:
    """The matches at each place of a file that is being written from its start."""
    known = np.array(ids, dtype=np.uint16)
    indexes: dict[str, NgramIndex | None] = {PROJECT: project, FILE: None, WINDOW: None}
    for place in range(len(ids)):
        if place % FILE_REFRESH == 0 and place > window:
            indexes[FILE] = NgramIndex([known[: place - window]])
        if place % WINDOW_REFRESH == 0 and place:
            indexes[WINDOW] = NgramIndex([known[max(0, place - window) : place]])
        context = ids[max(0, place - LONGEST) : place]
        yield [(s, i.matches(context)) for s in SOURCES if (i := indexes[s]) is not None]


def _flattened(sources: Found) -> Iterator[tuple[str, Match, tuple[int, int, int]]]:
    for source, matches in sources:
        for match, place in zip(matches, buckets(matches), strict=True):
            yield source, match, place


def _cell(source: str, place: tuple[int, ...]) -> int:
    """The place of a match in the flattened shares; called for every match of every token."""
    cell = SOURCES.index(source)
    for at, size in zip(place, SHAPE, strict=True):
        cell = cell * size + at
    return cell


def _share(match: Match, target: int) -> float:
    ids = match.ids.tolist()
    return float(match.counts[ids.index(target)]) / match.total if target in ids else 0.0


def logits_of(mixer: Mixer) -> Tensor:
    """The shares of a mixer as ``Observations.surprise`` takes them; unknown sources are unused."""
    empty = np.zeros(SHAPE, np.float32)
    tables = np.stack([mixer.shares.get(source, empty) for source in SOURCES])
    return torch.logit(torch.from_numpy(tables).flatten(), eps=1e-6)


def mixer_of(logits: Tensor) -> Mixer:
    """The engine's mixer for such logits."""
    tables = torch.sigmoid(logits).reshape(len(SOURCES), *SHAPE).numpy()
    return Mixer(dict(zip(SOURCES, tables, strict=True)))


def project_index(model: Model, paths: Iterable[Path], most: int = PROJECT_TOKENS) -> NgramIndex:
    """An index of other files of a package, at most about ``most`` tokens, nearest last."""
    texts, total = [], 0
    for path in paths:
        texts.append(np.array(model.tokenizer.encode(path.read_text("utf-8")), dtype=np.uint16))
        total += len(texts[-1])
        if total > most:
            break
    return NgramIndex(texts[::-1])


def nearest(path: Path, others: Iterable[Path]) -> list[Path]:
    """Other files, those that share most folders with ``path`` first."""
    parents = set(path.parents)
    return sorted(
        (o for o in others if o != path), key=lambda o: (-len(parents & set(o.parents)), o)
    )


def package_files(path: Path, root: Path) -> list[Path]:
    """All files of the package ``root/LANGUAGE/PACKAGE`` that a file belongs to."""
    package = root.joinpath(*path.relative_to(root).parts[:2])
    return sorted(other for other in package.rglob("*") if other.is_file())
