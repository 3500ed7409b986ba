"""Averages the weights of models that began with the same weights.

Models trained further from one start, on other rows or in other languages, lie close to each other,
and the mean of their weights predicts better than any of them (a "model soup": Wortsman et al.
2022, arXiv 2203.05482). It is one model of the same size. Knows weights and where they came from;
not whether the mean is better, which validation files must tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from codecomplete.engine.modeldir.names import TOKENIZER

from ..errors import ConfigError
from ..export.formats import export
from ..export.rounding import Quantisation
from . import starting
from .presets import PRESETS

INHERITED = "that of the first model of an average, fitted to other weights"


def average(
    models: Sequence[Path], shares: Sequence[float], out: Path, name: str, bits: int = 8
) -> Path:
    """Write the weighted mean of models as a model directory; returns its path.

    Each of ``models`` is a run, a checkpoint or a model directory; ``shares`` are their weights in
    the mean, and need not add up to 1. The first gives its tuning and its provenance, to which
    ``averaged`` adds what every one of them was. Raises ConfigError unless all are of one shape,
    and CheckpointError if their vocabularies differ.
    """
    if len(models) < 2 or len(models) != len(shares) or min(shares) <= 0:
        raise ConfigError("an average needs two models or more, with a share above 0 for each")
    starts = [starting.read(path, models[0] / TOKENIZER) for path in models]
    _require_one_shape(models, starts)
    first, training = starts[0], _provenance(starts, shares)
    block = PRESETS.get(str(training.get("preset")), PRESETS["small"]).block
    return export(
        first.config, _mean(starts, shares), models[0] / TOKENIZER, out, name,
        Quantisation.in_blocks(block, bits), training, first.tuning,
    )  # fmt: skip


def _require_one_shape(models: Sequence[Path], starts: Sequence[starting.Start]) -> None:
    for path, start in zip(models, starts, strict=True):
        if start.config != starts[0].config:
            raise ConfigError(
                f"{path} is of another shape than {models[0]}; average models that began with the "
                "same weights"
            )


def _mean(starts: Sequence[starting.Start], shares: Sequence[float]) -> dict[str, Tensor]:
    mean = {name: value * 0 for name, value in starts[0].weights.items()}
    for start, share in zip(starts, shares, strict=True):
        for name, value in start.weights.items():
            mean[name] += value * (share / sum(shares))
    return mean


def _provenance(starts: Sequence[starting.Start], shares: Sequence[float]) -> dict[str, object]:
    averaged = [{"share": share} | start.facts for start, share in zip(starts, shares, strict=True)]
    languages = {one for start in starts for one in start.training.get("languages", ())}
    tuning = {"tuning": INHERITED} if starts[0].tuning else {}
    return starts[0].training | tuning | {"averaged": averaged, "languages": sorted(languages)}
