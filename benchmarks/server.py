"""The cost of the server: ``python -m benchmarks.server [PAGE]``.

Prints the table of docs/lsp.md; with PAGE, writes it there. A client over stdio and the suggester
in this process type the same keys in turns: a busy machine affects both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from codecomplete.integrations.lsp.positions import Encoding, Position
from codecomplete.integrations.lsp.text import Text
from codecomplete.integrations.shared.snapshot import Snapshot
from codecomplete.integrations.shared.suggester import Suggester
from tests.integrations.lsp.raw import INLINE, REAL, ROOT, URI, at, fake
from tests.integrations.nvim.fake_models import InstantModel
from tests.integrations.reference import tell

from .figures import memory_mb, with_p95

KEYS, STARTS = 300, 7
PAUSE = 0.02  # seconds between two keys
LETTERS = "bcdfgjklmnopqrsuvwxyz"
CODE = (
    "    for name in os.listdir(folder):",
    "        if name.startswith('.'):",
    "            continue",
    "        found.append(name)",
    "    return found",
)
PYTHON = "import os\n\n\ndef names(folder):\n    found = []\n"


class Pipe:
    """A minimal client, which blocks until its answer arrives."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._out = os.fdopen(os.dup(self.process.stdout.fileno()), "rb")
        self._number = 0
        capabilities = {"textDocument": {"inlineCompletion": {}}}
        self.request("initialize", {"processId": os.getpid(), "capabilities": capabilities})
        self.send("initialized", {})

    def send(self, method: str, params: object, **more: object) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def request(self, method: str, params: object) -> object:
        self._number += 1
        self.send(method, params, id=self._number)
        while True:
            length = int(self._out.readline().split(b":")[1])
            self._out.readline()
            message = json.loads(self._out.read(length))
            if message.get("id") == self._number:
                return message["result"]

    def open(self, text: str) -> None:
        document = {"uri": URI, "languageId": "python", "version": 1, "text": text}
        self.send("textDocument/didOpen", {"textDocument": document})

    def key(self, line: int, character: int, letter: str) -> float:
        """Milliseconds from a key to its answer."""
        place = {"line": line, "character": character}
        change = {"range": {"start": place, "end": place}, "text": letter}
        document = {"uri": URI, "version": character}
        start = time.perf_counter()
        self.send("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        self.request(INLINE, at(line, character + 1))
        return 1000 * (time.perf_counter() - start)

    def memory(self) -> float:
        """Its peak memory, in 10^6 bytes."""
        return memory_mb(self.process.pid)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self._out.close()
        self.process.stdout.close()


class Here:
    """The suggester in this process, which gets the text around the caret as from a host."""

    def __init__(self, text: str, suggester: Suggester) -> None:
        self.text, self.suggester = Text(text, Encoding.UTF_16), suggester

    def key(self, line: int, character: int, letter: str) -> float:
        place = Position(line, character)
        self.text.replace(place, place, letter)
        caret = Position(line, character + 1)
        snapshot = Snapshot(self.text.before(caret), self.text.after(caret), "python", URI)
        done = threading.Event()
        start = time.perf_counter()
        if self.suggester.follow(snapshot) is None:
            self.suggester.request(snapshot, lambda *_: done.set())
            done.wait(30)
        return 1000 * (time.perf_counter() - start)


def keys(lines: int, command: tuple[str, ...], suggester: Suggester, typed) -> dict:
    """Milliseconds per key in the middle of a file of so many lines, for both in turns."""
    text = "".join(f"    value_{n} = compute(value, {n})\n" for n in range(lines // 2))
    text += PYTHON + "\n" + text
    row = lines // 2 + PYTHON.count("\n")
    pipe, here = Pipe(command), Here(text, suggester)
    found = {"server": [], "here": []}
    try:
        pipe.open(text)
        pipe.key(row, 0, " ")
        here.key(row, 0, " ")
        time.sleep(3)  # until the file is learned
        for character, letter in enumerate(typed, 1):
            for name, one in (("server", pipe), ("here", here)):
                found[name].append(one.key(row, character, letter))
                time.sleep(PAUSE)
    finally:
        pipe.close()
    return found


def first(command: tuple[str, ...]) -> float:
    """Milliseconds from the start of the process to its first suggestion."""
    start = time.perf_counter()
    pipe = Pipe(command)
    try:
        pipe.open(PYTHON + "    for name in os.")
        pipe.request(INLINE, at(5, 19, kind=1))
        return 1000 * (time.perf_counter() - start)
    finally:
        pipe.close()


def greeting() -> float:
    """Milliseconds from the start of the process to its answer to initialize."""
    start = time.perf_counter()
    pipe = Pipe(REAL)
    took = 1000 * (time.perf_counter() - start)
    pipe.close()
    return took


def memory() -> tuple[float, float]:
    """10^6 bytes after the model is loaded, and after five lines of code were typed."""
    pipe = Pipe(REAL)
    try:
        pipe.open(PYTHON)
        pipe.request(INLINE, at(5, 0, kind=1))
        before = pipe.memory()
        for row, line in enumerate(CODE, 5):
            for character, letter in enumerate(line + "\n"):
                pipe.key(row, character, letter)
        return before, pipe.memory()
    finally:
        pipe.close()


def rows() -> Iterator[str]:
    yield "| measured | over stdio | suggester in the process | difference of medians |"
    yield "|---|---|---|---|"
    letters = [LETTERS[number % len(LETTERS)] for number in range(KEYS)]
    models = {
        "engine at once": (fake("instant"), lambda options: InstantModel(), letters),
        "packaged model": (REAL, None, "".join(CODE)[4:]),
    }
    for model, (command, load, typed) in models.items():
        suggester = Suggester(load=load)
        for lines in (200, 20_000):
            found = keys(lines, command, suggester, typed)
            difference = statistics.median(found["server"]) - statistics.median(found["here"])
            yield (
                f"| key to answer, {lines:,} lines, {model}, ms | {with_p95(found['server'], 2)} "
                f"| {with_p95(found['here'], 2)} | {difference:.2f} |"
            )
        suggester.close(1.0)
    yield f"| start to the answer to initialize, ms | {middle(greeting)} | | |"
    yield f"| start to the first suggestion, packaged model, ms | {middle(first, REAL)} | | |"
    loaded, typed = memory()
    yield f"| memory with the packaged model, loaded / typed, MB | {loaded:.0f} / {typed:.0f} | | |"


def middle(call, *arguments) -> str:
    return f"{statistics.median(call(*arguments) for _ in range(STARTS)):.0f}"


def main(page: str | None = None) -> None:
    tell(rows(), page)


if __name__ == "__main__":
    main(*sys.argv[1:])
