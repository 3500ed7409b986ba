"""The hosts as users run them, each watched, in a home of its own: started, typed into, ended.

What they have in common: the packaged model, real keys, no ``CI`` in the environment, and a home
folder that holds nothing before.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path

from tests.integrations.lsp.raw import REAL, Raw
from tests.integrations.nvim import editor
from tests.integrations.terminal import DIM, EDITORS_DIM, ROOT, Terminal
from tests.patience import PATIENCE
from tests.privacy import tracing

LINES = ("import collecti", "def __ini", "return isinst", "except ImportEr")
TRUE_LINES = ("import collecti", "from json import dum", "print(sorte", "isinstan")
"""At a prompt, where nothing is suggested that the session does not know."""

WAIT = 8.0  # seconds for a suggestion, of a watched process on a busy machine
UNSET = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "IPYTHONDIR")  # as most users have them
EMBEDDING = """
import sys, time
from codecomplete import engine
model = engine.load()
session = model.session("python")
for line in sys.stdin:
    session.sync("import os\\n" + line.rstrip("\\n"))
    session.learn()
    found = session.suggest(threshold=0, deadline_ms=None)
    print(found is not None, flush=True)
"""


class Host(ABC):
    """``home`` is fresh, ``trace`` what strace writes. ``suggested`` counts what its user saw."""

    own_socket = ""
    lines = LINES

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.trace = folder / "trace"
        self.suggested = 0

    @property
    def watching(self) -> list[str]:
        return tracing.command(self.trace)

    @abstractmethod
    def start(self) -> None:
        """Returns at once."""

    @abstractmethod
    def type(self, line: str) -> None:
        """Type a line, wait a moment for what is suggested, and make room for the next."""

    @abstractmethod
    def end(self) -> None:
        """As a user ends it, and by force if that does not help."""


class Embedding(Host):
    """A program that has the engine in it."""

    def start(self) -> None:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [*self.watching, sys.executable, "-c", EMBEDDING],
            env=environment, cwd=self.home, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def type(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.suggested += self.process.stdout.readline() == "True\n"

    def end(self) -> None:
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(PATIENCE)


class _InTerminal(Host):
    ready, dim = "", frozenset(DIM)

    def start(self) -> None:
        python = [*self.watching, "env", *(f"--unset={name}" for name in UNSET), sys.executable]
        self.terminal = Terminal(self.home, *self.arguments(), program=python, dim=self.dim)

    @abstractmethod
    def arguments(self) -> list[str]:
        """Of Python."""

    def type(self, line: str) -> None:
        self.terminal.wait(lambda: self.ready in self.terminal.text(), 2 * PATIENCE)
        for key in line:
            self.terminal.send(key)
            self.terminal.read(0.02)
        until = time.monotonic() + WAIT
        while time.monotonic() < until and not self.terminal.ghost():
            self.terminal.read(0.05)
        self.suggested += bool(self.terminal.ghost())
        self.terminal.send(self.next_line)
        self.terminal.settle()

    def end(self) -> None:
        try:
            for keys in self.leaving:
                self.terminal.send(keys)
                self.terminal.settle()
            self.terminal.ended()
        finally:
            self.terminal.close()


class Repl(_InTerminal):
    lines = TRUE_LINES
    ready, next_line, leaving = "In [", "\x15", ("\x15", "exit\r")

    def arguments(self) -> list[str]:
        return ["-m", "codecomplete.integrations.prompt.repl"]


class CcEdit(_InTerminal):
    dim = frozenset(EDITORS_DIM)
    ready, next_line, leaving = "Ln ", "\x1b[F)\r", ("\x13", "\x11")

    def arguments(self) -> list[str]:
        path = self.home / "work" / "sample.py"
        path.parent.mkdir()
        path.write_text("import os\n\n")
        return ["-m", "codecomplete.integrations.edit", f"{path}:3"]


class LanguageServer(Host):
    """An editor's language client, which starts the server and asks at every key."""

    def start(self) -> None:
        bare = ("env", *(f"--unset={name}" for name in (*UNSET, "XDG_STATE_HOME", "CI")))
        self.server = Raw((*self.watching, *bare, *REAL), HOME=str(self.home))
        self.server.initialize({"textDocument": {"inlineCompletion": {}}})
        self.uri = (self.home / "sample.py").as_uri()
        self.server.open("import os\n", self.uri)
        self.row = 1

    def type(self, line: str) -> None:
        seen = False
        for column, key in enumerate(line):
            self.server.type(key, self.row, column, self.uri)
            seen |= bool(self.server.texts(self.row, column + 1, self.uri))
        self.suggested += seen
        self.server.type("\n", self.row, len(line), self.uri)
        self.row += 1

    def end(self) -> None:
        self.server.request("shutdown")
        self.server.notify("exit")
        self.server.close()


class Neovim(Host):
    """``program`` is one of those that are installed."""

    def __init__(self, folder: Path, program: str) -> None:
        super().__init__(folder)
        self.program = program
        self.own_socket = str(self.home / "nvim.sock")

    def start(self) -> None:
        self.editor = editor.Editor(
            self.program, self.home, command=editor.REAL, prefix=self.watching
        )
        self.editor.end_test()
        self.editor.open("import os\n\n", name=str(self.home / "sample.py"))

    def type(self, line: str) -> None:
        self.editor.begin_test()
        self.editor.keys("o", *line)
        with contextlib.suppress(AssertionError):
            self.editor.wait(self.editor.ghost, WAIT)
        self.suggested += bool(self.editor.ghost())
        self.editor.keys("<Esc>")
        self.editor.end_test()

    def end(self) -> None:
        self.editor.close()
