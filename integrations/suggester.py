"""The half that every host shares: from what the user sees to a suggestion, off the UI thread.

One daemon thread, one request at a time, the newest wins: a request that is no longer wanted stops
between two steps of the model. What the user types or accepts of the last suggestion is answered at
once, without the model. A failing engine is logged once and never reaches the user's typing.

Hosts call ``request`` after an edit, ``follow`` first; they draw what is delivered only if the text
and the caret still are those of the request. Imports no host.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine import Model, Session, Suggestion

log = logging.getLogger("codecomplete")

MOST_SESSIONS = 4
FAILURES_BEFORE_REST = 3


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the user sees: the text around the caret, in which language, in which buffer."""

    before: str
    after: str = ""
    language: str | None = None
    buffer: Any = None  # any hashable name; each buffer has a session of its own


@dataclass(frozen=True)
class Options:
    """What a user may set, named alike in every host."""

    max_tokens: int = 32
    deadline_ms: float = 80.0
    threshold: float | None = None  # least confidence to show; None: the model's own
    debounce_ms: float = 0.0
    model: str | None = None  # model directory; None: the packaged one


class State(Enum):
    """What a status line shows."""

    OFF = "off"
    UNLOADED = "not loaded yet"
    LOADING = "loading"
    IDLE = "idle"
    BUSY = "busy"
    FAILED = "failed"


@dataclass
class Statistics:
    """Counted in this process only, never sent anywhere."""

    requests: int = 0
    shown: int = 0
    accepted: int = 0
    accepted_characters: int = 0
    last_ms: float = 0.0


Deliver = Callable[[Snapshot, "Suggestion | None"], None]
"""Called on the worker thread with the request's snapshot and what to show, if anything."""


@dataclass
class _Shown:
    """The last delivered suggestion, and the text it continues."""

    snapshot: Snapshot
    suggestion: Suggestion


def load_engine(options: Options) -> Model:
    """Import the engine and load its model: 0.1 s and more, so only when first needed."""
    import engine

    return engine.load(options.model)


