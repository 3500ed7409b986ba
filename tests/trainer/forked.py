"""Commands of the trainer in processes of their own, without loading PyTorch again.

A process that begins with ``python -m trainer`` spends three seconds of a processor on imports. One
that is forked from the tests has them already; it can be killed, told to stop and waited for like
any other. Nothing of the tests is left in it but what is imported and the environment.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from codecomplete.trainer import __main__ as trainer
from tests.patience import LONG

ROOT = Path(__file__).parents[2]
FORK = multiprocessing.get_context("fork")


class Forked:
    """A process that calls ``main`` and ends with what it returns; what it says is in ``log``."""

    def __init__(
        self,
        main: Callable[..., int],
        *arguments: Any,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.log = log
        given = (main, arguments, log, dict(environment or {}))
        self._process = FORK.Process(target=_run, args=given)
        with warnings.catch_warnings():  # other threads of the tests wait, and hold no lock
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, seconds: float = LONG) -> int:
        """Its exit status, once it has ended."""
        self._process.join(seconds)
        status = self._process.exitcode
        assert status is not None, f"it still runs: {self.said()}"
        return status

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


def command(
    *arguments: str | Path, log: Path, environment: Mapping[str, str] | None = None
) -> Forked:
    """``python -m trainer``, with one thread."""
    return Forked(trainer.main, [*map(str, arguments)], log=log, environment=environment)


def launched(
    processes: int, main: Callable[..., int], *arguments: Any, log: Path, folder: Path
) -> Forked:
    """The same call in several processes that PyTorch's launcher starts, as ``torchrun`` does."""
    return Forked(_launch, processes, main, arguments, folder, log=log)


def _launch(
    processes: int, main: Callable[..., int], arguments: tuple[Any, ...], folder: Path
) -> int:
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    config = LaunchConfig(
        1, 1, processes, run_id="tests", rdzv_backend="c10d", rdzv_endpoint="localhost:0",
        start_method="fork", max_restarts=0, logs_specs=DefaultLogsSpecs(str(folder)),
    )  # fmt: skip
    return max(elastic_launch(config, main)(*arguments).values())


def _run(
    main: Callable[..., int], arguments: tuple[Any, ...], log: Path, environment: dict[str, str]
) -> None:
    _say_into(log)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(ROOT)
    os.environ.update(environment)
    torch.set_num_threads(1)
    sys.exit(main(*arguments))


def _say_into(log: Path) -> None:
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout, sys.stderr = (open(at, "w", buffering=1, closefd=False) for at in (1, 2))  # noqa: SIM115
