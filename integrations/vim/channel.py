"""Vim's JSON channel on a job's standard input and output: an array per line, of a number and the
content. Vim numbers its messages; those from here have number 0, and no answer.

Knows lines and JSON, but no process and nothing of what messages mean.
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
    """The verb and the message in each line; lines without them are skipped."""
    for line in lines:
        match _value(line):
            case [int(), [str(verb), dict(message)]]:
                yield verb, message
            case other:  # a line end inside, or another kind of message
                log.debug("no message: %.80r", other)


def _value(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def sender(stream: BinaryIO) -> Callable[[str, dict[str, Any]], None]:
    """A function for ``Host`` that writes to ``stream``, from any thread; ignores that Vim is
    gone."""
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
