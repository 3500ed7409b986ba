"""A client that speaks JSON-RPC over a pipe by hand: it can do everything wrong.

Knows nothing of the server's code: framing and counting are its own.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]
URI = "file:///somewhere/open.py"
REAL = (sys.executable, "-m", "codecomplete.integrations.lsp")
INLINE, COMPLETION = "textDocument/inlineCompletion", "textDocument/completion"


def fake(mode: str = "quick") -> tuple[str, ...]:
    """The command of a server with the model of ``tests/integrations/fake.py``."""
    return (sys.executable, "-m", "tests.integrations.lsp.fake_serve", mode)


class Raw:
    """``received`` holds every message that came and was not waited for, in its order."""

    def __init__(self, command: tuple[str, ...] = fake(), **environment: str) -> None:
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=os.environ | environment,
        )  # fmt: skip
        self.received: list[dict[str, Any]] = []
        self.stderr = b""
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._number, self._version = 0, 0
        self._readers = [threading.Thread(target=read) for read in (self._read, self._read_errors)]
        for reader in self._readers:
            reader.start()

    # Sending

    def bytes(self, data: bytes) -> None:
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: Any) -> None:
        body = json.dumps(message).encode()
        self.bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def notify(self, method: str, params: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any = None) -> int:
        """Send a request and go on; returns its id."""
        self._number += 1
        self.send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._number

    def request(self, method: str, params: Any = None) -> Any:
        """The result of a request."""
        answer = self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    # Receiving

    def answer(self, number: int | None) -> dict[str, Any]:
        return self.wait(lambda message: "method" not in message and message["id"] == number)

    def answers(self, numbers: list[int]) -> dict[int, dict[str, Any]]:
        """The answers to many requests, each of which comes once."""
        found: dict[int, dict[str, Any]] = {}
        while len(found) < len(numbers):
            message = self._messages.get(timeout=PATIENCE)
            assert message is not None and message["id"] not in found
            found[message["id"]] = message
        assert set(found) == set(numbers)
        return found

    def notification(self, method: str) -> Any:
        return self.wait(lambda message: message.get("method") == method)["params"]

    def wait(self, wanted) -> dict[str, Any]:
        for message in self.received:
            if wanted(message):
                self.received.remove(message)
                return message
        while True:
            message = self._messages.get(timeout=PATIENCE)
            assert message is not None, f"the server ended: {self.stderr.decode()}"
            if wanted(message):
                return message
            self.received.append(message)

    def _read(self) -> None:
        out = self.process.stdout
        while header := out.readline():
            name, _, length = header.partition(b":")
            assert name == b"Content-Length", header
            assert out.readline() == b"\r\n"
            self._messages.put(json.loads(out.read(int(length))))
        self._messages.put(None)

    def _read_errors(self) -> None:
        while data := self.process.stderr.read1():
            self.stderr += data

    # Life

    def initialize(self, capabilities: Any = None, **more: Any) -> dict[str, Any]:
        params = {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **more}
        result = self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def ended(self) -> int:
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        with suppress(OSError):  # it may be gone already
            self.process.stdin.close()
        self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()

    # Documents

    def open(self, text: str, uri: str = URI, language: str = "python") -> None:
        document = {"uri": uri, "languageId": language, "version": 0, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, *changes: dict[str, Any], uri: str = URI) -> None:
        self._version += 1
        document = {"uri": uri, "version": self._version}
        params = {"textDocument": document, "contentChanges": list(changes)}
        self.notify("textDocument/didChange", params)

    def type(self, text: str, line: int, character: int, uri: str = URI) -> None:
        place = {"line": line, "character": character}
        self.change({"range": {"start": place, "end": place}, "text": text}, uri=uri)

    def nothing(self, line: int, character: int, uri: str = URI) -> bool:
        """Whether it is said that nothing is suggested, which is not the same as no answer."""
        return self.inline(line, character, uri) == {"items": []}

    def inline(self, line: int, character: int, uri: str = URI, kind: int = 2, **more: Any) -> Any:
        return self.request(INLINE, at(line, character, uri, kind, **more))

    def texts(self, line: int, character: int, uri: str = URI, kind: int = 2) -> list[str]:
        found = self.inline(line, character, uri, kind)
        return [item["insertText"] for item in found["items"]] if found else []


def at(line: int, character: int, uri: str = URI, kind: int = 2, **more: Any) -> dict[str, Any]:
    return {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": character},
        "context": {"triggerKind": kind, **more},
    }
