"""python -m codecomplete.trainer.studies.filling: what rows with the suffix first are worth.

A trained model continues twice with the same rows at the same falling rate: as it is, and with a
share of rows with the suffix first (``learning/fim.py``). Measures the loss on the same held-out
rows, without the suffix first; and on held-out gaps, each with parts of a document on both sides,
the loss of the gap's last tokens without the suffix and, if that was learned, with the suffix
first. Called again, it keeps what is finished. The engine does not put the suffix first: this
decides whether it should.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from codecomplete.engine.modeldir.names import TOKENIZER
from codecomplete.engine.tokenizer import Tokenizer

from ..evaluation.report import markdown
from ..learning.data import language_tags, open_rows
from ..learning.fim import SuffixFirst
from ..network.transformer import Transformer
from .common import begin, finish
from .continued import Row, measured, parser, recipe_of, trained

ALONE, TURNED = "last tokens of gaps, without the suffix", "with the suffix in front"
GAPS = 512
LAST = 8  # tokens at the end of a gap, about which the suffix can tell something


@dataclass(frozen=True)
class Gap:
    """Ids with the suffix in front and without it; both end with the same ``LAST`` ids."""

    turned: list[int]
    plain: list[int]


def main(arguments: list[str] | None = None) -> None:
    asked = parser(__doc__)
    asked.add_argument("--rate", type=float, default=0.3, help="share of rows that are turned")
    asked.add_argument("--gaps", type=int, default=GAPS, help="on which is measured")
    options = asked.parse_args(arguments)
    begin(options)
    found = gaps(options)
    rows = {
        "as it is": _arm("as-it-is", {}, options, found),
        f"suffix first in {options.rate:.0%} of rows": _arm(
            f"turned-{options.rate}", {"fim_rate": options.rate}, options, found
        ),
    }
    finish("filling", rows, markdown(rows), options)


def _arm(name: str, changes: dict[str, Any], options: argparse.Namespace, found: list[Gap]) -> Row:
    row, model = measured(name, changes, options), trained(name, changes, options)
    turned = (
        [gap.turned for gap in found] if changes else []
    )  # else it has not learned to read them
    return {
        **row,
        ALONE: on_gaps(model, [gap.plain for gap in found]),
        TURNED: on_gaps(model, turned) if turned else None,
    }


def gaps(options: argparse.Namespace) -> list[Gap]:
    """Held-out text, split as rows are, at the same places for every measurement."""
    recipe = recipe_of(options, {"fim_rate": 1.0})
    vocabulary = Tokenizer.load(options.data / TOKENIZER)
    maker = SuffixFirst(vocabulary, recipe.fim_tokens)
    rows = open_rows(options.data, "validation", recipe_of(options, {}))
    tags, random = language_tags(vocabulary), np.random.default_rng(0)

    def tag_of(row: np.ndarray) -> int:
        return next(int(id_) for id_ in (*row[:2], tags[0]) if id_ in tags)

    splits = [
        split
        for row in rows.batch(0, options.gaps)
        if (split := maker.split(row[: maker.length - 8], tag_of(row), random)) is not None
    ]
    made = zip(maker.examples(splits), vocabulary.encode_all(
        [split.before for split in splits]), strict=True)  # fmt: skip
    return [
        Gap(turned[:-1], [turned[0], *before])  # without the end of the gap
        for turned, before in made
        if len(before) >= LAST
    ]


@torch.no_grad()
def on_gaps(model: Transformer, rows: list[list[int]]) -> float:
    """Nats per token of the last ``LAST`` ids of each row."""
    losses = []
    for row in rows:
        logits = model(torch.tensor([row[:-1]]))[0, -LAST:]
        losses.append(float(cross_entropy(logits.float(), torch.tensor(row[-LAST:]))))
    return round(float(np.mean(losses)), 4)


if __name__ == "__main__":
    main()
