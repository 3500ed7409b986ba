"""LSP's base protocol: bytes in, bodies of messages out, and back. Knows no JSON.

A client with a fault must not silence the server: after a header that makes no sense, the next one
that does is found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_HEADER = 8_192
MOST_BODY = 256_000_000
"""Bytes. Nothing sensible is larger, and a length that was misread must not eat all memory."""

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*([0-9]{1,12})[ \t]*(?:\r\n|\Z)", re.IGNORECASE)


class FramingError(Exception):
    """The stream is no LSP, and there is no hope that it becomes one."""


class Frames:
    """What has been read and is not yet a whole message."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._need: int | None = None  # of the body that is being read, if its header was

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bodies that ``data`` completes.

        A header without a length yields an empty body, which is no JSON: so the client is told.
        Raises FramingError for a body that is larger than any message.
        """
        self._data += data
        while True:
            if self._need is None and not self._header():
                return
            if self._need is None:
                yield b""
            elif len(self._data) < self._need:
                return
            else:
                body = bytes(memoryview(self._data)[: self._need])
                del self._data[: self._need]
                self._need = None
                yield body

    def _header(self) -> bool:
        """Take a header off the data; False if it is not all there yet."""
        end = self._data.find(_END)
        if end < 0:
            del self._data[:-MOST_HEADER]  # no header is as long: it is the rest of something else
            return False
        # The last one: what stands before it may be the rest of a body with a wrong length.
        found = _LENGTH.findall(bytes(memoryview(self._data)[max(0, end - MOST_HEADER) : end + 2]))
        del self._data[: end + len(_END)]
        self._need = int(found[-1]) if found else None
        if self._need is not None and self._need > MOST_BODY:
            raise FramingError(f"a message of {self._need} bytes; at most {MOST_BODY} are accepted")
        return True


def framed(body: bytes) -> bytes:
    """``body`` as it travels."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
