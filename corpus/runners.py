"""Runs the calls of a stage on several workers, with a progress bar.

Calls write their own results and skip what is done (see ``stages``); a runner only decides where
and when they run. For several machines, see ``cluster``.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

from .build import Call, Stage

T = TypeVar("T")


def run(stages: Iterable[Stage], workers: int) -> None:
    """Run stages one after another, with ``workers`` calls of each at a time.

    The first exception stops the run, and is raised.
    """
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # a worker uses one core
    for stage in stages:
        _run_stage(stage.calls, min(workers, len(stage.calls)), stage.name)


def _run_stage(calls: Sequence[Call], workers: int, name: str) -> None:
    if workers == 1:
        for function, arguments in _progress(calls, len(calls), name):
            function(*arguments)
        return
    context = multiprocessing.get_context("spawn")  # no half-copied threads of the parent
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(function, *arguments) for function, arguments in calls]
        for future in _progress(as_completed(futures), len(futures), name):
            future.result()


def _progress(items: Iterable[T], total: int, name: str) -> Iterator[T]:
    from tqdm import tqdm

    return iter(tqdm(items, desc=name, total=total, disable=not sys.stderr.isatty()))
