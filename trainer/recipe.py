"""How a model is trained, as data: a frozen value, checked on creation.

Knows nothing of shards, devices or the loop.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

ADAMW, MUON = "adamw", "muon"
LINEAR, COSINE, CONSTANT = "linear", "cosine", "constant"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The dials of a run; learning rates are those at the peak."""

    row_tokens: int = 512  # length of a training row
    batch_rows: int = 16  # rows of one forward and backward pass
    accumulation: int = 1  # passes per optimiser step
    optimiser: str = MUON
    matrix_rate: float = 0.02  # matrices of the blocks
    table_rate: float = 0.01  # embedding, positions and head
    other_rate: float = 0.01  # gains and biases
    weight_decay: float = 0.1
    clip: float = 1.0  # largest gradient norm; 0: off
    warmup_steps: int = 50
    schedule: str = LINEAR
    decay_share: float = 0.7  # last part of the steps over which the rate falls
    final_rate: float = 0.0  # share of the peak that is left at the end
    document_starts: float = 0.25  # share of rows that begin where a document begins
    seed: int = 1

    def __post_init__(self) -> None:
        problems = []
        if self.optimiser not in (ADAMW, MUON):
            problems.append(f"optimiser is {self.optimiser!r}, expected {ADAMW} or {MUON}")
        if self.schedule not in (LINEAR, COSINE, CONSTANT):
            problems.append(f"schedule is {self.schedule!r}")
        if min(self.row_tokens, self.batch_rows, self.accumulation) < 1:
            problems.append("row_tokens, batch_rows and accumulation must be at least 1")
        if not 0 <= self.document_starts <= 1:
            problems.append(f"document_starts is {self.document_starts}, expected 0 to 1")
        if problems:
            raise ValueError("impossible recipe: " + "; ".join(problems))

    @property
    def step_tokens(self) -> int:
        return self.row_tokens * self.batch_rows * self.accumulation

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Recipe:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})
