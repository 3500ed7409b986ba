"""Replays editing, and measures the memory that it leaves in use.

``python -m benchmarks.server_memory [KEYS]`` prints the memory of the server after every 1,000
keys; 36,000 keys are an hour of steady typing.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator

from tests.integrations.lsp.raw import INLINE, REAL, ROOT

from .figures import memory_mb
from .server import Pipe

HOUR = 36_000
STEP = 1_000
KEYS_PER_DOCUMENT = 700
LANGUAGES = {".py": "python", ".c": "c", ".java": "java"}


class Typist:
    """Types the sources of this project into one document after another, with typos, deletions,
    accepted suggestions and cancelled requests."""

    def __init__(self, pipe: Pipe, seed: int = 1) -> None:
        self.pipe, self.random = pipe, random.Random(seed)
        files = [*(ROOT / "examples").iterdir(), *sorted((ROOT / "engine").rglob("*.py"))]
        self.files = [path for path in files if path.suffix in LANGUAGES]
        self.suggested = 0

    def keys(self, count: int) -> Iterator[None]:
        while True:
            path = self.random.choice(self.files)
            uri = f"file:///replayed/{self.random.randrange(10**6)}{path.suffix}"
            self.text, self.version = "", 0
            document = {"uri": uri, "languageId": LANGUAGES[path.suffix], "version": 0, "text": ""}
            self.pipe.send("textDocument/didOpen", {"textDocument": document})
            for _ in self._document(path.read_text(encoding="utf-8"), uri):
                yield
                count -= 1
                if not count:
                    return
            self.pipe.send("textDocument/didClose", {"textDocument": {"uri": uri}})

    def _document(self, source: str, uri: str) -> Iterator[None]:
        for _ in range(KEYS_PER_DOCUMENT):
            if len(self.text) >= len(source):
                return
            if self.text and self.random.random() < 0.08:
                self._edit(uri, len(self.text) - 1, "")
            else:
                self._edit(uri, len(self.text), source[len(self.text)])
            found = self._ask(uri)
            if found and source.startswith(self.text + found):
                self._edit(uri, len(self.text), found)
            yield

    def _edit(self, uri: str, offset: int, new: str) -> None:
        """Replace everything from ``offset`` on by ``new``."""
        self.version += 1
        span = {"start": self._place(offset), "end": self._place(len(self.text))}
        self.text = self.text[:offset] + new
        self.pipe.send(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": self.version},
             "contentChanges": [{"range": span, "text": new}]},
        )  # fmt: skip

    def _ask(self, uri: str) -> str:
        asked = {"textDocument": {"uri": uri}, "position": self._place(len(self.text)),
                 "context": {"triggerKind": 2}}  # fmt: skip
        if self.random.random() < 0.2:
            number = f"cancelled {self.version}"
            self.pipe.send(INLINE, asked, id=number)
            self.pipe.send("$/cancelRequest", {"id": number})
        items = self.pipe.request(INLINE, asked)["items"]
        self.suggested += bool(items)
        return items[0]["insertText"] if items else ""

    def _place(self, offset: int) -> dict[str, int]:
        before = self.text[:offset]
        line = before.rpartition("\n")[2]
        return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}


def sizes(count: int, step: int) -> Iterator[tuple[float, int]]:
    """A real server's memory after every ``step`` of ``count`` keys, and how much it suggested."""
    pipe = Pipe(REAL)
    typist = Typist(pipe)
    try:
        for number, _ in enumerate(typist.keys(count), 1):
            if number % step == 0:
                yield memory_mb(pipe.process.pid, "VmRSS"), typist.suggested
    finally:
        pipe.close()


def main(count: str = str(HOUR)) -> None:
    start = time.monotonic()
    for number, (size, suggested) in enumerate(sizes(int(count), STEP), 1):
        passed = time.monotonic() - start
        print(f"{number * STEP:6} keys {size:6.1f} MB  {suggested} suggested  {passed:.0f} s",
              flush=True)  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
