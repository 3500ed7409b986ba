"""Spreading units of work over this machine's cores, with a progress bar.

Units write their own results (see ``stages``); a runner only decides where and when they run.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

Call = tuple[Callable[..., None], tuple[Any, ...]]


def run_all(calls: Sequence[Call], workers: int, label: str) -> None:
    """Run all units, ``workers`` at a time; the first exception stops the run and is raised."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # one worker, one core
    if workers == 1:
        for function, arguments in _progress(calls, len(calls), label):
            function(*arguments)
        return
    context = multiprocessing.get_context("spawn")  # no half-copied threads of the parent
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(function, *arguments) for function, arguments in calls]
        for future in _progress(as_completed(futures), len(futures), label):
            future.result()


def _progress(items: Any, total: int, label: str) -> Any:
    from tqdm import tqdm

    return tqdm(items, desc=label, total=total, unit="package", disable=not sys.stderr.isatty())
