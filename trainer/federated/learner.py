"""A client's training: learn from its own code for a few steps, and report the losses.

The code is read as for a personal training, without secrets, and stays here: only arrays of the
model's sizes and two losses are sent. Knows no network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from codecomplete.engine.modeldir.names import TOKENIZER

from ..errors import ConfigError
from ..learning.compute import Compute, mean_loss
from ..learning.data import TokenRows
from ..learning.loop import Run, State, train_step
from ..learning.machine import has_bfloat16
from ..learning.optimiser import make_optimisers, set_rate
from ..learning.recipe import MUON, Recipe
from ..learning.schedule import rate_factor
from ..network.adapters import adapt, trained
from ..network.transformer import Transformer
from ..personal import replay
from ..personal.reading import read
from ..personal.rows import Mixed, own_rows
from ..personal.splitting import split
from ..personal.training import (
    ADAPTER_RATE,
    MATRIX_RATE,
    OTHER_RATE,
    PUBLIC_ROWS,
    ROW_TOKENS,
    ROWS,
    TABLE_RATE,
)
from ..runs import starting
from ..runs.starting import Start
from .settings import ADAPTERS, CHOICES, MOST_RANK, MOST_STEPS

FULL_PEAK = (
    0.15  # of the learning rates from scratch; the norms of honest updates were measured at it
)
HELD_OUT_ROWS, ROWS_AT_ONCE = 16, 8

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Task:
    """A server's request, within what a client is willing to do."""

    way: str
    rank: int
    steps: int
    mu: float
    seed: int

    def __post_init__(self) -> None:
        fine = (
            self.way in CHOICES["way"]
            and 1 <= self.rank <= MOST_RANK
            and 1 <= self.steps <= MOST_STEPS
            and 0 <= self.mu < 1e6
            and 0 <= self.seed < 2**31
        )
        if not fine:
            raise ConfigError(f"the server asks for something that no client does: {self}")

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Task:
        try:
            return cls(
                str(config["way"]),
                int(config["rank"]),
                int(config["steps"]),
                float(config["mu"]),
                int(config["seed"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"the server's request is not understood: {error}") from error


def base_digest(start: Start) -> str:
    """A digest by which server and clients verify that they begin with the same weights."""
    return str(start.facts.get("weights_sha256", ""))


def fresh_arrays(start: Start, task: Task) -> Arrays:
    """The arrays with which the first round begins."""
    return arrays_of(_model(start, task))


def with_arrays(start: Start, task: Task, arrays: Mapping[str, NDArray[Any]]) -> Transformer:
    """The model with these arrays."""
    model = _model(start, task)
    put(model, arrays)
    return model


def _model(start: Start, task: Task) -> Transformer:
    model = Transformer(start.config)
    model.load_state_dict(start.weights)
    _prepare(model, task)
    return model


def _prepare(model: Transformer, task: Task) -> None:
    if task.way == ADAPTERS:
        adapt(model, task.rank, task.seed, only_up=True)


def arrays_of(model: nn.Module) -> Arrays:
    """The trained arrays of a model, by name."""
    return {name: p.detach().cpu().numpy().copy() for name, p in trained(model).items()}


@torch.no_grad()
def put(model: nn.Module, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Put arrays into a model. Raises ConfigError unless names and shapes fit, and all is
    finite."""
    own = trained(model)
    if {*own} != {*arrays}:
        raise ConfigError("the server sent other arrays than this model has")
    for name, parameter in own.items():
        array = arrays[name]
        if array.shape != tuple(parameter.shape) or not np.isfinite(array).all():
            raise ConfigError(f"{name}: {array.shape} or not finite, expected {parameter.shape}")
        parameter.copy_(torch.from_numpy(np.array(array, np.float32)))


@dataclass(frozen=True)
class Learner:
    """A client's rows and held-out rows. ``threads`` and the device depend on the machine."""

    start: Start
    rows: Mixed
    held_out: Tensor  # (rows, length + 1)
    compute: Compute

    def loss(self, task: Task, arrays: Mapping[str, NDArray[Any]]) -> float:
        """The loss on the client's held-out files, in nats per token."""
        return self._loss(with_arrays(self.start, task, arrays))

    def learn(
        self, task: Task, arrays: Mapping[str, NDArray[Any]], round_: int
    ) -> tuple[Arrays, int, float]:
        """Train further. Returns the new arrays, the tokens read of the user's code, the new
        loss."""
        model = self._trained(task, arrays, round_)
        own = self.rows.public_rows if self.rows.public is not None else 0
        tokens = task.steps * (ROWS - own) * ROW_TOKENS
        return arrays_of(model), tokens, self._loss(model)

    def _loss(self, model: Transformer) -> float:
        model.eval()
        with self.compute.precision():
            return round(mean_loss(model, self.held_out.split(ROWS_AT_ONCE)), 5)

    def _trained(self, task: Task, arrays: Mapping[str, NDArray[Any]], round_: int) -> Transformer:
        recipe, model = recipe_for(task), with_arrays(self.start, task, arrays)
        if task.mu:
            hold_near(model, task.mu)
        rows = self.rows.in_order_of(task.seed + round_)
        run = Run(self.start.config, recipe, rows, task.steps, Path(), self.compute)
        state = State(model, make_optimisers(model, recipe))
        forward = self.compute.prepare(model)
        for step in range(task.steps):
            set_rate(state.optimisers, rate_factor(recipe, step, task.steps), False)
            train_step(run, state, forward, _one(rows.batch(step, recipe.batch_rows)))
        return model


def hold_near(model: nn.Module, mu: float) -> None:
    """FedProx (Li et al. 2020, arXiv 1812.06127): add the gradient of ``mu / 2`` times the squared
    distance from where the round began."""
    for parameter in trained(model).values():
        origin = parameter.detach().clone()

        def pulled(gradient: Tensor, own: Tensor = parameter, origin: Tensor = origin) -> Tensor:
            return gradient + mu * (own.detach() - origin)

        parameter.register_hook(pulled)


def _one(batch: NDArray[Any]) -> Iterator[Tensor]:
    yield torch.from_numpy(batch)


def recipe_for(task: Task) -> Recipe:
    """A client's recipe: that of a personal training, for a few steps."""
    adapters = task.way == ADAPTERS
    return Recipe(
        row_tokens=ROW_TOKENS,
        batch_rows=ROWS,
        optimiser=MUON,
        matrix_rate=ADAPTER_RATE if adapters else FULL_PEAK * MATRIX_RATE,
        table_rate=FULL_PEAK * TABLE_RATE,
        other_rate=FULL_PEAK * OTHER_RATE,
        weight_decay=0.0,
        warmup_steps=2,
        decay_share=1.0,
        skip_factor=0.0,
        seed=task.seed,
    )


def learner(
    folders: list[Path], model: Path, shards: Path | None = None, compute: Compute | None = None
) -> Learner:
    """Read a client's code, and prepare to learn from it."""
    start = starting.read(model, model / TOKENIZER)
    recipe = Recipe(row_tokens=ROW_TOKENS, batch_rows=ROWS)
    sides = split(read(folders).files)
    tokenizer = model / TOKENIZER
    public = replay.public(shards, tokenizer, recipe)
    own = own_rows(sides.learned, tokenizer, recipe, recipe.seed)
    held = own_rows([*sides.judging, *sides.stopping], tokenizer, recipe, recipe.seed)
    mixed = Mixed(own, public.rows, PUBLIC_ROWS)
    compute = compute or Compute(bfloat16=has_bfloat16(torch.device("cpu")), compiled=False)
    return Learner(start, mixed, _held_out(held), compute)


def _held_out(rows: TokenRows) -> Tensor:
    count = min(HELD_OUT_ROWS, max(1, rows.tokens // rows.length))
    return torch.from_numpy(rows.batch(0, count))
