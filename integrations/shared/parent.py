"""Ends this process with the editor that started it. Knows no editor and no protocol."""

from __future__ import annotations

import os
import sys
import threading
import time

SECONDS = 0.5
"""Between two checks of whether the parent still runs."""
PARENT = "CODECOMPLETE_PARENT"


def end_with_parent() -> None:
    """End this process when its parent ends: others that the parent started may hold the pipes
    open, so that end-of-file never comes.

    A parent that ended before this was called has left this process to whatever adopts orphans: the
    system's first process, or a desktop's session manager. Editors therefore name themselves in an
    environment variable.
    """
    parent = os.getppid()
    named = os.environ.get(PARENT, "")
    editor = int(named) if named.isdecimal() else parent
    if has_ended(editor):
        os._exit(0)

    def watch() -> None:
        while os.getppid() == parent and not has_ended(editor):
            time.sleep(SECONDS)
        os._exit(0)

    threading.Thread(target=watch, name="codecomplete parent", daemon=True).start()


def has_ended(number: int) -> bool:
    """Whether there is no such process any more.

    Always False on Windows, where signal 0 does not only ask: there, the end of the pipes tells.
    """
    if sys.platform == "win32":
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it belongs to another user
        pass
    return False
