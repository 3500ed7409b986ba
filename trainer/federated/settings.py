"""The settings of a federation, as data: given to the server, sent to every client, stored beside
the rounds.

Knows no libraries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ..errors import ConfigError

ADAPTERS, FULL = "adapters", "full"
MEAN, MEDIAN, TRIMMED = "mean", "median", "trimmed"
FEDAVG, FEDPROX = "fedavg", "fedprox"
CHOICES = {
    "way": (ADAPTERS, FULL),
    "average": (MEAN, MEDIAN, TRIMMED),
    "strategy": (FEDAVG, FEDPROX),
}
HONEST = {ADAPTERS: 300.0, FULL: 30.0}
HONEST_STEPS = 40
"""Bounds for the norms of honest updates of the packaged model, several times those measured, and
the number of steps they were measured in."""

MOST_STEPS, MOST_RANK = 10_000, 256
"""The most that a client does for a server, whatever that requests."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The settings of a federation's rounds."""

    rounds: int = 5
    clients: int = 2  # that a round waits for
    patience: float = 120.0  # seconds to wait for them; then the round begins with those present
    timeout: float = 3600.0  # seconds for a phase of a round
    steps: int = 40  # of each client in each round
    way: str = ADAPTERS
    rank: int = 16
    strategy: str = FEDAVG
    mu: float = 0.01  # of FedProx: how strongly a client is held near the common model
    average: str = MEAN
    trim: float = 0.2  # of a trimmed mean: the share of values dropped on either side
    most_norm: float = 0.0  # of an update; a larger one is refused; 0: the bound for honest ones
    most_ratio: float = 5.0  # to the round's median norm, if three or more clients answer
    most_examples: int = 1_000_000  # that a client may claim for its weight
    clip: float = 0.0  # with differential privacy: updates are scaled down to this norm; 0: off
    noise: float = 0.0  # times ``clip``: standard deviation of the noise in the sum of updates
    delta: float = 1e-5
    seed: int = 1

    def __post_init__(self) -> None:
        problems = [*self._problems()]
        if problems:
            raise ConfigError("impossible federation: " + "; ".join(problems))

    def _problems(self) -> Iterator[str]:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                yield f"{name} is {getattr(self, name)!r}, expected {' or '.join(choices)}"
        for name, most in (("rounds", 10_000), ("clients", 10_000), ("steps", MOST_STEPS),
                           ("rank", MOST_RANK), ("most_examples", 10**12)):  # fmt: skip
            if not 1 <= getattr(self, name) <= most:
                yield f"{name} is {getattr(self, name)}, expected 1 to {most:,}"
        for name in ("patience", "timeout", "most_ratio"):
            if not getattr(self, name) > 0:
                yield f"{name} is {getattr(self, name)}, expected more than 0"
        if not 0 <= self.trim < 0.5:
            yield f"trim is {self.trim}, expected 0 to less than 0.5"
        if min(self.mu, self.clip, self.noise, self.most_norm) < 0:
            yield "mu, clip, noise and most_norm cannot be negative"
        if self.noise and not self.clip:
            yield "noise without clip promises nothing: give both"
        if self.noise and self.average != MEAN:
            yield "noise works only with average = mean"

    @property
    def norm_bound(self) -> float:
        """The norm beyond which an update is refused."""
        return self.most_norm or HONEST[self.way] * max(1.0, self.steps / HONEST_STEPS)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Plan:
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


@dataclass(frozen=True)
class Federation:
    """A plan, the model it begins with, and the folder of its rounds."""

    plan: Plan
    start: Path
    folder: Path

    def save(self, path: Path) -> Path:
        values = {"plan": self.plan.to_dict(), "start": str(self.start), "folder": str(self.folder)}
        path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        return path

    @classmethod
    def load(cls, path: Path) -> Federation:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            plan = Plan.from_dict(values["plan"])
            return cls(plan, Path(values["start"]), Path(values["folder"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{path}: not the settings of a federation: {error}") from error


def for_clients(plan: Plan, base: str) -> dict[str, str | int | float]:
    """The settings sent to clients; ``base`` is the digest of the initial weights."""
    return {
        "base": base,
        "way": plan.way,
        "rank": plan.rank,
        "steps": plan.steps,
        "mu": plan.mu if plan.strategy == FEDPROX else 0.0,
        "seed": plan.seed,
    }
