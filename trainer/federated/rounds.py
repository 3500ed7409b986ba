"""The rounds of a federation on disk: the common arrays, and every client's report of each round.

Written after every round, completely or not at all, so that a stopped server continues after the
last complete round. Uses no pickle. Knows numbers and names of clients, nothing of their code.
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
    """One round: the clients asked, their answers, and the updates refused."""

    number: int
    asked: int = 0
    answered: int = 0
    missing: int = 0  # clients that did not answer
    failed: dict[str, str] = field(default_factory=dict)  # client: the error it reported
    refused: dict[str, str] = field(default_factory=dict)  # client: why its update was refused
    before: dict[str, float] = field(default_factory=dict)  # client: held-out loss at the start
    after: dict[str, float] = field(default_factory=dict)  # client: after its own steps
    common: dict[str, float] = field(default_factory=dict)  # client: of the new common model
    epsilon: float | None = None  # of all rounds so far together
    changed: bool = False  # whether the common arrays have changed

    def line(self) -> str:
        """The round as a line of text."""
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
    """The rounds in one folder."""

    folder: Path
    history: list[Round] = field(default_factory=list)
    arrays: Arrays | None = None
    owner: str = ""

    @classmethod
    def opened(cls, folder: Path) -> Rounds:
        """The rounds in a folder, which may be none. Raises CheckpointError if it is damaged."""
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
        """Claim these rounds for this process: another one that still runs may write no more."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.owner = uuid.uuid4().hex
        (self.folder / OWNER).write_text(self.owner, encoding="utf-8")

    def require_own(self) -> None:
        """Raise StoppedError if another process has claimed them meanwhile."""
        found = (self.folder / OWNER).read_text("utf-8") if self.owner else self.owner
        if found != self.owner:
            raise StoppedError(f"{self.folder}: another process is running these rounds")

    @property
    def done(self) -> int:
        """The number of complete rounds."""
        return len(self.history)

    def append(self, round_: Round, arrays: Arrays) -> None:
        """Store one more round, with its resulting arrays."""
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