class Suggester:
    """Create once per host; ``close`` it when the host ends. All methods return at once."""

    def __init__(
        self, options: Options | None = None, load: Callable[[Options], Model] = load_engine
    ) -> None:
        self.options = options or Options()
        self.statistics = Statistics()
        self.state = State.UNLOADED
        self.error: str | None = None  # why there are no suggestions, in one line
        self.model: Model | None = None
        self._load = load
        self._wanted = threading.Condition()
        self._request: tuple[Snapshot, Deliver] | None = None
        self._generation = 0
        self._closed = False
        self._enabled = True
        self._failures = 0
        self._shown: _Shown | None = None
        self._sessions: OrderedDict[tuple, Session] = OrderedDict()
        self._thread: threading.Thread | None = None

    # What hosts call, on their own thread

    def request(self, snapshot: Snapshot, deliver: Deliver) -> None:
        """Ask for a suggestion; replaces whatever was asked before."""
        if not self._enabled or self._closed:
            return
        with self._wanted:
            self._generation += 1
            self._request = (snapshot, deliver)
            self._shown = None
            self._start()
            self._wanted.notify()

    def follow(self, snapshot: Snapshot) -> Suggestion | None:
        """What is left of the last suggestion if the user typed or accepted its beginning.

        None if the text says something else; then the last suggestion is forgotten.
        """
        shown = self._shown
        if shown is None:
            return None
        rest = _rest(shown, snapshot)
        if rest is None:
            self._shown = None
        return rest

    def cancel(self) -> None:
        """Nothing is wanted any more: a running request stops, the last suggestion is forgotten."""
        with self._wanted:
            self._generation += 1
            self._request = None
            self._shown = None

    def accepted(self, text: str) -> None:
        """Count an accept; the host has inserted ``text``."""
        self.statistics.accepted += 1
        self.statistics.accepted_characters += len(text)

    def enable(self, on: bool) -> None:
        """Switch suggestions on or off; switching on tries a failed engine again."""
        self.cancel()
        self._enabled, self._failures, self.error = on, 0, None
        loaded = State.IDLE if self.model is not None else State.UNLOADED
        self.state = loaded if on else State.OFF

    @property
    def enabled(self) -> bool:
        return self._enabled

    def forget(self, buffer: Any) -> None:
        """Drop the session of a buffer that was closed."""
        with self._wanted:
            for key in [key for key in self._sessions if key[0] == buffer]:
                del self._sessions[key]

    def close(self) -> None:
        """Stop the thread; does not wait for it."""
        self._closed = True
        self.cancel()
        with self._wanted:
            self._wanted.notify()

    # The worker

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="codecomplete", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while not self._closed:
            with self._wanted:
                while self._request is None and not self._closed:
                    self._wanted.wait()
                if self._closed:
                    return
                (snapshot, deliver), generation = self._request, self._generation
                self._request = None
            self._serve(snapshot, deliver, generation)

    def _serve(self, snapshot: Snapshot, deliver: Deliver, generation: int) -> None:
        try:
            self._pause()
            if self._stale(generation) or not self._ready():
                return
            self.state = State.BUSY
            self._suggest(snapshot, deliver, generation)
            self._failures = 0
        except Exception as error:  # nothing that fails here may disturb the user's typing
            self._failed(snapshot, error)
        finally:
            if self.state is State.BUSY:
                self.state = State.IDLE

    def _pause(self) -> None:
        if self.options.debounce_ms:
            time.sleep(self.options.debounce_ms / 1000)

    def _stale(self, generation: int) -> bool:
        return self._closed or generation != self._generation

    def _ready(self) -> bool:
        """Load the model if need be; False if it cannot be had."""
        if self.model is None and self.state is not State.FAILED:
            self.state = State.LOADING
            self.model = self._load(self.options)
        return self.model is not None

    def _suggest(self, snapshot: Snapshot, deliver: Deliver, generation: int) -> None:
        from engine import Stopped

        session = self._session(snapshot)
        start = time.perf_counter()

        def stop() -> bool:
            return self._stale(generation)

        try:
            session.sync(snapshot.before, snapshot.after, stop=stop)
            suggestion = session.suggest(
                self.options.max_tokens, self.options.deadline_ms, self.options.threshold, stop=stop
            )
            self._deliver(snapshot, suggestion, deliver, generation, start)
            session.learn(stop=stop)
        except Stopped:
            return

    def _session(self, snapshot: Snapshot) -> Session:
        key = (snapshot.buffer, snapshot.language)
        with self._wanted:
            session = self._sessions.pop(key, None) or self.model.session(snapshot.language)
            self._sessions[key] = session
            while len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)
        return session

    def _deliver(
        self,
        snapshot: Snapshot,
        suggestion: Suggestion | None,
        deliver: Deliver,
        generation: int,
        start: float,
    ) -> None:
        with self._wanted:
            if self._stale(generation):
                return
            self._shown = _Shown(snapshot, suggestion) if suggestion is not None else None
        self.statistics.requests += 1
        self.statistics.shown += suggestion is not None
        self.statistics.last_ms = 1000 * (time.perf_counter() - start)
        deliver(snapshot, suggestion)

    def _failed(self, snapshot: Snapshot, error: Exception) -> None:
        self._failures += 1
        self._sessions.pop((snapshot.buffer, snapshot.language), None)
        if self.error is None:
            self.error = f"{type(error).__name__}: {error}"
            log.error("suggestions failed: %s", self.error, exc_info=error)
        if self.model is None or self._failures >= FAILURES_BEFORE_REST:
            self.state = State.FAILED
            self._enabled = False


def _rest(shown: _Shown, snapshot: Snapshot) -> Suggestion | None:
    was = shown.snapshot
    same_place = replace(was, before=snapshot.before) == snapshot
    if not same_place or not snapshot.before.startswith(was.before):
        return None
    typed = snapshot.before[len(was.before) :]
    return shown.suggestion.typed(typed) if typed else shown.suggestion
