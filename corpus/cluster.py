"""The stages of a build as datatrove pipelines: on this machine, on Slurm, or on Ray.

A stage becomes one pipeline whose tasks are the stage's calls. A call's stamp, not datatrove's
completion marks, decides whether its work is done, so changed settings are never skipped. All
machines must have access to the work folder.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .build import Call, Stage
from .errors import CorpusError

DEFAULT_TIME = "24:00:00"


@dataclass(frozen=True, slots=True)
class RunCalls:
    """A datatrove pipeline step that runs the calls of one rank: every ``world_size``-th one."""

    calls: tuple[Call, ...]

    def __call__(self, data: Any, rank: int = 0, world_size: int = 1) -> Any:
        os.environ["TOKENIZERS_PARALLELISM"] = "false"  # a task uses one core
        for function, arguments in self.calls[rank::world_size]:
            function(*arguments)
        return data


def run_on_cluster(stages: Sequence[Stage], cluster: str, workers: int, logs: Path) -> None:
    """Run stages one after another on ``cluster``: "local", "ray" or "slurm".

    Jobs are only submitted to Slurm, each stage depending on the one before; partition and time
    limit are those of SBATCH_PARTITION and SBATCH_TIMELIMIT, as for sbatch itself. Raises
    CorpusError if datatrove or the cluster's own library is missing, or if no partition is set.
    """
    previous = None
    for stage in stages:
        executor = _executor(stage, cluster, workers, logs / stage.name, previous)
        executor.run()
        previous = executor


def _executor(stage: Stage, cluster: str, workers: int, logs: Path, previous: Any) -> Any:
    shared = {
        "pipeline": [RunCalls(stage.calls)],
        "tasks": len(stage.calls),
        "workers": min(workers, len(stage.calls)),
        "logging_dir": str(logs),
        "skip_completed": False,
    }
    try:
        if cluster == "slurm":
            from datatrove.executor import SlurmPipelineExecutor

            return SlurmPipelineExecutor(**shared, **_slurm(stage), depends=previous)
        if cluster == "ray":
            from datatrove.executor import RayPipelineExecutor

            return RayPipelineExecutor(**shared)
        from datatrove.executor import LocalPipelineExecutor

        return LocalPipelineExecutor(**shared)
    except ImportError as error:
        raise CorpusError(
            f"--cluster {cluster}: {error}; pip install 'codecomplete[cluster]'"
        ) from error


def _slurm(stage: Stage) -> dict[str, Any]:
    partition = os.environ.get("SBATCH_PARTITION")
    if not partition:
        raise CorpusError("--cluster slurm: set SBATCH_PARTITION to the partition to submit to")
    return {
        "time": os.environ.get("SBATCH_TIMELIMIT", DEFAULT_TIME),
        "partition": partition,
        "job_name": f"corpus-{stage.name}",
    }
