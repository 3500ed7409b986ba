"""The rounds of a federation on disk: the common arrays and what every client said of each round.

Written after every round, whole or not at all, so that a server that was ended goes on with the
round after the last one that is complete. No pickle. Knows numbers and names of clients, nothing of
theirs.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codecomplete.corpus.documents import read_json, sha256_of, write_json

from ..errors import CheckpointError, StoppedError

HISTORY, OWNER = "rounds.json", "owner"

Arrays = dict[str, NDArray[Any]]


@dataclass
class Round:
    """One round: who was asked, who answered what, and what was not believed."""

    number: int
    asked: int = 0
    answered: int = 0
    missing: int = 0  # asked, and never answered
    failed: dict[str, str] = field(default_factory=dict)  # client: what it said went wrong
    refused: dict[str, str] = field(default_factory=dict)  # client: why it is not believed
    before: dict[str, float] = field(default_factory=dict)  # client: held-out loss as sent
    after: dict[str, float] = field(default_factory=dict)  # client: after its own steps
    common: dict[str, float] = field(default_factory=dict)  # client: of the new common model
    epsilon: float | None = None  # what all rounds so far promise together
    changed: bool = False  # whether the common arrays did

    def line(self) -> str:
        """The round for people."""
        parts = [f"round {self.number:3}  {self.answered} of {self.asked} clients"]
        if self.missing:
            parts.append(f"{self.missing} missing")
        if self.refused:
            parts.append(f"{len(self.refused)} refused ({'; '.join(self.refused.values())})")
        if self.failed:
            parts.append(f"{len(self.failed)} failed ({'; '.join(self.failed.values())})")
        if self.before and self.common:
            shared = [name for name in self.common if name in self.before]
            mean = [float(np.mean([losses[name] for name in shared])) if shared else float("nan")
                    for losses in (self.before, self.common)]  # fmt: skip
            parts.append(f"mean held-out loss {mean[0]:.4f} → {mean[1]:.4f}")
        if not self.changed:
            parts.append("nothing was learned")
        if self.epsilon is not None:
            parts.append(f"epsilon {self.epsilon:.2f}")
        return ", ".join(parts)


@dataclass
class Rounds:
    """What is kept in one folder."""

    folder: Path
    history: list[Round] = field(default_factory=list)
    arrays: Arrays | None = None
    owner: str = ""

    @classmethod
    def opened(cls, folder: Path) -> Rounds:
        """What is there; nothing where no round was finished. CheckpointError if it is damaged."""
        path = folder / HISTORY
        if not path.is_file():
            return cls(folder)
        try:
            values = read_json(path)
            history = [Round(**row) for row in values["rounds"]]
            name, digest = values["arrays"], values["sha256"]
            if sha256_of(folder / name) != digest:
                raise CheckpointError(f"{folder / name} was altered; restore it from a copy")
            with np.load(folder / name, allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CheckpointError(f"{path}: the rounds cannot be read: {error}") from error
        return cls(folder, history, arrays)

    def claim(self) -> None:
        """Let these rounds be ours: whoever was at them before, and lives on, may write no more."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.owner = uuid.uuid4().hex
        (self.folder / OWNER).write_text(self.owner, encoding="utf-8")

    def require_own(self) -> None:
        """StoppedError if somebody else has claimed them in the meantime."""
        found = (self.folder / OWNER).read_text("utf-8") if self.owner else self.owner
        if found != self.owner:
            raise StoppedError(f"{self.folder}: another process is running these rounds")

    @property
    def done(self) -> int:
        """Rounds that are complete."""
        return len(self.history)

    def append(self, round_: Round, arrays: Arrays) -> None:
        """Keep one more round and the arrays that it ended with."""
        self.require_own()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.history, self.arrays = [*self.history, round_], arrays
        name = f"arrays-{self.done:05}.npz"
        partial = self.folder / f".{name}"
        with partial.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # names of arrays are not options
            file.flush()
            os.fsync(file.fileno())
        partial.rename(self.folder / name)
        rows = [asdict(row) for row in self.history]
        digest = sha256_of(self.folder / name)
        write_json(self.folder / HISTORY, {"rounds": rows, "arrays": name, "sha256": digest})
        for old in sorted(self.folder.glob("arrays-*.npz"))[:-2]:
            old.unlink()
