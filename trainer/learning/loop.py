"""One optimiser step, and the loop around it.

A run is a function of its options alone: rows depend on (seed, step), the rate on the step, and a
checkpoint contains the rest. So a run that was killed and resumed ends with the same weights.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from codecomplete.engine.modeldir.config import ModelConfig

from ..errors import CheckpointError, DivergedError, StoppedError
from ..network.transformer import Transformer, step_flops_per_token
from . import checkpoint, runlog
from .compute import Compute, Forward, predicted
from .data import RowSource, prefetched
from .machine import peak_flops
from .optimiser import make_optimisers, set_rate
from .processes import ALONE, Processes
from .recipe import GPT2, Recipe
from .schedule import averaging_begins, rate_factor
from .watch import Watch, Watched

USUAL_NORM_DECAY = 0.95  # per step, of the running mean that exploding norms are compared with
STEPS_BEFORE_SKIPPING = 20  # the norms of the first steps mean little
LEAST_SCALE = 2.0**-6  # of the loss in fp16: below it, the scale is not the cause of bad steps
MOST_BAD_STEPS = 10  # in a row, before the run is abandoned

Report = Callable[[runlog.Row], None]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """What to train, on what, for how long, and where to keep it."""

    model: ModelConfig
    recipe: Recipe
    rows: RowSource
    steps: int
    directory: Path
    compute: Compute = field(default_factory=Compute)
    checkpoint_seconds: float = 180.0
    log_every: int = 10
    decay_from: int | None = None  # step from which the rate of a constant-rate run falls
    processes: Processes = ALONE
    start: Mapping[str, Tensor] | None = None  # weights to begin with instead of random ones
    provenance: dict[str, Any] | None = None
    log: str = runlog.LOG  # within the directory
    after_saving: Callable[[Path], None] | None = None  # called with each checkpoint
    watch: Watch | None = None  # measures the loss on held-out rows during the run
    prepare: Callable[[Transformer], None] | None = None  # changes what is trained of the model
    drawn: bool = True  # whether the losses are drawn beside the log at the end


def unscaled() -> torch.amp.GradScaler:
    return torch.amp.GradScaler("cpu", enabled=False)


@dataclass
class State:
    """Everything that changes during a run."""

    model: Transformer
    optimisers: list[torch.optim.Optimizer]
    average: dict[str, Tensor] | None = None
    scaler: torch.amp.GradScaler = field(default_factory=unscaled)
    watched: Watched = field(default_factory=Watched)
    step: int = 0  # finished steps
    usual_norm: float = 0.0
    counted: int = 0  # steps in ``usual_norm``
    skipped: int = 0
    bad: int = 0  # steps skipped in a row

    def health(self) -> dict[str, float]:
        names = ("usual_norm", "counted", "skipped", "bad")
        return {name: getattr(self, name) for name in names}


def train(run: Run, report: Report = lambda row: None, tell: Tell = print) -> Transformer:
    """Train until ``run.steps``; resumes from the newest checkpoint of the run's directory.

    Raises CheckpointError if a checkpoint is of another model, damaged, or cannot be written, and
    DivergedError if too many steps in a row had to be skipped. Both leave the last good checkpoint
    in place. On SIGTERM or Ctrl-C, it saves after the current step and raises StoppedError, so that
    callers do not continue with half a run.
    """
    state = begin(run, tell)
    forward = run.compute.prepare(state.model)
    saved = time.monotonic()
    with _logged(run, state.step) as write, _stop_signals() as stopped:
        for row in _steps(run, state, forward):
            row |= _watch(run, state, row["loss"], tell)
            over = state.step == run.steps or state.watched.stopped
            last = over or stopped.is_set()
            if state.step % run.log_every == 0 or last or "validation_loss" in row:
                write(row)
                report(row)
            if last or time.monotonic() - saved >= run.checkpoint_seconds:
                save_checkpoint(run, state)
                saved = time.monotonic()
            if last:
                break
    if state.step < run.steps and not state.watched.stopped:
        raise StoppedError(
            f"stopped: step {state.step:,} of {run.steps:,} is saved in {run.directory}; run "
            "the same command again to continue"
        )
    run.processes.wait()
    return state.model


def fresh_model(config: ModelConfig, recipe: Recipe) -> Transformer:
    """A model with the parts and the initial weights that a recipe specifies."""
    model = Transformer(config)
    if recipe.initialisation == GPT2:
        model.initialise_as_gpt2()
    if recipe.shared_layers:
        model.share_layers(halting=recipe.halting)
    if recipe.hashed_rows:
        model.add_tables(recipe.hashed_rows)
    return model


def begin(run: Run, tell: Tell = print) -> State:
    """A run's state on its device: the newest checkpoint's, or that of step 0."""
    torch.manual_seed(run.recipe.seed)
    model = fresh_model(run.model, run.recipe).to(run.compute.device)
    if run.start is not None:
        model.load_state_dict({**model.fresh_tables(), **run.start})
    if run.prepare is not None:
        run.prepare(model)
    on_gpu = run.compute.device.type == "cuda"
    optimisers = make_optimisers(model, run.recipe, on_gpu and run.compute.compiled)
    state = State(model, optimisers, scaler=run.compute.scaler())
    path = checkpoint.newest_intact(run.directory, tell)
    if path is not None:
        _restore(run, state, path)
    return state


def _restore(run: Run, state: State, path: Path) -> None:
    facts = checkpoint.load_state(path)
    if facts["model"] != run.model.to_dict():
        raise CheckpointError(
            f"{path} holds a different model from the one requested; train into another directory"
        )
    state.model.load_state_dict(checkpoint.load_tensors(path, "model"))
    for index, optimiser in enumerate(state.optimisers):
        checkpoint.restore_optimiser(optimiser, checkpoint.load_tensors(path, f"optimiser-{index}"))
    if (path / "average.safetensors").is_file():
        averages = checkpoint.load_tensors(path, "average")
        state.average = {name: value.to(run.compute.device) for name, value in averages.items()}
    state.step = facts["step"]
    for name, value in facts.get("health", {}).items():
        setattr(state, name, value)
    state.watched = Watched(**facts.get("watched", {}))
    if facts.get("scaler"):
        state.scaler.load_state_dict(facts["scaler"])


def save_checkpoint(run: Run, state: State) -> None:
    """Write the state, on the leading process."""
    if not run.processes.leads:
        return
    tensors = {"model": dict(state.model.state_dict())}
    for index, optimiser in enumerate(state.optimisers):
        tensors[f"optimiser-{index}"] = checkpoint.optimiser_tensors(optimiser)
    if state.average is not None:
        tensors["average"] = state.average
    path = checkpoint.save(run.directory, state.step, tensors, _facts(run, state))
    if run.after_saving is not None:
        run.after_saving(path)


def _facts(run: Run, state: State) -> dict[str, Any]:
    """The JSON half of a checkpoint."""
    return {
        "model": run.model.to_dict(),
        "recipe": run.recipe.to_dict(),
        "step": state.step,
        "tokens": state.step * run.recipe.step_tokens,
        "health": state.health(),
        "watched": state.watched.to_dict(),
        "scaler": state.scaler.state_dict(),
        "provenance": run.provenance or {},
    }


def _steps(run: Run, state: State, forward: Forward) -> Iterator[runlog.Row]:
    """Train one step at a time; yields a log row after each."""
    recipe, processes = run.recipe, run.processes

    def make(number: int) -> Tensor:
        ids = run.rows.batch(number, recipe.batch_rows, processes.rank, processes.size)
        return torch.from_numpy(ids)

    end = state.step if state.watched.stopped else run.steps
    passes = range(state.step * recipe.accumulation, end * recipe.accumulation)
    rows = prefetched(make, passes)
    speed = Speed(run, state.step)
    for step in range(state.step, 0 if state.watched.stopped else run.steps):
        factor = rate_factor(recipe, step, run.steps, run.decay_from)
        set_rate(state.optimisers, factor, recipe.fading_decay)
        loss, norm = train_step(run, state, forward, rows)
        state.step = step + 1
        _average(run, state)
        yield {
            "step": state.step,
            "tokens": state.step * recipe.step_tokens,
            "loss": round(loss, 5),
            "bits_per_token": round(loss / math.log(2), 5),
            "rate": round(factor, 6),
            "gradient_norm": round(norm, 5),
            "skipped": state.skipped,
            **speed.row(state.step),
        }


def train_step(
    run: Run, state: State, forward: Forward, rows: Iterator[Tensor]
) -> tuple[float, float]:
    """One optimiser step; returns the mean loss in nats per token and the gradient norm.

    A step whose loss or gradient is not finite, or whose gradient explodes, changes nothing.
    """
    recipe, device, scaler = run.recipe, run.compute.device, state.scaler
    total = torch.zeros((), device=device)
    for batch, share in _shared_out([next(rows) for _ in range(recipe.accumulation)], run):
        with run.compute.precision():
            loss = forward(state.model, batch.to(device, non_blocking=True)) * share
        scaler.scale(loss).backward()
        total += loss.detach()
    gradients = [p.grad for p in state.model.parameters() if p.grad is not None]
    run.processes.average([total, *gradients])
    for optimiser in state.optimisers:
        scaler.unscale_(optimiser)
    limit = recipe.clip or float("inf")
    norm = torch.nn.utils.clip_grad_norm_(state.model.parameters(), limit)
    found = float(total), float(norm)
    if _overflowed(state, *found):
        state.skipped += 1
    elif _is_sound(recipe, state, *found):
        for optimiser in state.optimisers:
            optimiser.step()
    if scaler.is_enabled():
        scaler.update()  # scales less after an overflow, and more again later
    for optimiser in state.optimisers:
        optimiser.zero_grad(set_to_none=True)
    return found


def _shared_out(passes: list[Tensor], run: Run) -> Iterator[tuple[Tensor, float]]:
    """Each pass with its share of the step's loss, by its number of tokens to predict.

    So the loss is the mean over those tokens of the whole step, in all its passes and processes,
    however they are distributed.
    """
    if not run.recipe.masks:
        yield from ((batch, 1 / len(passes)) for batch in passes)
        return
    counts = [predicted(batch) for batch in passes]
    mean = torch.tensor(float(sum(counts)), device=run.compute.device)
    run.processes.average([mean])  # the gradients will be averaged over processes, too
    yield from (
        (batch, count / float(mean)) for batch, count in zip(passes, counts, strict=True) if count
    )


def _overflowed(state: State, loss: float, norm: float) -> bool:
    """Whether fp16 overflowed only because the loss is scaled: then it is scaled less."""
    scaled = state.scaler.is_enabled() and state.scaler.get_scale() > LEAST_SCALE
    return scaled and math.isfinite(loss) and not math.isfinite(norm)


def _watch(run: Run, state: State, loss: float, tell: Tell) -> runlog.Row:
    """Measure on held-out rows if that is due; returns the values to log."""
    watch = run.watch
    if watch is None or not watch.due(state.step, run.steps):
        return {}
    found = watch.measure(state.model, state.average, run.compute) if run.processes.leads else 0.0
    found = run.processes.agree(found)
    better = state.watched.take(state.step, found, loss, watch.patience)
    if run.processes.leads:
        for line in state.watched.lines():
            tell(line)
        if better:
            _save_best(run, state)
    return watch.row(found)


def _save_best(run: Run, state: State) -> None:
    weights = state.average if state.average is not None else dict(state.model.state_dict())
    checkpoint.save_best(run.directory, weights, _facts(run, state))


def _is_sound(recipe: Recipe, state: State, loss: float, norm: float) -> bool:
    """Whether to take a step. Counts bad steps, and raises DivergedError after too many."""
    usual = max(state.usual_norm, recipe.clip)  # norms that clipping bounds anyway are harmless
    explodes = state.counted >= STEPS_BEFORE_SKIPPING and 0 < recipe.skip_factor * usual < norm
    if math.isfinite(loss) and math.isfinite(norm) and not explodes:
        decay = min(USUAL_NORM_DECAY, state.counted / (state.counted + 1))
        state.usual_norm = decay * state.usual_norm + (1 - decay) * norm
        state.counted, state.bad = state.counted + 1, 0
        return True
    state.skipped, state.bad = state.skipped + 1, state.bad + 1
    if state.bad >= MOST_BAD_STEPS:
        raise DivergedError(
            f"step {state.step + 1:,}: loss {loss:.4g} and gradient norm {norm:.4g} (usually "
            f"{state.usual_norm:.4g}), the {state.bad}th bad step in a row; the last good "
            "checkpoint is kept. Train from it into another directory with a lower rate, or with "
            "more accumulation or a larger epsilon"
        )
    return False


@torch.no_grad()
def _average(run: Run, state: State) -> None:
    """Average the weights exponentially over the last part of a run."""
    if state.step < averaging_begins(run.recipe, run.steps) or not run.recipe.average:
        return
    weights = state.model.state_dict()
    if state.average is None:
        state.average = {name: value.clone() for name, value in weights.items()}
    for name, value in weights.items():
        state.average[name].lerp_(value, 1 - run.recipe.average)


class Speed:
    """Tokens per second and model FLOP utilisation since the first step, without compiling."""

    def __init__(self, run: Run, first: int) -> None:
        self._tokens, self._first = run.recipe.step_tokens, first
        flops = step_flops_per_token(run.model, run.recipe.row_tokens)
        compute = run.compute
        peak = peak_flops(compute.device, compute.half) * run.processes.size
        self._share = flops / peak
        self._since = time.monotonic()

    def row(self, step: int) -> runlog.Row:
        now = time.monotonic()
        counted = step - self._first
        speed = counted * self._tokens / max(1e-9, now - self._since)
        if counted == 1:
            self._since, self._first = now, step
        return {"tokens_per_second": round(speed), "mfu": round(speed * self._share, 4)}


@contextmanager
def _logged(run: Run, first: int) -> Iterator[Report]:
    if not run.processes.leads:
        yield lambda row: None
        return
    path = run.directory / run.log
    with runlog.opened(path, first, run.directory / runlog.EVENTS) as write:
        yield write
    if run.drawn:
        runlog.plot({"training": path}, path.with_name(runlog.PLOT), run.directory.name)


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM or Ctrl-C sets, instead of ending the process mid-step."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    chosen = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, lambda *_: stopped.set()) for number in chosen]
    try:
        yield stopped
    finally:
        for number, handler in zip(chosen, before, strict=True):
            signal.signal(number, handler)
