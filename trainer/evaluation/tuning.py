"""What is fitted for a model after training: how much local text is believed, and when to show.

*Local text.* For every token of some validation files: what the model gave it, and what the same
contexts in the window, the rest of the file and the package's other files were followed by. The
shares of ``engine/local/mixing.py`` are then those that make the files least surprising, each held
near a prior where there are few examples.

*The gate.* Typing is replayed: at many places of the files, what would the engine propose, and is
its first word what comes next? A logistic regression over ``FEATURES`` of
``engine/suggestions/gate.py`` learns to tell.

Both go into the model directory's ``gate.json``.

Never show this a test package.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from codecomplete import engine
from codecomplete.engine import Model
from codecomplete.engine.local.mixing import SHAPE
from codecomplete.engine.local.text import SOURCES
from codecomplete.engine.modeldir.directory import DESCRIPTION, GATE, open_directory, seal
from codecomplete.engine.suggestions.gate import FEATURES, RISING, Facts, Gate

from .files import SourceText, held_out_files
from .local import Observations, joined, mixer_of, nearest, observe, package_files, project_index
from .replay import is_right

Tell = Callable[[str], None]

FITTED = "fitted to these weights"
PRIOR_LOGIT, PRIOR_WEIGHT = -3.0, 1e-5
FIT_STEPS, FIT_RATE = 200, 0.1


def observations(model: Model, texts: Sequence[SourceText], root: Path) -> Observations:
    """Every text twice: cold, and with its package's other files as the project."""
    found = []
    for text in texts:
        project = project_index(model, nearest(text.path, package_files(text.path, root)))
        found += [observe(model, text.text, text.language, p) for p in (None, project)]
    return joined(found)


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


def fit_gate(samples: Sequence[tuple[Facts, bool]]) -> Gate:
    """The logistic regression under which the samples' outcomes are likeliest."""
    features = torch.tensor([facts.features() for facts, _ in samples])
    right = torch.tensor([float(outcome) for _, outcome in samples])
    spread = features.std(dim=0)
    scale = torch.where(spread < 1e-2, 1.0, spread)  # what never varies teaches nothing
    free = torch.zeros(len(FEATURES), requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    rising = torch.tensor([name in RISING for name in FEATURES])
    optimiser = torch.optim.LBFGS([free, bias], max_iter=200)

    def weights() -> Tensor:
        return torch.where(rising, torch.nn.functional.softplus(free), free)

    def closure() -> Tensor:
        optimiser.zero_grad()
        logits = features / scale @ weights() + bias
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, right)
        loss = loss + 1e-4 * free.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    found = (weights() / scale).detach().tolist()
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


def tune(
    directory: Path, files: Path, limit: int, typed: int, stride: int, tell: Tell = print
) -> list[tuple[float, float, int]]:
    """Fit both on ``limit`` bytes per language, and write them; returns the gate's calibration.

    Typing is replayed over ``typed`` bytes per language; every second proposal is held back from
    the fit, and the calibration is measured on those.
    """
    kept = open_directory(directory).gate
    before = kept.read_text(encoding="utf-8") if kept is not None else None
    try:
        return _tune(directory, files, limit, typed, stride, tell)
    except BaseException:  # also who is interrupted has the tuning that was there
        write_tuning(directory, **(json.loads(before) if before is not None else {}))
        raise


def _tune(
    directory: Path, files: Path, limit: int, typed: int, stride: int, tell: Tell
) -> list[tuple[float, float, int]]:
    write_tuning(directory)
    model = engine.load(directory)
    found: dict[str, Observations] = {}
    for language, texts in held_out_files(files, limit).items():
        found[language] = observations(model, texts, files)
        tell(f"{language:12} {found[language].bits_per_byte():.3f} bits per byte alone")
    shares = fit(joined(list(found.values())))
    for language, part in found.items():
        tell(f"{language:12} {part.bits_per_byte(shares):.3f} with local text (cold and warm)")
    write_tuning(directory, mixing=mixer_of(shares).to_dict())
    samples = list(_samples(engine.load(directory), files, typed, stride))
    gate = fit_gate(samples[::2])
    write_tuning(directory, mixing=mixer_of(shares).to_dict(), gate=gate.to_dict())
    return calibration(gate, samples[1::2])


def _samples(model: Model, files: Path, typed: int, stride: int) -> Iterator[tuple[Facts, bool]]:
    for language, texts in held_out_files(files, typed).items():
        for text in texts:
            yield from replay(model, text.text[: 2 * typed // len(texts)], language, stride)


def write_tuning(directory: Path, **values: Any) -> None:
    """Write ``gate.json`` anew and seal the model directory again; without values, remove it."""
    path = directory / GATE
    if values:
        path.write_text(json.dumps(values) + "\n")
    else:
        path.unlink(missing_ok=True)
    description = json.loads((directory / DESCRIPTION).read_text())
    if "gate" in values:
        description["training"]["tuning"] = FITTED
    seal(directory, {k: v for k, v in description.items() if k not in ("files", "format")})
