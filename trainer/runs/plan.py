"""The plan derived from the settings of a run: steps, sizes, arithmetic. Printed and stored.

Computes only from a preset and a budget; knows no files.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from codecomplete.engine.modeldir.config import SWIGLU, ModelConfig

from ..learning.recipe import MUON, Recipe
from ..network.transformer import parameter_count, step_flops_per_token
from .presets import Preset

CHECKPOINTS_HELD = 3  # two kept and one being written
WORK_FACTOR = 1.3  # overhead of allocators and temporary tensors over the counted ones
FLOAT = 4
MOST_EPOCHS = 4  # up to here, nearly as good as new text (Muennighoff et al., arXiv 2305.16264)


@dataclass(frozen=True)
class Plan:
    """A preset, with everything derived from it and from the budget."""

    preset: str
    parameters: int
    row_tokens: int
    step_tokens: int
    steps: int
    tokens: int
    epochs: float
    flops_per_token: float
    memory_bytes: int
    checkpoint_bytes: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> list[str]:
        """The plan as lines of text."""
        total = self.flops_per_token * self.tokens
        often = (
            f"note            every token is read {self.epochs:.1f} times: after about "
            f"{MOST_EPOCHS}, a model begins to learn its text by heart"
        )
        return [
            f"preset          {self.preset}: {self.parameters:,} parameters",
            f"steps           {self.steps:,} of {self.step_tokens:,} tokens "
            f"(rows of {self.row_tokens:,})",
            f"tokens          {self.tokens:,} ({self.epochs:.2f} times the corpus)",
            f"arithmetic      {self.flops_per_token / 1e6:,.1f} MFLOP/token, "
            f"{total / 1e15:,.2f} PFLOP in all",
            f"memory, disk    about {self.memory_bytes / 1e9:.1f} GB; "
            f"{self.checkpoint_bytes / 1e6:,.0f} MB per checkpoint",
            *([often] if self.epochs > MOST_EPOCHS else []),
        ]


def make_plan(
    preset: Preset, steps: int, corpus_tokens: int, half: bool, processes: int = 1
) -> Plan:
    """The plan for ``steps`` steps of a preset's recipe on a corpus of so many tokens."""
    recipe, parameters = preset.recipe, parameter_count(preset.model)
    tokens = steps * recipe.step_tokens
    return Plan(
        preset=preset.name,
        parameters=parameters,
        row_tokens=recipe.row_tokens,
        step_tokens=recipe.step_tokens,
        steps=steps,
        tokens=tokens,
        epochs=round(tokens / max(1, corpus_tokens), 4),
        flops_per_token=step_flops_per_token(preset.model, recipe.row_tokens),
        memory_bytes=memory_bytes(preset.model, recipe, parameters, half, processes),
        checkpoint_bytes=FLOAT * parameters * _copies_on_disk(recipe),
    )


def _copies_on_disk(recipe: Recipe) -> int:
    moments = 1 if recipe.optimiser == MUON else 2  # nearly all weights are Muon's then
    return 1 + moments + bool(recipe.average)


def memory_bytes(
    model: ModelConfig, recipe: Recipe, parameters: int, half: bool, processes: int = 1
) -> int:
    """Estimated memory for training: weights, gradients, optimiser state, and activations."""
    fixed = FLOAT * parameters * (1 + _copies_on_disk(recipe))
    rows = recipe.batch_rows // processes * recipe.row_tokens
    size = 2 if half else FLOAT
    wide = model.n_hidden * (4 if model.activation == SWIGLU else 2)
    layer = 10 * model.n_embd + 2 * model.query_width + 2 * model.kv_width + wide
    logits = 3 * model.vocabulary_size * FLOAT
    return int(WORK_FACTOR * (fixed + rows * (model.n_layer * layer * size + logits)))
