"""``program.py`` in a process in which an editor has run once, without a screen, to be forked: what
Textual works out for its first app it has for the next ones too. How a process does all that by
itself, tests see that start it as its user does.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from textual import _xterm_parser  # noqa: F401 - by the first editor that has a terminal

from codecomplete.integrations.edit import driver, first_screen, logs, terminal  # noqa: F401
from tests.integrations.edit import styles
from tests.integrations.edit.editing import editing
from tests.integrations.edit.program import main

__all__ = ["main"]

FOLDERS = ("CONFIG", "STATE", "CACHE", "DATA")


async def _an_editor() -> None:
    async with editing("x = 1\n", name="a.txt"):
        pass


def _warm_up() -> None:
    """Leaves no thread behind, and nothing in anybody's folders."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({f"XDG_{one}_HOME": str(Path(folder, one)) for one in FOLDERS})
        asyncio.run(_an_editor())


styles.keep_parsed()
_warm_up()
