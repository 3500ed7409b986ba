"""Small models of every architecture with random weights, and scripts of steps that try them.

A case can be written to a file, for programs that are not Python: ``run_vectors.c`` and
``run_vectors.mjs`` read it, run the same steps, and expect the same bits.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from codecomplete.engine.kernel import make_plan
from codecomplete.engine.modeldir.config import (
    BLOCK,
    GELU,
    GELU_TANH,
    LAYER,
    LEARNED,
    SWIGLU,
    ModelConfig,
)
from codecomplete.engine.modeldir.layout import problems, sizes
from codecomplete.engine.modeldir.packing import TILE, rounded
from codecomplete.trainer.export.rounding import Quantisation
from codecomplete.trainer.export.weights import write

OURS = ModelConfig(
    vocabulary_size=200, n_layer=3, n_head=4, n_kv_head=2, head_size=16, n_embd=64, n_hidden=96,
    window=24, softcap=30.0,
)  # fmt: skip
CONFIGS = {
    "ours": OURS,
    "layer norm, biases, learned positions": ModelConfig(
        vocabulary_size=203, n_layer=2, n_head=4, n_kv_head=4, head_size=16, n_embd=72,
        n_hidden=128, window=70, policy=BLOCK, positions=LEARNED, norm=LAYER, norm_weights=True,
        activation=GELU, qk_norm=False, embedding_norm=False, skip_gains=False, bias=True,
        tied=False,
    ),
    "gated, heads of 24": ModelConfig(
        vocabulary_size=64, n_layer=2, n_head=3, n_kv_head=3, head_size=24, n_embd=40, n_hidden=100,
        window=80, policy=BLOCK, norm_weights=True, activation=SWIGLU, qk_norm=False,
        embedding_norm=False, skip_gains=False,
    ),
    "heads of 60, GELU by tanh": ModelConfig(
        vocabulary_size=130, n_layer=1, n_head=2, n_kv_head=1, head_size=60, n_embd=120,
        n_hidden=64, window=70, policy=BLOCK, positions=LEARNED, norm=LAYER, norm_weights=True,
        activation=GELU_TANH, qk_norm=False, embedding_norm=False, skip_gains=False,
    ),
    "layer norm without weights, five heads share one": dataclasses.replace(
        OURS, n_head=5, n_kv_head=1, norm=LAYER, n_embd=56, tied=False, softcap=0.0
    ),
    "a window of two": dataclasses.replace(OURS, window=2, n_layer=1),
}  # fmt: skip
BITS = (8, 4, 32)


@dataclass(frozen=True)
class Step:
    """Tokens run after ``past`` others, the logits of the last ``wanted`` asked for."""

    ids: list[int]
    past: int
    position: int
    wanted: int


@dataclass(frozen=True)
class Move:
    first: int
    length: int


@dataclass(frozen=True)
class Case:
    config: ModelConfig
    plan: bytes
    weights: np.ndarray
    script: list[Step | Move]

    def logits(self, kernel: Any, threads: int = 1) -> list[np.ndarray]:
        """What a kernel gives for every step of the script."""
        return self.logits_of(kernel.program(self.plan, self.weights, threads).state())

    def logits_of(self, state: Any) -> list[np.ndarray]:
        found = []
        for one in self.script:
            if isinstance(one, Move):
                state.move(one.first, one.length)
            else:
                logits = state.step(one.ids, one.past, one.position, one.wanted)
                found.append(logits.copy())
        return found


def make_case(config: ModelConfig, bits: int, folder: Path, seed: int = 0) -> Case:
    """A random model, and steps of many lengths over a window that rolls if it slides."""
    rng = np.random.default_rng(seed)
    path = folder / "weights.bin"
    arrays = {name: _array(rng, name, shape) for name, shape in sizes(config).items()}
    tensors = write(config, arrays, path, Quantisation(bits, 32, 32))
    weights = np.fromfile(path, np.uint8)
    assert not list(problems(config, tensors, len(weights)))
    return Case(config, make_plan(config, tensors), weights, _script(config, rng))


def _array(rng: np.random.Generator, name: str, shape: tuple[int, ...]) -> np.ndarray:
    drawn = rng.standard_normal(shape).astype(np.float32)
    if len(shape) == 1:
        return drawn * np.float32(0.2) + np.float32("norm.weight" in name or "gain" in name)
    return drawn * np.float32(1.5 / np.sqrt(shape[1]))


def _script(config: ModelConfig, rng: np.random.Generator) -> list[Step | Move]:
    script: list[Step | Move] = []
    past = origin = 0
    for count in (1, 2, 3, 5, 1, 8, 13, 1, 1, 31, 4, 32, 7):
        count = min(count, config.capacity // 2)
        if past + count > config.capacity:
            keep = min(config.window - 1, config.capacity - count)
            if config.policy == BLOCK:
                past = 0
            else:
                script.append(Move(past - keep, keep))
                origin, past = origin + past - keep, keep
        wanted = int(rng.integers(0, count + 1)) if count > 1 else 1
        ids = rng.integers(0, config.vocabulary_size, count).tolist()
        script.append(Step(ids, past, past + origin, wanted))
        past += count
    return script


def write_vectors(path: Path, cases: Iterable[Case], kernel: Any) -> int:
    """Cases with the logits that a kernel gives for them; returns how many steps there are."""
    steps = 0
    with path.open("wb") as file:
        for case in cases:
            found = case.logits(kernel)
            steps += len(found)
            file.write(struct.pack("<III", len(case.plan), len(case.weights), len(case.script)))
            file.write(case.plan + case.weights.tobytes())
            expected = iter(found)
            for one in case.script:
                file.write(_written(one, case.config, expected))
    return steps


def _written(one: Step | Move, config: ModelConfig, expected: Any) -> bytes:
    if isinstance(one, Move):
        return struct.pack("<IIIII", 0, one.first, one.length, 0, 0)
    head = struct.pack("<IIIII", len(one.ids), one.past, one.position, one.wanted, 0)
    logits = next(expected)
    padded = np.zeros((len(logits), rounded(config.vocabulary_size, TILE)), np.float32)
    padded[:, : config.vocabulary_size] = logits
    return head + np.array(one.ids, np.int32).tobytes() + padded.tobytes()
