"""The forward step: one C source, compiled for several processors, and the same in NumPy.

``open_kernel`` chooses the best path that the machine can run. All paths give the same bits, so the
choice changes only the time. If no library was built, NumPy does the work.
"""

from __future__ import annotations

import os
import warnings
from functools import cache
from typing import TYPE_CHECKING

from .native import MOST_ROWS, KernelUnavailable, Native
from .plan import make_plan

if TYPE_CHECKING:  # imported only where it is needed, which is rarely
    from .reference import Numpy

__all__ = ["MOST_ROWS", "KernelUnavailable", "Native", "make_plan", "open_kernel"]

NUMPY = "numpy"

VARIABLE = "CODECOMPLETE_KERNEL"
"""Names a path to use instead of the best one, for measurements and tests."""


def open_kernel(path: str | None = None) -> Native | Numpy:
    """The kernel on a path, by default on the best one.

    Raises KernelUnavailable if this machine does not run the path named.
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
