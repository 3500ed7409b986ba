"""Ends this process with the editor that started it; tells when another process has ended. Knows no
editor and no protocol."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Callable

SECONDS = 0.5
"""Between two checks of whether a process still runs, where the system does not tell."""
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
    for process in {parent, int(named) if named.isdecimal() else parent}:
        when_ended(process, lambda: os._exit(0))


def when_ended(process: int, call: Callable[[], object]) -> None:
    """Call ``call`` when a process has ended: on a thread, or at once if there is none."""
    if has_ended(process):
        call()
        return

    def watch() -> None:
        wait_for_end(process)
        call()

    threading.Thread(target=watch, name=f"codecomplete end of {process}", daemon=True).start()


def wait_for_end(process: int) -> None:
    """Return when a process has ended: at once on Linux, elsewhere within ``SECONDS`` of the moment
    in which its own parent has asked about it, or has left us to another, if it is ours."""
    ours = os.getppid()
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    except (AttributeError, OSError):  # not Linux, or an old one
        while not has_ended(process) and (process != ours or os.getppid() == ours):
            time.sleep(SECONDS)
    else:
        select.select([handle], [], [])
        os.close(handle)


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
