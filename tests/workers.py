"""Workers of a test run, forked from one process that has imported all tests.

pytest-xdist starts each worker as a program of its own, and each collects all tests: six times the
same imports. Here they are imported and collected once, and again by workers for whom every module
is there already. A worker is what it would be without this in all else: it has the files,
environment and folder that it was given (``tests/integrations/standing_in.py``).
"""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Sequence
from pathlib import Path

import execnet
import pytest

from tests.integrations.standing_in import stand_in


def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[execnet.XSpec]) -> None:
    """Let workers that would be started here, with this Python, be forked."""
    plain = [spec for spec in specs if spec.popen and not spec.python]
    for spec in plain:
        spec.python = shlex.join(stand_in(__name__, *config.args))


# In the process that is forked


def prepare(*paths: str) -> None:
    """Import what the workers will collect; what is wrong with it they will say."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        pytest.main([*paths, "--collect-only", "-n0"])


def main(*arguments: str) -> None:
    """What ``python`` does with these arguments: run the program after ``-c``."""
    exec(arguments[-1], {"__name__": "__main__"})
