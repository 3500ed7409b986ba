"""The editor's log: a file, never the terminal that the editor draws on."""

from __future__ import annotations

import logging
from pathlib import Path


def place() -> Path:
    """The path of the log, which may not exist yet."""
    import platformdirs

    return platformdirs.user_log_path("codecomplete", appauthor=False) / "edit.log"


class Quiet(logging.FileHandler):
    """A handler that ignores failed writes: reporting them would write on the screen."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def to_file() -> None:
    """Log warnings and errors to the file from now on; without a log folder, do nothing."""
    where = place()
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        handler = Quiet(where, delay=True, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger("codecomplete").addHandler(handler)
