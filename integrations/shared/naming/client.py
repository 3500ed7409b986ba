"""Asks Jedi for names, without ever making the calling thread wait.

One question is under way at a time and at most one waits, the newest. Answers are cached by the
place where the name begins, so each further letter of it costs nothing. The process (``child.py``)
starts with the first question, is killed if it takes too long, and is not started again if it keeps
failing. Talks to it over pipes only.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from ..snapshot import Snapshot
from .places import Place, place_at

log = logging.getLogger("codecomplete")

MODULE = f"{__package__}.child"
LONGEST_CODE = 400_000  # characters of a file; longer ones are left alone
MOST_PLACES = 32  # in the cache
PATIENCE, FIRST_PATIENCE = 4.0, 20.0  # seconds for an answer, and for the first of a process
MOST_FAILURES = 3

Done = Callable[[], None]


class Namer(Protocol):
    """A source of names; called on the worker thread."""

    def names(self, snapshot: Snapshot, done: Done) -> Sequence[str] | None:
        """The names that are possible at the caret, in no order; empty if the source has none.

        None if they are not known yet: then ``done`` is called, on another thread, once they are,
        unless something else is asked meanwhile.
        """

    def close(self) -> None:
        """Nothing will be asked any more: free what is held."""


def is_installed() -> bool:
    """Whether Jedi is installed."""
    return find_spec("jedi") is not None


@dataclass
class _Question:
    key: tuple[Any, ...]
    snapshot: Snapshot
    place: Place
    done: Done

    def line(self) -> str:
        """The question for the child process, without the letters of the name typed so far."""
        code = self.place.stem + self.snapshot.after
        asked = {
            "code": code,
            "offset": len(self.place.stem),
            "path": self.snapshot.path,
            "root": self.snapshot.root,
            "kind": self.place.kind.value,
        }
        return json.dumps(asked) + "\n"


class Jedi:
    """Create once per host; costs nothing until Python is typed."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-P", "-m", MODULE)) -> None:
        self._command = command
        self._known: OrderedDict[tuple[Any, ...], list[str]] = OrderedDict()
        self._changed = threading.Condition()
        self._waiting: _Question | None = None
        self._running: _Question | None = None
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._closed = False
        self._installed: bool | None = None
        self.questions = 0  # answered by the process so far

    def names(self, snapshot: Snapshot, done: Done) -> Sequence[str] | None:
        """As ``Namer.names``."""
        if snapshot.language != "python" or not self._is_there():
            return ()
        place = place_at(snapshot.before)
        if place is None or len(snapshot.before) + len(snapshot.after) > LONGEST_CODE:
            return ()
        key = (snapshot.buffer, snapshot.path, place.kind, len(place.stem), hash(place.stem))
        with self._changed:
            known = self._known.get(key)
            if known is not None:
                return known
            self._ask(_Question(key, snapshot, place, done))
        return None

    def close(self) -> None:
        """As ``Namer.close``."""
        with self._changed:
            self._closed = True
            self._waiting = None
            self._changed.notify_all()
        self._end()  # or the thread does, if the process is only just starting

    def _is_there(self) -> bool:
        if self._installed is None:
            self._installed = is_installed()
        return self._installed and not self._closed and self._failures < MOST_FAILURES

    def _ask(self, question: _Question) -> None:
        if self._running is not None and self._running.key == question.key:
            self._running.done = question.done  # the same name, with more letters
            self._waiting = None
            return
        self._waiting = question
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._work, name="codecomplete names", daemon=True
            )
            self._thread.start()
        self._changed.notify_all()

    # On its own thread

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting is not None or self._closed)
                if self._closed:
                    return
                self._running, self._waiting = self._waiting, None
            question = self._running
            if question is not None:
                self._answer(question)

    def _answer(self, question: _Question) -> None:
        try:
            found = self._told(question)
            self._failures = 0
        except (OSError, ValueError) as error:
            self._end()
            self._failures += 1
            log.debug("Jedi gave no names", exc_info=error)
            found = []
        with self._changed:
            self.questions += 1
            self._known[question.key] = found
            while len(self._known) > MOST_PLACES:
                self._known.popitem(last=False)
            self._running = None
            done = question.done if self._waiting is None and not self._closed else None
        if done is not None:
            done()

    def _told(self, question: _Question) -> list[str]:
        """Ask the process. Raises ValueError or OSError if no answer comes in time."""
        is_first = self._process is None
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise ValueError("a process without pipes")
        late = threading.Timer(FIRST_PATIENCE if is_first else PATIENCE, process.kill)
        late.daemon = True
        late.start()
        try:
            process.stdin.write(question.line())
            process.stdin.flush()
            return [str(name) for name in json.loads(process.stdout.readline())["names"]]
        except (KeyError, TypeError) as error:
            raise ValueError("an answer without names") from error
        finally:
            late.cancel()

    def _started(self) -> subprocess.Popen[str]:
        """The process; ValueError if it is no longer wanted once it runs."""
        if (running := self._process) is not None:
            return running
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            start_new_session=os.name == "posix",  # Ctrl-C in the terminal must not reach it
        )
        with self._changed:
            self._process = process
            closed = self._closed
        if closed:
            raise ValueError("closed while the process was starting")  # which ends it
        return process

    def _end(self) -> None:
        with self._changed:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # flushing fails, as nobody reads any more
                    pipe.close()
