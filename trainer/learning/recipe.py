"""How a model is trained, as data: a frozen value, checked on creation.

Knows nothing of shards, devices or the loop. A recipe is stored in every checkpoint; fields added
later must default to what older checkpoints did without them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

OBJECTIVES = ("lines", "identifiers", "docstrings", "calls", "repair")
ADAMW, MUON = "adamw", "muon"
LINEAR, COSINE, CONSTANT, STABLE = "linear", "cosine", "constant", "stable"
RANDOM, SHUFFLED = "random", "shuffled"
IDENTITY, GPT2 = "identity", "gpt2"
ANYWHERE, DEFINITIONS = "anywhere", "definitions"

CHOICES = {
    "optimiser": (ADAMW, MUON),
    "schedule": (LINEAR, COSINE, CONSTANT, STABLE),
    "order": (RANDOM, SHUFFLED),
    "initialisation": (IDENTITY, GPT2),
    "cut": (ANYWHERE, DEFINITIONS),
    "objective": ("", *OBJECTIVES),
}
SHORT = {"skip": "skip_factor", "rate": "matrix_rate", "warmup": "warmup_steps"}
SHARES = (
    "document_starts",
    "objective_rate",
    "fim_rate",
    "replay",
    "decay_share",
    "final_rate",
    "average_share",
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The settings of a run; learning rates are those at the peak."""

    row_tokens: int = 512  # length of a training row
    batch_rows: int = 16  # rows of one forward and backward pass
    accumulation: int = 1  # passes per optimiser step
    optimiser: str = MUON
    matrix_rate: float = 0.02  # matrices of the blocks
    table_rate: float = 0.01  # embedding, positions and head
    other_rate: float = 0.01  # gains and biases
    weight_decay: float = 0.1
    fading_decay: bool = False  # weight decay falls with the rate, so that it ends at zero
    epsilon: float = 1e-10  # AdamW's; raising it calms an unstable run
    clip: float = 1.0  # largest gradient norm; 0: off
    skip_factor: float = 20.0  # skip a step whose norm is this many times the usual one; 0: off
    warmup_steps: int = 50
    schedule: str = LINEAR
    decay_share: float = 0.7  # last part of the steps over which the rate falls
    final_rate: float = 0.0  # share of the peak that is left at the end
    average: float = 0.0  # decay per step of the averaged weights; 0: off
    average_share: float = 0.2  # last part of the steps over which weights are averaged
    order: str = RANDOM  # rows from anywhere, or every token once per epoch
    document_starts: float = 0.25  # share of rows moved to the beginning of a document
    fim_rate: float = 0.0  # share of rows with the suffix first; see trainer/learning/fim.py
    fim_tokens: int = 256  # length of one suffix-first example
    language: str = ""  # learn only this language, or these, with commas between them
    replay: float = 0.0  # share of rows from all languages, if ``language`` is set
    cut: str = ANYWHERE  # where rows begin that do not begin with a document
    objective: str = ""  # see trainer/learning/objectives.py
    objective_rate: float = 0.0  # share of rows with that objective
    shared_layers: bool = False  # one layer for all, as in a universal transformer
    halting: float = 0.0  # cost of each application of the shared layer, if places decide; 0: off
    hashed_rows: int = 0  # of each table of pairs and triples of tokens; 0: none
    responses_only: bool = False  # predict only what the rows do not mark as read
    seed: int = 1
    initialisation: str = IDENTITY  # blocks begin as the identity, or with GPT-2's small noise

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise ValueError("impossible recipe: " + "; ".join(problems))

    def _problems(self) -> Iterator[str]:
        if bool(self.objective) != bool(self.objective_rate):
            rate = self.objective_rate
            yield f"objective is {self.objective!r}, objective_rate {rate}: give both"
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                yield f"{name} is {getattr(self, name)!r}, expected {' or '.join(choices)}"
        for name in SHARES:
            if not 0 <= getattr(self, name) <= 1:
                yield f"{name} is {getattr(self, name)}, expected 0 to 1"
        for name in ("row_tokens", "batch_rows", "accumulation"):
            if getattr(self, name) < 1:
                yield f"{name} is {getattr(self, name)}, expected at least 1"
        for name in ("matrix_rate", "table_rate", "other_rate", "epsilon"):
            if not getattr(self, name) > 0:
                yield f"{name} is {getattr(self, name)}, expected more than 0"
        if self.halting < 0 or (self.halting and not self.shared_layers):
            yield f"halting is {self.halting}: expected 0 (off), or a cost and shared_layers"
        if self.hashed_rows < 0 or self.hashed_rows & (self.hashed_rows - 1):
            yield f"hashed_rows is {self.hashed_rows}, expected 0 (none) or a power of two"
        if self.hashed_rows and self.halting:
            yield "hashed_rows with halting: give one of them"
        if not 0 <= self.average < 1:
            yield f"average is {self.average}, expected 0 (off) to less than 1"
        if self.fim_rate and not 16 <= self.fim_tokens <= self.row_tokens:
            yield f"fim_tokens is {self.fim_tokens}, expected 16 to {self.row_tokens} (row_tokens)"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is for; empty for all."""
        return tuple(self.language.split(",")) if self.language else ()

    @property
    def masks(self) -> bool:
        """Whether rows may contain ids that are not to be predicted."""
        return self.responses_only or bool(self.objective and self.objective_rate)

    @property
    def step_tokens(self) -> int:
        return self.row_tokens * self.batch_rows * self.accumulation

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def changed(self, assignments: Iterable[str]) -> Recipe:
        """A recipe with other values, each given as ``name=value``.

        Raises ValueError, which names every invalid assignment.
        """
        known = {field.name: field for field in fields(self)}
        values, problems = {}, []
        for assignment in assignments:
            name, equals, text = assignment.partition("=")
            name = SHORT.get(name.strip(), name.strip())
            if not equals or name not in known:
                problems.append(f"{assignment!r}: expected NAME=VALUE, of {', '.join(known)}")
                continue
            try:
                values[name] = _value(getattr(self, name), text.strip())
            except ValueError:
                kind = type(getattr(self, name)).__name__
                problems.append(f"{assignment!r}: {text!r} is no {kind}")
        if problems:
            raise ValueError("; ".join(problems))
        return replace(self, **values)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Recipe:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


def _value(before: Any, text: str) -> Any:
    """``text`` as a value of the type of the old one. Raises ValueError."""
    if isinstance(before, bool):
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() not in words:
            raise ValueError(text)
        return words[text.lower()]
    if isinstance(before, int):
        return int(text.replace("_", ""))
    if isinstance(before, float):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number
    return text
