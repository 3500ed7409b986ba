"""Where training on a code base helps, although local text remembers it, and where it does not.

Every token of the judging files (those of ``python -m trainer personal``) belongs to one of three
groups: local text, that is the open file and the project, *says* it if half of what followed the
same tokens there was this one; *knows* it if any was; otherwise it is *new*. For each group and
model, reports the bits of its tokens, per byte of all files, by the model alone and with local
text, and how many tokens are likelier than not, which is what saves typing::

    python -m codecomplete.trainer.studies.remembered FOLDER --models MODEL... --work WORK
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from codecomplete import engine
from codecomplete.engine import Model

from ..evaluation.local import Observations
from ..evaluation.report import markdown
from ..personal.command import JUDGED_BY
from ..personal.figures import Held, Measuring
from ..personal.workplace import Workplace

SAID = 0.5  # share of what followed the same tokens


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the code base that was trained on")
    parser.add_argument("--models", type=Path, nargs="+", required=True)
    parser.add_argument("--work", type=Path, required=True, help="where copies of its files go")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    place = Workplace(options.work)
    place.folder.mkdir(parents=True, exist_ok=True)
    sides = place.snapshot([options.folder]).sides
    beside = [*sides.learned, *sides.stopping]
    measuring = Measuring(Held(place.files, sides.judging, beside, JUDGED_BY))
    print(markdown(table(measuring, [engine.load(path) for path in options.models])))


def table(measuring: Measuring, models: Sequence[Model]) -> dict[str, dict[str, Any]]:
    """Rows by group and model; the groups are the same for every model."""
    seen = [(model, measuring.observations(model, True)) for model in models]
    return {
        f"{group}, {model.name}": _row(model, found, rows)
        for group, rows in groups(seen[0][1]).items()
        for model, found in seen
    }


def groups(seen: Observations) -> dict[str, Tensor]:
    """Which tokens (n,) belong to each group."""
    largest = seen.shares.max(dim=1).values
    return {
        "says": largest >= SAID,
        "knows": (largest > 0) & (largest < SAID),
        "new": largest == 0,
    }


def _row(model: Model, seen: Observations, rows: Tensor) -> dict[str, Any]:
    alone, mixed = seen.probability, torch.exp2(-seen.bits(model.tuning.mixer))
    row: dict[str, Any] = {"% of tokens": round(100 * float(rows.float().mean()), 1)}
    for name, likely in (("alone", alone), ("with memory", mixed)):
        row[f"bits per byte, {name}"] = round(-float(likely[rows].log2().sum()) / seen.size, 3)
        sure = float((likely[rows] > 0.5).sum()) / len(rows)
        row[f"likelier than not, % of all, {name}"] = round(100 * sure, 1)
    return row


if __name__ == "__main__":
    main()
