"""Vim's JSON channel, as a job has it on its standard input and output: one array per line, a
number and what is said. Vim numbers what it says; number 0 from here is answered by nobody.

Knows lines and JSON; neither a process nor what the messages say.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

log = logging.getLogger("codecomplete")

UNNUMBERED = 0


def messages(lines: Iterable[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The verb and the message of each line; a line that has none is left out."""
    for line in lines:
        match _value(line):
            case [int(), [str(verb), dict(message)]]:
                yield verb, message
            case other:  # a line end inside, or a Vim that says something else
                log.debug("no message: %.80r", other)


def _value(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def sender(stream: BinaryIO) -> Callable[[str, dict[str, Any]], None]:
    """A function for ``Host`` that writes to ``stream``, from any thread; what Vim no longer reads
    is lost."""
    writing = threading.Lock()

    def send(verb: str, message: dict[str, Any]) -> None:
        line = json.dumps([UNNUMBERED, [verb, message]], separators=(",", ":")).encode() + b"\n"
        with writing:
            try:
                stream.write(line)
                stream.flush()
            except (OSError, ValueError) as error:
                log.debug("Vim is gone", exc_info=error)

    return send
