"""The forward step: one C source, compiled for several processors, and the same in numpy.

``open_kernel`` takes the best path that the machine can run. All paths give the same bits, so the
choice changes only the time. If no library was built, numpy does the work.
"""

from __future__ import annotations

import os
import warnings
from functools import cache
from typing import TYPE_CHECKING

from .native import MOST_ROWS, KernelUnavailable, Native
from .plan import make_plan

if TYPE_CHECKING:  # loaded where it is needed, which is hardly anywhere
    from .reference import Numpy

__all__ = ["MOST_ROWS", "KernelUnavailable", "Native", "make_plan", "open_kernel"]

NUMPY = "numpy"

VARIABLE = "CODECOMPLETE_KERNEL"
"""Names a path instead of the best one, for measuring and for tests."""


def open_kernel(path: str | None = None) -> Native | Numpy:
    """The kernel on a path, or on the best there is.

    Raises KernelUnavailable if a path is asked for by name that this machine does not run.
    """
    return _open(path or os.environ.get(VARIABLE) or None)


@cache
def _open(path: str | None) -> Native | Numpy:
    if path == NUMPY:
        return _numpy()
    try:
        return Native(path)
    except KernelUnavailable as error:
        if path is not None:
            raise
        warnings.warn(
            f"the compiled kernel is missing ({error}): numpy does its work, with the same results "
            "but slowly; install a wheel made for this machine, or install with a C compiler",
            RuntimeWarning,
            stacklevel=3,
        )
        return _numpy()


def _numpy() -> Numpy:
    from .reference import Numpy

    return Numpy()
