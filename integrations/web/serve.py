"""Serves the built page on this computer, for trying; a web server does it for others.

Only files of the page's folder, only to this computer, and only under the names of this computer:
what another page sends here under a name of its own is refused. Knows nothing of models.
"""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PAGE = "index.html"
BUILT = Path(__file__).parent / "dist"
"""Where ``make web`` puts it."""

_NAMES = re.compile(r"(?:127\.0\.0\.1|localhost)(?::\d+)?")
_DIGEST = re.compile(r"-[0-9a-f]{10}\.\w+$")
_FOR_EVER, _ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"


class PageHandler(SimpleHTTPRequestHandler):
    """Files of one folder. Names with a digest never change, and may be kept for ever."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".wasm": "application/wasm",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".bin": "application/octet-stream",
    }
    server_version, sys_version = "codecomplete", ""

    def send_head(self) -> Any:
        if not _NAMES.fullmatch(self.headers.get("Host", "")):
            self.send_error(HTTPStatus.FORBIDDEN, "not a name of this computer")
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        is_named = _DIGEST.search(self.path.partition("?")[0])
        self.send_header("Cache-Control", _FOR_EVER if is_named else _ASK_AGAIN)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: whoever tries a page does not read a log."""


def server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server for a page's folder; ``port`` 0 is any that is free."""
    return ThreadingHTTPServer((HOST, port), partial(PageHandler, directory=str(folder)))
