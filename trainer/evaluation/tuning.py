"""What is fitted for a model after training: how much local text is believed, and when to show.

*Local text.* For every token of some validation files: what the model gave it, and what the same
contexts in the window, the rest of the file and the package's other files were followed by. The
networks of ``engine/local/mixing.py`` are then those that make the files least surprising.

*The gate.* See ``gating.py``.

Both go into the model directory's ``gate.json``.

Never show this a test package.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from codecomplete import engine
from codecomplete.engine import Model
from codecomplete.engine.local.mixing import Mixer
from codecomplete.engine.modeldir.directory import open_directory, seal
from codecomplete.engine.modeldir.names import DESCRIPTION, GATE

from ..errors import ConfigError
from .files import SourceText, held_out_files
from .gating import Row, calibration, fit_gate, ranking, samples
from .local import Bending, Observations, joined, nearest, observe, package_files, project_index

Tell = Callable[[str], None]

FITTED = "fitted to these weights"
THRESHOLD = 0.25
"""Least confidence to show, of a suggestion that saves four keys: no more that is shown is wrong
than with 0.22 before suggestions were cut where they save most (validation packages)."""

FEW_SAMPLES = 500

PRIOR_WEIGHT = 1e-5
FIT_STEPS, FIT_RATE, FIT_BATCH, SEED = 1500, 0.01, 4_096, 1
NEAR_STEPS = 150
"""Steps near a prior: ten times as many predicted files of other packages no better."""


def observations(model: Model, texts: Sequence[SourceText], root: Path) -> Observations:
    """Every text twice: cold, and with its package's other files as the project."""
    found = []
    for text in texts:
        project = project_index(model, nearest(text.path, package_files(text.path, root)))
        found += [observe(model, text.text, text.language, p) for p in (None, project)]
    return joined(found)


def fit(observations: Observations, prior: Mixer | None = None) -> Mixer:
    """The mixer under which the observations surprise least.

    With a ``prior``, such as one that was fitted on more, it stays near that.
    """
    steps = FIT_STEPS if prior is None else NEAR_STEPS
    generator = torch.Generator().manual_seed(SEED)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        bending = Bending(prior)
    before = [parameter.detach().clone() for parameter in bending.parameters()]
    optimiser = torch.optim.Adam(bending.parameters(), lr=FIT_RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.05, steps)
    count = len(observations.probability)
    for _ in range(steps):
        rows = torch.randint(count, (min(count, FIT_BATCH),), generator=generator)
        moved = zip(bending.parameters(), before, strict=True)
        penalty = PRIOR_WEIGHT * torch.stack([(p - b).square().sum() for p, b in moved]).sum()
        optimiser.zero_grad()
        (bending(observations.at(rows)).mean() + penalty).backward()
        optimiser.step()
        schedule.step()
    return bending.mixer()


def tune(
    directory: Path,
    files: Path,
    limit: int,
    typed: int,
    stride: int,
    tell: Tell = print,
    keep_mixing: bool = False,
    languages: Sequence[str] = (),
    threshold: float = THRESHOLD,
) -> dict[str, list[Row]]:
    """Fit both and write them; returns the gate's calibration by language, ``""`` meaning those
    that the model was not trained on.

    Local text is fitted on ``limit`` bytes of each language (or only of ``languages``), unless
    what is fitted already is to be kept. Specialists have a tuning of their own. Typing is
    replayed over ``typed`` bytes per language; every second proposal is held back from the fit,
    and the calibration is measured on those.
    """
    kept = open_directory(directory).gate
    before = kept.read_text(encoding="utf-8") if kept is not None else None
    try:
        mixing = _mixing(directory) if keep_mixing else None
        if mixing is None:
            mixing = fit_mixing(directory, held_out_files(files, limit, languages), files, tell)
        return _tune(directory, files, typed, stride, tell, mixing, languages, threshold)
    except BaseException:  # also who is interrupted has the tuning that was there
        write_tuning(directory, **(json.loads(before) if before is not None else {}))
        raise


def _tune(
    directory: Path,
    files: Path,
    typed: int,
    stride: int,
    tell: Tell,
    mixing: dict[str, Any],
    languages: Sequence[str],
    threshold: float,
) -> dict[str, list[Row]]:
    write_tuning(directory, mixing=mixing)
    alone = engine.load(directory, specialists=False)
    found = samples(alone, files, typed, stride, languages)
    kept, held_back = found[::2], found[1::2]
    if len(kept) < FEW_SAMPLES:
        tell(
            f"warning      the gate is fitted on {len(kept)} places only, so its confidences are a "
            f"guess; give more --files or --typed (expected {FEW_SAMPLES:,} or more)"
        )
    gate = fit_gate(kept)
    tell(f"gate         {ranking(gate, held_back):.3f} of pairs in order (AUC)")
    write_tuning(directory, mixing=mixing, gate=gate.to_dict(), threshold=threshold)
    names = sorted({sample.language for sample in held_back})
    return {
        name: calibration(gate, [one for one in held_back if one.language == name])
        for name in names
    }


def _mixing(directory: Path) -> dict[str, Any]:
    """What is fitted already; ConfigError if nothing is."""
    try:
        found: dict[str, Any] = _tuned(directory)["mixing"]
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{directory}: no local text is fitted yet; tune it whole") from error
    return found


def _tuned(directory: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((directory / GATE).read_text(encoding="utf-8"))
    return values


def fit_mixing(
    directory: Path, held_out: Mapping[str, Sequence[SourceText]], files: Path, tell: Tell
) -> dict[str, Any]:
    """How much weight local text gets, fitted on validation files by language."""
    write_tuning(directory)
    model = engine.load(directory, specialists=False)
    found: dict[str, Observations] = {}
    for language, texts in held_out.items():
        found[language] = observations(model, texts, files)
        tell(f"{language:12} {found[language].bits_per_byte():.3f} bits per byte alone")
    mixer = fit(joined(list(found.values())))
    for language, part in found.items():
        tell(f"{language:12} {part.bits_per_byte(mixer):.3f} with local text (cold and warm)")
    return mixer.to_dict()


def tune_together(directory: Path, files: Path, limit: int, tell: Tell = print) -> None:
    """Fit one mixer on ``limit`` bytes of each language, with the weights that serve it, and write
    it into the tuning of the model and of its specialists. Their gates stay as they are."""
    model = engine.load(directory)
    found = {
        language: observations(model.for_language(language), texts, files)
        for language, texts in held_out_files(files, limit).items()
    }
    mixer = fit(joined(list(found.values())))
    for language, part in found.items():
        tell(f"{language:12} {part.bits_per_byte():.3f} → {part.bits_per_byte(mixer):.3f}")
    for one in dict.fromkeys([directory, *model.directory.specialists.values()]):
        kept = _tuned(one) if (one / GATE).exists() else {}
        _write(one, {**kept, "mixing": mixer.to_dict()})


def write_tuning(directory: Path, **values: Any) -> None:
    """Write ``gate.json`` anew and seal the model directory again; without values, remove it."""
    _write(directory, values, FITTED if "gate" in values else None)


def _write(directory: Path, values: dict[str, Any], fitted: str | None = None) -> None:
    path = directory / GATE
    if values:
        path.write_text(json.dumps(values) + "\n")
    else:
        path.unlink(missing_ok=True)
    description = json.loads((directory / DESCRIPTION).read_text())
    if fitted is not None:
        description["training"]["tuning"] = fitted
    seal(directory, {k: v for k, v in description.items() if k not in ("files", "format")})
