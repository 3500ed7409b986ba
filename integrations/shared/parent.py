"""Ends this process with the editor that started it. Knows no editor and no protocol."""

from __future__ import annotations

import os
import threading
import time

SECONDS = 0.5
"""Between two checks of whether the parent still runs."""
PARENT, FIRST_PROCESS = "CODECOMPLETE_PARENT", 1


def end_with_parent() -> None:
    """End this process when its parent ends: others that the parent started may hold the pipes
    open, so that end-of-file never comes.

    If the parent had already ended, this process belongs to the system's first process; the
    environment variable in which editors name themselves tells.
    """
    parent = os.getppid()
    named = os.environ.get(PARENT, str(parent))
    if parent == FIRST_PROCESS and named != str(parent):
        os._exit(0)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(SECONDS)
        os._exit(0)

    threading.Thread(target=watch, name="codecomplete parent", daemon=True).start()
