"""Where the editor writes what went wrong: to a file, never to the terminal that is drawn on."""

from __future__ import annotations

import logging
from pathlib import Path


def place() -> Path:
    """The log, whether there is one or not."""
    import platformdirs

    return platformdirs.user_log_path("codecomplete", appauthor=False) / "edit.log"


class Quiet(logging.FileHandler):
    """A log that cannot be written is no news on the screen."""

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def to_file() -> None:
    """Write warnings and errors there from now on, if that can be done."""
    where = place()
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        handler = Quiet(where, delay=True, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger("codecomplete").addHandler(handler)
