"""Commands of the trainer in processes of their own, which do not load PyTorch again.

A process that begins with ``python -m trainer`` spends three seconds of a processor on imports;
these are forked from one that has done them (``tests/forking.py``).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import torch
import torch._dynamo  # a second of a processor, with the first step of an optimiser

from codecomplete.trainer import __main__ as trainer
from codecomplete.trainer.federated import command as _federated  # noqa: F401 - what it loads
from codecomplete.trainer.runs import training as _training  # noqa: F401
from tests.forking import Program, serving
from tests.patience import LONG


class Forked:
    """A process that calls ``module:function`` with strings, and ends with what it returns; what
    it says is in ``log``."""

    def __init__(
        self,
        call: str,
        *arguments: str | Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.log = log
        whole = os.environ | {"OMP_NUM_THREADS": "1"} | dict(environment or {})
        self._server = serving(__name__)
        with log.open("ab") as file:
            program = Program(call, [*map(str, arguments)], whole)
            self._pid = self._server.start(program, file.fileno())

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        return self._status(0)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def wait(self, seconds: float = LONG) -> int:
        """Its exit status, once it has ended."""
        status = self._status(seconds)
        assert status is not None, f"it still runs: {self.said()}"
        return status

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def _status(self, seconds: float) -> int | None:
        status = self._server.status(self._pid, seconds)
        return None if status is None else os.waitstatus_to_exitcode(status)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self._pid, number)


def command(*arguments: str | Path, log: Path) -> Forked:
    """``python -m trainer``, with one thread."""
    return Forked(f"{__name__}:main", *arguments, log=log)


def launched(processes: int, call: str, *arguments: str, log: Path, folder: Path) -> Forked:
    """The same call in several processes that PyTorch's launcher starts, as ``torchrun`` does."""
    return Forked(f"{__name__}:launch", str(processes), call, folder, *arguments, log=log)


# In the new process


def main(*arguments: str) -> int:
    torch.set_num_threads(1)
    return trainer.main([*arguments])


def launch(processes: str, call: str, folder: str, *arguments: str) -> int:
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    module, _, function = call.partition(":")
    config = LaunchConfig(
        1, 1, int(processes), run_id="tests", rdzv_backend="c10d", rdzv_endpoint="localhost:0",
        start_method="fork", max_restarts=0, logs_specs=DefaultLogsSpecs(folder),
    )  # fmt: skip
    torch.set_num_threads(1)
    called = elastic_launch(config, getattr(import_module(module), function))
    return max(called(*arguments).values())
