"""Fitting the gate: when a suggestion is worth showing, learnt from what would have been right.

Typing is replayed over stretches from all over validation files, every second one with the
package's other files as a project, and gaps are filled (``suffix.py``), with and without anything
missing. At each place: what would the engine propose, and is its first word what comes next? A
logistic regression over ``FEATURES`` of ``engine/suggestions/gate.py`` learns to tell. Each
language shifts it; languages that the model was not trained on share one shift, fitted on files of
such languages or else the lowest of all.

Never show this a test package.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from codecomplete.engine import Model, Project
from codecomplete.engine.suggestions.gate import FEATURES, RISING, Facts, Gate

from .files import SourceText, held_out_files
from .local import nearest, package_files
from .replay import Stretch, choose_stretches, is_right
from .suffix import BRACKETS, LINE, WORDS, Gap, choose_gaps

UNTRAINED = ""
SHIFT_PRIOR, WEIGHT_PRIOR = 3e-3, 1e-3
CHANGE_PRIOR, MOVE_PRIOR = 1e-2, 3e-3
"""What it costs to leave a gate that was fitted before, per squared unit."""

GAP_SHARE = 0.12  # of proposals
PROJECT_FILES = 40
STRETCH = 400
"""Characters typed in one place. Many short stretches, most of them far below the beginning of a
file: what stands above the window is then known, as it is to somebody who works on a file."""

SPREAD = 25
"""Bytes of the files that stretches are chosen from, for each that is typed."""


@dataclass(frozen=True)
class Sample:
    """A proposal, whether its first word was right, and the language by which it was weighed."""

    language: str
    facts: Facts
    right: bool


def samples(
    model: Model, files: Path, typed: int, stride: int, languages: Sequence[str] = ()
) -> list[Sample]:
    """About ``typed / stride`` proposals of typing per language, and an eighth as many of gaps."""
    found = []
    for language, texts in held_out_files(files, SPREAD * typed, languages).items():
        name = language if language in model.languages else UNTRAINED
        projects = _Projects(model, files)
        outcomes = [
            outcome
            for number, stretch in enumerate(choose_stretches(texts, typed, STRETCH, seed=1))
            for outcome in replay(
                model, stretch, stride, projects.of(stretch.file.path) if number % 2 else None
            )
        ]
        outcomes += gaps(model, texts, int(GAP_SHARE * len(outcomes)))
        found += [Sample(name, facts, right) for facts, right in outcomes]
    return found


class _Projects:
    """The projects of packages, each learned when one of its files is first typed."""

    def __init__(self, model: Model, root: Path) -> None:
        self._model, self._root = model, root
        self._known: dict[Path, Project] = {}

    def of(self, path: Path) -> Project | None:
        """The project that a file lies in, the files nearest to the first one asked for."""
        if not self._root.is_dir():
            return None
        package = self._root.joinpath(*path.relative_to(self._root).parts[:2])
        if package not in self._known:
            self._known[package] = self._learned(path)
        return self._known[package]

    def _learned(self, path: Path) -> Project:
        project = self._model.project()
        others = nearest(path, package_files(path, self._root))
        for file in [path, *others[:PROJECT_FILES]]:
            if project.full:
                break
            project.learn(file, file.read_text("utf-8", "replace"))
        return project


def replay(
    model: Model, stretch: Stretch, stride: int, project: Project | None = None
) -> Iterator[tuple[Facts, bool]]:
    """At every ``stride``-th place of a stretch: the proposal, and whether its first word is right.

    The session types on from place to place, so that its state is an editor's.
    """
    file = stretch.file
    session = model.session(file.language, project, file.path)
    for place in range(stretch.begin + stride, stretch.end, stride):
        session.sync(file.text[:place])
        session.learn()
        for facts in _distinct([session.propose(), session.propose_name()]):
            yield facts, is_right(facts.first_word, file.text[place:])


def _distinct(proposed: Sequence[Facts | None]) -> list[Facts]:
    """Proposals that begin otherwise than those before them."""
    return list({facts.first_word: facts for facts in reversed(proposed) if facts}.values())


def gaps(model: Model, texts: Sequence[SourceText], count: int) -> Iterator[tuple[Facts, bool]]:
    """Proposals at about ``count`` gaps, in a quarter of which nothing is missing."""
    chance = random.Random(count)
    for kind in (WORDS, LINE, BRACKETS):
        for gap in choose_gaps(texts, kind, count // 3, 1):
            yield from _at(model, _closed(gap) if chance.random() < 0.25 else gap)


def _closed(gap: Gap) -> Gap:
    return Gap(gap.kind, gap.file, gap.before + gap.missing, "", gap.after)


def _at(model: Model, gap: Gap) -> Iterator[tuple[Facts, bool]]:
    session = model.session(gap.file.language)
    session.sync(gap.before, gap.after)
    session.learn()
    facts = session.propose()
    if facts is not None:
        right = bool(gap.missing) and is_right(facts.first_word, gap.missing + gap.after)
        yield facts, right


def fit_gate(found: Sequence[Sample], prior: Gate | None = None) -> Gate:
    """The logistic regression under which the samples' outcomes are likeliest.

    With a ``prior``, a gate that was fitted on more, what the samples do not tell stays as it was
    there; so does the shift of every language that has none.
    """
    if prior is not None:
        return _refitted(found, prior)
    features, right, names, of_language = _as_tensors(found)
    counts = torch.bincount(of_language, minlength=len(names)).float()
    weight = (len(found) / len(names) / counts)[of_language]  # every language counts alike
    scale = _scale(features)
    free = torch.zeros(len(FEATURES), requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    shifts = torch.zeros(len(names), requires_grad=True)
    rising = torch.tensor([name in RISING for name in FEATURES])
    optimiser = torch.optim.LBFGS([free, bias, shifts], max_iter=400, line_search_fn="strong_wolfe")

    def weights() -> Tensor:
        return torch.where(rising, torch.nn.functional.softplus(free), free)

    def closure() -> Tensor:
        optimiser.zero_grad()
        logits = features / scale @ weights() + bias + shifts[of_language]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, right, weight)
        loss = loss + WEIGHT_PRIOR * free.square().sum() + SHIFT_PRIOR * shifts.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    fitted = [round(w, 5) for w in (weights() / scale).detach().tolist()]
    by_language = {name: round(s, 4) for name, s in zip(names, shifts.tolist(), strict=True)}
    by_language.setdefault(UNTRAINED, min(by_language.values()))
    return Gate(tuple(fitted), round(bias.item(), 5), by_language)


def _refitted(found: Sequence[Sample], prior: Gate) -> Gate:
    """A gate near another one: weights and shifts pay for their distance from what they were."""
    features, right, names, of_language = _as_tensors(found)
    before, scale = torch.tensor(prior.weights), _scale(features)
    known = [prior.languages.get(name, prior.languages.get(UNTRAINED, 0.0)) for name in names]
    rising = torch.tensor([name in RISING for name in FEATURES])
    change = torch.zeros(len(FEATURES), requires_grad=True)
    moved = torch.zeros(len(names), requires_grad=True)
    optimiser = torch.optim.LBFGS([change, moved], max_iter=200, line_search_fn="strong_wolfe")

    def weights() -> Tensor:
        free = before + change / scale
        return torch.where(rising, free.clamp_min(0), free)

    def closure() -> Tensor:
        optimiser.zero_grad()
        shifts = prior.bias + torch.tensor(known) + moved
        logits = features @ weights() + shifts[of_language]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, right)
        loss = loss + CHANGE_PRIOR * change.square().sum() + MOVE_PRIOR * moved.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    shifts = [round(k + m, 4) for k, m in zip(known, moved.tolist(), strict=True)]
    languages = dict(prior.languages) | dict(zip(names, shifts, strict=True))
    return Gate(tuple(round(w, 5) for w in weights().tolist()), prior.bias, languages)


def _as_tensors(found: Sequence[Sample]) -> tuple[Tensor, Tensor, list[str], Tensor]:
    """Features (n, FEATURES), outcomes (n,), the languages, and which of them each is (n,)."""
    names = sorted({sample.language for sample in found})
    return (
        torch.tensor([sample.facts.features() for sample in found]),
        torch.tensor([float(sample.right) for sample in found]),
        names,
        torch.tensor([names.index(sample.language) for sample in found]),
    )


def _scale(features: Tensor) -> Tensor:
    """By which features are made comparable: what never varies teaches nothing."""
    spread = features.std(dim=0)
    return torch.where(spread < 1e-2, 1.0, spread)


Row = tuple[float, float, int]


def calibration(gate: Gate, found: Sequence[Sample], bins: int = 10) -> list[Row]:
    """Per tenth of confidence: mean confidence, share that was right, number of samples."""
    rows: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for sample in found:
        confidence = gate.confidence(sample.facts.features(), sample.language)
        rows[min(bins - 1, int(confidence * bins))].append((confidence, sample.right))
    return [
        (sum(c for c, _ in row) / len(row), sum(r for _, r in row) / len(row), len(row))
        for row in rows
        if row
    ]


def surprise(gate: Gate, found: Sequence[Sample]) -> float:
    """Nats per sample by which the outcomes surprise a gate: less is better calibrated."""
    sure = [gate.confidence(s.facts.features(), s.language) for s in found]
    outcomes = zip(sure, found, strict=True)
    return -sum(math.log(p if s.right else 1 - p) for p, s in outcomes) / len(found)


def ranking(gate: Gate, found: Sequence[Sample]) -> float:
    """How often a right proposal is above a wrong one (the area under the curve, AUC)."""
    scored = sorted((gate.confidence(s.facts.features(), s.language), s.right) for s in found)
    right = sum(outcome for _, outcome in scored)
    wrong = len(scored) - right
    above = sum(place for place, (_, outcome) in enumerate(scored) if outcome)
    return (above - right * (right - 1) / 2) / max(1, right * wrong)
