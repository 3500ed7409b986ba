"""A character model that has learned a page of code by heart, in a minute or less.

    python -m tests.integrations.web.letters FOLDER

writes its model directory: the shape of the preset ``characters``, small, with its tokenizer. For
tests of what such a model needs of the engine and the page, not of how good one is.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

import torch

from codecomplete.corpus.vocabulary import characters
from codecomplete.engine.tokenizer import Tokenizer
from codecomplete.trainer.export.formats import export
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.learning.optimiser import make_optimisers, set_rate
from codecomplete.trainer.learning.recipe import Recipe
from codecomplete.trainer.network.transformer import Transformer
from codecomplete.trainer.runs.presets import PRESETS
from tests.tiny import SOURCE

CONFIG = dataclasses.replace(
    PRESETS["characters"].model, n_layer=2, n_head=3, n_kv_head=3, head_size=32, n_embd=96,
    n_hidden=192, window=256,
)  # fmt: skip
STEPS, ROWS, LENGTH = 130, 4, 96
RECIPE = Recipe(warmup_steps=10, weight_decay=0.0)


def learned(tokenizer: Tokenizer, steps: int = STEPS) -> Transformer:
    """A model that goes on as ``SOURCE`` does, from wherever it is begun."""
    generator = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    model = Transformer(CONFIG)
    optimisers = make_optimisers(model, RECIPE)
    ids = torch.tensor(tokenizer.encode(SOURCE))
    for step in range(steps):
        begins = torch.randint(len(ids) - LENGTH, (ROWS,), generator=generator)
        rows = torch.stack([ids[begin : begin + LENGTH + 1] for begin in begins.tolist()])
        logits = model(rows[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
        loss.backward()
        set_rate(optimisers, min(1.0, 2 * (1 - step / steps)), fading_decay=False)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad()
    return model.eval()


def write(folder: Path, name: str = "letters-python", steps: int = STEPS) -> Path:
    """A model directory called ``name`` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "characters.json"
    characters().save(str(vocabulary))
    model = learned(Tokenizer.load(vocabulary), steps)
    rounding = Quantisation(8, block=32, table_block=32)
    export(CONFIG, model.state_dict(), vocabulary, folder / name, name, rounding)
    return folder / name


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print(write(parser.parse_args().folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
