"""Serves the built page on this computer, to try it; to publish it, use a web server.

Serves only files of the page's folder and of the given models, only to this computer, and only
under this computer's names: a page that sends requests under its own host name (DNS rebinding) is
refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from codecomplete.engine import Model

HOST = "127.0.0.1"
PAGE = "index.html"
BUILT = Path(__file__).parent / "built"
"""The page without a model, where ``make web`` puts it; wheels contain it."""

_NAMES = re.compile(r"(?:127\.0\.0\.1|localhost)(?::\d+)?")
_DIGEST = re.compile(r"-[0-9a-f]{10}\.\w+$")
_FOR_EVER, _ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
_NO_MODELS = '"models":[]'
_OF_A_SPECIALIST = ("model.json", "weights.bin", "gate.json")
_OWN = (*_OF_A_SPECIALIST, "tokenizer.json")


class PageHandler(SimpleHTTPRequestHandler):
    """Serves the files of one folder, and some others. Files with a digest in their names never
    change, and may be cached for ever.
    """

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".wasm": "application/wasm",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".bin": "application/octet-stream",
    }
    server_version, sys_version = "codecomplete", ""

    def __init__(
        self, *arguments: Any, files: Mapping[str, Path], page: bytes | None, **options: Any
    ) -> None:
        self._files, self._page = files, page
        super().__init__(*arguments, **options)

    def send_head(self) -> Any:
        if not _NAMES.fullmatch(self.headers.get("Host", "")):
            self.send_error(HTTPStatus.FORBIDDEN, "not a name of this computer")
            return None
        if self._page is not None and self._path in ("/", f"/{PAGE}"):
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(self._page)))
            self.end_headers()
            return BytesIO(self._page)
        return super().send_head()

    def translate_path(self, path: str) -> str:
        found = self._files.get(unquote(self._path).removeprefix("/"))
        return super().translate_path(path) if found is None else str(found)

    @property
    def _path(self) -> str:
        return self.path.partition("?")[0]

    def list_directory(self, path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        is_named = _DIGEST.search(self._path)
        self.send_header("Cache-Control", _FOR_EVER if is_named else _ASK_AGAIN)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: nobody who tries a page reads a log."""


def server(folder: Path, port: int = 0, models: Iterable[Model] = ()) -> ThreadingHTTPServer:
    """A server for a page's folder; ``port`` 0 is any free port.

    ``models`` are added to a page that was built without any.
    """
    served = {f"{number} {model.name}": model for number, model in enumerate(models, 1)}
    files = {
        f"models/{name}/{path}": model.directory.path / path
        for name, model in served.items()
        for path in _paths(model)
    }
    page = _with_models(folder / PAGE, served) if served else None
    handler = partial(PageHandler, directory=str(folder), files=files, page=page)
    return ThreadingHTTPServer((HOST, port), handler)


def _with_models(page: Path, models: Mapping[str, Model]) -> bytes:
    """The page's bytes, with the models that it may load and the addresses of their files."""
    rows = [
        {
            "name": name,
            "label": model.name,
            "files": {path: {"url": f"models/{name}/{path}"} for path in _paths(model)},
        }
        for name, model in models.items()
    ]
    listed = json.dumps(rows).replace("<", "\\u003c")
    return page.read_text("utf-8").replace(_NO_MODELS, f'"models":{listed}', 1).encode()


def _paths(model: Model) -> list[str]:
    """The files of a model directory that a page loads, by their paths in it."""
    directory = model.directory
    folders = sorted({path.name for path in directory.specialists.values()})
    further = [f"specialists/{folder}/{name}" for folder in folders for name in _OF_A_SPECIALIST]
    return [path for path in (*_OWN, *further) if (directory.path / path).is_file()]
