"""The shape of a model, which determines its plan, its buffers and its window.

Only values; knows no arrays, files or training.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

SLIDING, BLOCK = "sliding", "block"
ROTARY, LEARNED = "rotary", "learned"
RMS, LAYER = "rms", "layer"
RELU2, GELU, GELU_TANH, SWIGLU = "relu2", "gelu", "gelu_tanh", "swiglu"

CHOICES = {
    "policy": (SLIDING, BLOCK),
    "positions": (ROTARY, LEARNED),
    "norm": (RMS, LAYER),
    "activation": (RELU2, GELU, GELU_TANH, SWIGLU),
}


KINDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "a word"}


def _is_of(kind: str, value: Any) -> bool:
    """Whether a value read from JSON is of an annotated type."""
    if kind == "float":
        return type(value) in (int, float) and math.isfinite(value)
    return type(value).__name__ == kind


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The sizes and choices of one decoder-only transformer, checked on creation."""

    vocabulary_size: int
    n_layer: int
    n_head: int
    n_kv_head: int
    head_size: int
    n_embd: int
    n_hidden: int  # width of the feed-forward layer
    window: int = 256  # tokens a token can attend to, itself included
    policy: str = SLIDING  # how the window rolls; see engine/state/window.py
    positions: str = ROTARY
    rotary_base: float = 10_000.0
    norm: str = RMS
    norm_weights: bool = False  # per-channel gains (and, for layer norm, biases)
    activation: str = RELU2
    qk_norm: bool = True  # queries and keys normalised per head, with one learned gain per head
    embedding_norm: bool = True  # normalise the embedding before the first block
    skip_gains: bool = True  # each block starts from a * x + b * (the embedding)
    bias: bool = False  # in every linear layer
    tied: bool = True  # the output head is the embedding table
    softcap: float = 0.0  # logits become cap * tanh(logits / cap); 0: off

    def __post_init__(self) -> None:
        problems = self._type_problems() or [*self._choice_problems(), *self._size_problems()]
        if problems:
            raise ValueError("impossible model: " + "; ".join(problems))

    def _type_problems(self) -> list[str]:
        return [
            f"{field.name} is {getattr(self, field.name)!r}, expected {KINDS[str(field.type)]}"
            for field in fields(self)
            if not _is_of(str(field.type), getattr(self, field.name))
        ]

    def _choice_problems(self) -> list[str]:
        return [
            f"{name} is {getattr(self, name)!r}, expected one of {', '.join(choices)}"
            for name, choices in CHOICES.items()
            if getattr(self, name) not in choices
        ]

    def _size_problems(self) -> list[str]:
        sizes = (
            "vocabulary_size",
            "n_layer",
            "n_head",
            "n_kv_head",
            "head_size",
            "n_embd",
            "n_hidden",
            "window",
        )
        problems = [f"{name} is {getattr(self, name)}" for name in sizes if getattr(self, name) < 1]
        if not problems and self.n_head % self.n_kv_head:
            problems.append(f"{self.n_head} heads cannot share {self.n_kv_head} key/value heads")
        if self.policy == SLIDING and self.positions == LEARNED:
            problems.append("a sliding window needs rotary positions")
        if self.tied and self.bias:
            problems.append("a tied head has no bias")
        if self.rotary_base <= 0 or self.softcap < 0:
            problems.append(f"rotary_base is {self.rotary_base}, softcap {self.softcap}")
        return problems

    @property
    def query_width(self) -> int:
        return self.n_head * self.head_size

    @property
    def kv_width(self) -> int:
        return self.n_kv_head * self.head_size

    @property
    def capacity(self) -> int:
        """The entries of the key/value buffer.

        A sliding window rolls once per window, and then keeps two windows: the spare one lets
        deletions undo an eviction without a replay.
        """
        return 3 * self.window if self.policy == SLIDING else self.window

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelConfig:
        """The config of a ``to_dict``. Raises ValueError, which names unknown or missing keys."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(f"unknown model settings: {', '.join(unknown)}")
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(f"incomplete model settings: {error}") from error
