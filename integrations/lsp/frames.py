"""LSP's base protocol: bytes to message bodies, and back. Knows no JSON.

A faulty client must not silence the server: after an invalid header, the next valid one is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_HEADER = 8_192
MOST_BODY = 256_000_000
"""Bytes. No sensible message is larger, and a misread length must not exhaust the memory."""

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*([0-9]{1,12})[ \t]*(?:\r\n|\Z)", re.IGNORECASE)


class FramingError(Exception):
    """The stream is not LSP, and cannot become valid again."""


class Frames:
    """Collects bytes until they make a whole message."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._need: int | None = None  # bytes of the body, once its header has been read

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the bodies that ``data`` completes.

        A header without a length yields an empty body, which is not JSON, so that the client gets
        an error. Raises FramingError for a body of more than MOST_BODY bytes.
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
        """Remove a header from the data; False if it is not complete yet."""
        end = self._data.find(_END)
        if end < 0:
            del self._data[:-MOST_HEADER]  # no header is as long: it is the rest of something else
            return False
        # The last one: anything before it may be the rest of a body with a wrong length.
        found = _LENGTH.findall(bytes(memoryview(self._data)[max(0, end - MOST_HEADER) : end + 2]))
        del self._data[: end + len(_END)]
        self._need = int(found[-1]) if found else None
        if self._need is not None and self._need > MOST_BODY:
            raise FramingError(f"a message of {self._need} bytes; at most {MOST_BODY} are accepted")
        return True


def framed(body: bytes) -> bytes:
    """``body`` with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
