"""What is fitted for a model after training: how much local text is believed, and when to show.

*Local text.* For every token of some validation files: what the model gave it, and what the same
contexts in the window, the rest of the file and the package's other files were followed by. The
shares of ``engine/mixing.py`` are then those that make the files least surprising, each held near a
prior where there are few examples.

*The gate.* Typing is replayed: at many places of the files, what would the engine propose, and is
its first word what comes next? A logistic regression over ``engine.gate.FEATURES`` learns to tell.

Both go into the model directory's ``gate.json``.

Never show this a test package.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine import Model
from engine.gate import FEATURES, Facts, Gate
from engine.local import FILE, PROJECT, SOURCES, WINDOW
from engine.mixing import SHAPE, Mixer, buckets, sure_bucket
from engine.modeldir import DESCRIPTION, GATE, seal
from engine.ngrams import LONGEST, Match, NgramIndex
from engine.window import start_length

from .evaluation.scores import prompt, rolled_logits

PRIOR_LOGIT, PRIOR_WEIGHT = -3.0, 1e-5
FIT_STEPS, FIT_RATE = 200, 0.1
SLOTS = LONGEST * len(SOURCES)
WINDOW_REFRESH, FILE_REFRESH = 16, 128  # tokens between two indexings; an editor refreshes sooner


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
    tensors = [
        torch.cat([getattr(part, name) for part in parts])
        for name in ("probability", "cells", "shares")
    ]
    return Observations(*tensors, sum(part.size for part in parts))


def observe(model: Model, text: str, language: str, project: NgramIndex | None) -> Observations:
    """What a model and local text say about every token of a file, read from its start."""
    ids = model.tokenizer.encode(text)
    found = _found(ids, start_length(model.config), project)
    rows = zip(_beliefs(model, ids, language), found, ids, strict=True)
    probability = torch.zeros(len(ids))
    cells = torch.full((len(ids), SLOTS), -1, dtype=torch.int64)
    shares = torch.zeros((len(ids), SLOTS))
    for row, ((own, best), sources, target) in enumerate(rows):
        probability[row] = max(own, 1e-9)
        for slot, (source, match, place) in enumerate(_flattened(sources)):
            cells[row, slot] = _cell(source, (*place, sure_bucket(best)))
            shares[row, slot] = _share(match, target)
    return Observations(probability, cells, shares, len(text.encode()))


def _beliefs(model: Model, ids: list[int], language: str) -> Iterator[tuple[float, float]]:
    """The model's probability of each id, and of whatever it thinks likeliest."""
    for logits, targets in rolled_logits(model, prompt(model, language), ids):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        powers /= powers.sum(axis=1, keepdims=True)
        for row, target in zip(powers, targets, strict=True):
            yield float(row[target]), float(row.max())


Found = list[tuple[str, list[Match]]]


def _found(ids: list[int], window: int, project: NgramIndex | None) -> Iterator[Found]:
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
    return int(np.ravel_multi_index((SOURCES.index(source), *place), (len(SOURCES), *SHAPE)))


def _share(match: Match, target: int) -> float:
    where = np.flatnonzero(match.ids == target)
    return float(match.counts[where[0]]) / match.total if len(where) else 0.0


def fit(observations: Observations) -> Tensor:
    """Logits (sources * cells) of the shares under which the observations surprise least."""
    logits = torch.full((len(SOURCES) * int(np.prod(SHAPE)),), PRIOR_LOGIT, requires_grad=True)
    optimiser = torch.optim.Adam([logits], lr=FIT_RATE)
    for _ in range(FIT_STEPS):
        optimiser.zero_grad()
        prior = PRIOR_WEIGHT * (logits - PRIOR_LOGIT).square().sum()
        (observations.surprise(logits).mean() + prior).backward()
        optimiser.step()
    return logits.detach()


def mixer(logits: Tensor) -> Mixer:
    """The engine's mixer for fitted logits."""
    tables = torch.sigmoid(logits).reshape(len(SOURCES), *SHAPE).numpy()
    return Mixer(dict(zip(SOURCES, tables, strict=True)))


def replay(model: Model, text: str, language: str, stride: int) -> Iterator[tuple[Facts, bool]]:
    """At every ``stride``-th place of a text: the proposal, and whether its first word is right.

    The session types on from place to place, so that its state is an editor's.
    """
    session = model.session(language)
    for place in range(stride, len(text), stride):
        session.sync(text[:place])
        facts = session.propose()
        session.learn()
        if facts is not None:
            yield facts, is_right(facts.first_word, text[place:])


def is_right(word: str, rest: str) -> bool:
    """Whether ``rest`` begins with the whole word, and not only with a part of a longer one."""
    if not rest.startswith(word):
        return False
    following = rest[len(word) : len(word) + 1]
    return not (word[-1:].isidentifier() and (following.isalnum() or following == "_"))


def fit_gate(samples: Sequence[tuple[Facts, bool]]) -> Gate:
    """The logistic regression under which the samples' outcomes are likeliest."""
    features = torch.tensor([facts.features() for facts, _ in samples])
    right = torch.tensor([float(outcome) for _, outcome in samples])
    spread = features.std(dim=0)
    scale = torch.where(spread < 1e-2, 1.0, spread)  # what never varies teaches nothing
    weights = torch.zeros(len(FEATURES), requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, bias], max_iter=200)

    def closure() -> Tensor:
        optimiser.zero_grad()
        logits = features / scale @ weights + bias
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, right)
        loss = loss + 1e-4 * weights.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    found = (weights / scale).detach().tolist()
    return Gate(tuple(round(w, 5) for w in found), round(bias.item(), 5))


def calibration(
    gate: Gate, samples: Sequence[tuple[Facts, bool]], bins: int = 10
) -> list[tuple[float, float, int]]:
    """Per tenth of confidence: mean confidence, share that was right, number of samples."""
    rows: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for facts, outcome in samples:
        confidence = gate.confidence(facts.features())
        rows[min(bins - 1, int(confidence * bins))].append((confidence, outcome))
    return [
        (sum(c for c, _ in row) / len(row), sum(r for _, r in row) / len(row), len(row))
        for row in rows
        if row
    ]


def project_index(model: Model, paths: Iterable[Path], most: int = 200_000) -> NgramIndex:
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


def write_tuning(directory: Path, **values) -> None:
    """Put values into ``gate.json`` and seal the model directory again."""
    path = directory / GATE
    tuning = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(tuning | values) + "\n")
    description = json.loads((directory / DESCRIPTION).read_text())
    seal(directory, {k: v for k, v in description.items() if k not in ("files", "format")})
