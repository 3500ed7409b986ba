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
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from codecomplete import engine
from codecomplete.engine import Stopped, Suggestion, before_secrets, is_private

from . import project
from .unwanted import Unwanted

if TYPE_CHECKING:
    from codecomplete.engine import Model, Session

log = logging.getLogger("codecomplete")
log.addHandler(logging.NullHandler())  # a terminal shows no log unless its user asks for it

MOST_SESSIONS = 4
FAILURES_BEFORE_REST = 3
IDLE_PAUSE = 0.05  # seconds without a request between two slices of reading the project
LONGEST_LINE = 1_000  # characters before the caret that are looked at for its line
REFINED_MS = 1_000.0  # for a suggestion that its deadline has cut short, while the caret rests
MOST_LOAD = 3.0  # seconds that the end of the process waits for a load that it interrupts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the user sees: the text around the caret, in which language, in which buffer."""

    before: str
    after: str = ""
    language: str | None = None
    buffer: Any = None  # any hashable name; each buffer has a session of its own
    start: int = 0  # where in ``before`` the text that the user edits begins
    path: str | None = None  # of the file on disk, if the text has one
    root: str | None = None  # the folder that the host has open around it, if it knows one

    @property
    def line(self) -> str:
        """What stands before the caret on its line."""
        return self.before[-LONGEST_LINE:].rpartition("\n")[2]


def option(default: Any, help: str, **more: Any) -> Any:
    """A field of an options class, with the sentence that hosts and documents show for it."""
    return field(default=default, metadata={"help": help, **more})


@dataclass(frozen=True)
class Options:
    """What a user may set, named alike in every host."""

    max_tokens: int = option(32, "Longest suggestion, in tokens of the model.")
    deadline_ms: float = option(
        80.0, "Milliseconds for one suggestion; then the words found so far are shown."
    )
    threshold: float | None = option(
        None, "Least confidence to show, 0 to 1; none: the model's own threshold."
    )
    debounce_ms: float = option(0.0, "Pause after the last key before the model is asked.")
    project: bool = option(
        True, "Learn from the files beside the open one, unless git ignores them."
    )
    model: str | None = option(
        None, "Model directory; none: the one you have chosen, else the packaged model."
    )


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
    withheld: int = 0  # suggested, but not true in the host's session
    accepted: int = 0
    accepted_characters: int = 0
    last_ms: float = 0.0


Deliver = Callable[[Snapshot, Suggestion | None], None]
"""Called on the worker thread with the request's snapshot and what to show, if anything."""

DeliverAll = Callable[[Snapshot, list[Suggestion]], None]
"""The same for alternatives."""

Judge = Callable[[Snapshot, Suggestion], Suggestion | None]
"""What a host knows and the model does not: the suggestion to show instead, or none."""


@dataclass
class _Shown:
    """The last delivered suggestion, and the text it continues."""

    snapshot: Snapshot
    suggestion: Suggestion
    accepted: bool = False


@dataclass(frozen=True)
class _Preparation:
    """Only load the model."""


@dataclass(frozen=True)
class _First:
    """Asked for: the suggestion for a snapshot."""

    snapshot: Snapshot
    deliver: Deliver
    threshold: float | None = None  # least confidence for this one; none: as the options say

    def deliver_nothing(self) -> None:
        self.deliver(self.snapshot, None)


@dataclass(frozen=True)
class _Others:
    """Asked for: further suggestions beside the first."""

    snapshot: Snapshot
    deliver: DeliverAll
    count: int

    def deliver_nothing(self) -> None:
        self.deliver(self.snapshot, [])


_Question = _First | _Others
_Job = _Preparation | _Question


def load_engine(options: Options) -> Model:
    """Load the model, and with it the engine's runtime: only when it is first needed."""
    return engine.load(options.model)


class Suggester:
    """Create once per host; ``close`` it when the host ends. All methods return at once."""

    def __init__(
        self,
        options: Options | None = None,
        load: Callable[[Options], Model] | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.options = options or Options()
        self.statistics = Statistics()
        self.state = State.UNLOADED
        self.error: str | None = None  # why there are no suggestions, in one line
        self.model: Model | None = None
        self._load = load or load_engine
        self._judge = judge
        self._wanted = threading.Condition()
        self._request: _Job | None = None
        self._generation = 0
        self._closed = False
        self._enabled = True
        self._reload = False
        self._failures = 0
        self._shown: _Shown | None = None
        self._sessions: OrderedDict[tuple[Any, str | None], Session] = OrderedDict()
        self._projects: project.Projects | None = None
        self._thread: threading.Thread | None = None
        self._unwanted, self._deciding = Unwanted(), threading.Lock()

    # What hosts call, on their own thread

    def request(self, snapshot: Snapshot, deliver: Deliver, threshold: float | None = None) -> bool:
        """Ask for a suggestion; replaces whatever was asked before.

        Unless replaced or cancelled, it is answered; False if it will not be. ``threshold`` stands
        in for the options' where the user asked for this one.
        """
        return self._ask(_First(snapshot, deliver, threshold))

    def alternatives(self, snapshot: Snapshot, deliver: DeliverAll, count: int = 3) -> bool:
        """Ask for further suggestions beside the one shown, best first; there may be none."""
        return self._ask(_Others(snapshot, deliver, count))

    def prepare(self) -> None:
        """Load the model now, on the worker, so that the first suggestion need not wait for it."""
        if self.state is State.UNLOADED and self._request is None:
            self._ask(_Preparation())

    def _ask(self, job: _Job) -> bool:
        if not self._enabled or self._closed:
            return False
        with self._wanted:
            self._generation += 1
            self._request = job
            if not isinstance(job, _Others):
                self._shown = None
            self._start()
            self._wanted.notify_all()
        return True

    def show(self, snapshot: Snapshot, text: Suggestion) -> None:
        """The host shows this text for this snapshot, whoever suggested it; ``follow`` goes on
        from it."""
        with self._wanted:
            self._shown = _Shown(snapshot, text)

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

    def forbid(self, line: str, text: str) -> bool:
        """Never suggest ``text`` after ``line`` again, in no host and whatever suggested it.

        False if that could not be kept, and ends with the process.
        """
        self.cancel()
        try:
            with self._deciding:
                return self._unwanted.forbid(text, line)
        except Exception as error:
            log.debug("nothing was forbidden", exc_info=error)
            return False

    def may_show(self, line: str, text: str) -> str:
        """What may be shown of ``text`` after ``line``, whoever suggests it: no secret, and nothing
        that the user has forbidden. Needs no model."""
        with self._deciding:
            return self._unwanted.allowed(before_secrets(text, line), line)

    def cancel(self) -> None:
        """Nothing is wanted any more: a running request stops, the last suggestion is forgotten."""
        with self._wanted:
            self._generation += 1
            self._request = None
            self._shown = None
            self._wanted.notify_all()

    def accepted(self, text: str) -> None:
        """Count an accept of ``text``; several parts of one suggestion count once."""
        if self._shown is None or not self._shown.accepted:
            self.statistics.accepted += 1
        if self._shown is not None:
            self._shown.accepted = True
        self.statistics.accepted_characters += len(text)

    def enable(self, on: bool) -> None:
        """Switch suggestions on or off; switching on tries a failed engine again."""
        self.cancel()
        self._enabled, self._failures, self.error = on, 0, None
        loaded = State.IDLE if self.model is not None else State.UNLOADED
        self.state = loaded if on else State.OFF

    def reload(self) -> None:
        """Load the model anew before the next suggestion, as the options now say."""
        self.cancel()
        self._reload = True

    @property
    def enabled(self) -> bool:
        return self._enabled

    def forget(self, buffer: Any) -> None:
        """Drop the session of a buffer that was closed."""
        with self._wanted:
            for key in [key for key in self._sessions if key[0] == buffer]:
                del self._sessions[key]

    def close(self, wait: float = 0.0) -> None:
        """Stop the thread; wait for it at most ``wait`` seconds, or until a load has ended.

        Hosts wait at the end of the process: a thread that Python ends inside native code, such as
        an import or a step of the model, aborts the process.
        """
        self._closed = True
        self.cancel()
        if wait and self._thread is not None:
            self._thread.join(max(wait, MOST_LOAD) if self.state is State.LOADING else wait)

    # The worker

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="codecomplete", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while not self._closed:
            idle = IDLE_PAUSE if self._projects is not None and self._projects.waiting else None
            with self._wanted:
                self._wanted.wait_for(self._is_wanted, idle)
                if self._closed:
                    return
                job, generation = self._request, self._generation
                self._request = None
            if job is not None:
                self._serve(job, generation)
            elif self._projects is not None:
                project.work_quietly(self._projects, self._is_wanted)

    def _is_wanted(self) -> bool:
        return self._request is not None or self._closed

    def _serve(self, job: _Job, generation: int) -> None:
        try:
            self._pause(generation)
            if self._stale(generation):
                return
            model = self._loaded()
            if model is None or isinstance(job, _Preparation) or _is_private(job.snapshot):
                self._nothing(job, generation)
                return
            self.state = State.BUSY
            self._answer(job, model, generation)
            self._failures = 0
        except Exception as error:  # nothing that fails here may disturb the user's typing
            self._failed(job, error)
            self._nothing(job, generation)
        finally:
            if self.state is State.BUSY:
                self.state = State.IDLE

    def _pause(self, generation: int) -> None:
        if self.options.debounce_ms:
            with self._wanted:
                self._wanted.wait_for(
                    lambda: self._stale(generation), self.options.debounce_ms / 1000
                )

    def _stale(self, generation: int) -> bool:
        return self._closed or generation != self._generation

    def _loaded(self) -> Model | None:
        """The model, loaded if need be; None if it cannot be had."""
        if self._reload:
            self._reload, self.model = False, None
            self._projects = None
            with self._wanted:
                self._sessions.clear()
        if self.model is None and self.state is not State.FAILED:
            self.state = State.LOADING
            self.model = self._load(self.options)
            self.state = State.IDLE if self._enabled else State.OFF
        return self.model

    def _answer(self, job: _Question, model: Model, generation: int) -> None:
        session = self._session(job.snapshot, model)
        self._entered(job.snapshot)

        def stop() -> bool:
            return self._stale(generation)

        try:
            if isinstance(job, _Others):
                self._alternatives(session, job, stop)
            else:
                self._suggest(session, job, stop)
            session.learn(stop=stop)
        except Stopped:
            return

    def _suggest(self, session: Session, job: _First, stop: Callable[[], bool]) -> None:
        start, options, snapshot = time.perf_counter(), self.options, job.snapshot
        session.sync(snapshot.before, snapshot.after, stop=stop)
        threshold = options.threshold if job.threshold is None else job.threshold
        found = session.suggest(options.max_tokens, options.deadline_ms, threshold, stop=stop)
        suggestion = self._judged(snapshot, found)
        with self._wanted:
            if stop():
                return
            self._shown = _Shown(snapshot, suggestion) if suggestion is not None else None
        self.statistics.requests += 1
        self.statistics.shown += suggestion is not None
        self.statistics.withheld += found is not None and suggestion is None
        self.statistics.last_ms = 1000 * (time.perf_counter() - start)
        job.deliver(snapshot, suggestion)
        if getattr(session, "hurried", False):
            self._refine(session, job, suggestion, stop)

    def _refine(
        self, session: Session, job: _First, shown: Suggestion | None, stop: Callable[[], bool]
    ) -> None:
        """While the caret rests, find what the deadline has cut off.

        What is shown may only grow, so that nothing flickers under the user's eyes.
        """
        threshold = self.options.threshold if job.threshold is None else job.threshold
        found = session.suggest(self.options.max_tokens, REFINED_MS, threshold, stop=stop)
        better = self._judged(job.snapshot, found)
        if better is None or (shown is not None and not _grows(shown, better)):
            return
        with self._wanted:
            if stop() or (shown is not None and self._shown is None):
                return  # asked for something else, or typed otherwise
            self._shown = _Shown(job.snapshot, better)
        self.statistics.shown += shown is None
        job.deliver(job.snapshot, better)

    def _alternatives(self, session: Session, job: _Others, stop: Callable[[], bool]) -> None:
        options, snapshot = self.options, job.snapshot
        offer = getattr(session, "alternatives", None)  # an engine need not have any
        found: list[Suggestion] = []
        if offer is not None:
            session.sync(snapshot.before, snapshot.after, stop=stop)
            found = offer(job.count, options.max_tokens, options.deadline_ms, stop=stop)
        judged = [self._judged(snapshot, suggestion) for suggestion in found]
        if not stop():
            job.deliver(snapshot, [suggestion for suggestion in judged if suggestion is not None])

    def _judged(self, snapshot: Snapshot, suggestion: Suggestion | None) -> Suggestion | None:
        if suggestion is not None and self._judge is not None:
            suggestion = self._judge(snapshot, suggestion)
        if suggestion is None:
            return None
        text = self.may_show(snapshot.line, suggestion.text)
        if text == suggestion.text:
            return suggestion
        return replace(suggestion, text=text) if text.strip() else None

    def _session(self, snapshot: Snapshot, model: Model) -> Session:
        key = (snapshot.buffer, snapshot.language)
        with self._wanted:
            session = self._sessions.pop(key, None)
        if session is None:  # made outside the lock, which the host's thread may want
            session = self._new_session(snapshot, model)
        with self._wanted:
            self._sessions[key] = session
            while len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)
        return session

    def _new_session(self, snapshot: Snapshot, model: Model) -> Session:
        path, language = snapshot.path, snapshot.language
        if not self.options.project or path is None or language is None:
            return model.session(language)
        if self._projects is None:
            self._projects = project.Projects()
        beside = project.of_quietly(self._projects, model, path, language, snapshot.root)
        return model.session(language, beside, path)

    def _entered(self, snapshot: Snapshot) -> None:
        if self._projects is not None and snapshot.path and snapshot.language:
            text = snapshot.before[snapshot.start :], snapshot.after
            self._projects.entered(snapshot.path, snapshot.language, text)

    def _nothing(self, job: _Job, generation: int) -> None:
        """Answer a request that cannot be served, so that no host waits for it."""
        if isinstance(job, _Preparation) or self._stale(generation):
            return
        try:
            job.deliver_nothing()
        except Exception as error:
            log.debug("the host did not take an empty answer", exc_info=error)

    def _failed(self, job: _Job, error: Exception) -> None:
        self._failures += 1
        if not isinstance(job, _Preparation):
            self._sessions.pop((job.snapshot.buffer, job.snapshot.language), None)
        if self.error is None:
            self.error = f"{type(error).__name__}: {error}"
            log.error("suggestions failed: %s", self.error, exc_info=error)
        if self.model is None or self._failures >= FAILURES_BEFORE_REST:
            self.state = State.FAILED
            self._enabled = False


def _is_private(snapshot: Snapshot) -> bool:
    """Whether the file is one that holds secrets: it is neither suggested for nor learned."""
    return snapshot.path is not None and is_private(snapshot.path)


def _grows(shown: Suggestion, better: Suggestion) -> bool:
    return len(better.text) > len(shown.text) and better.text.startswith(shown.text)


def _rest(shown: _Shown, snapshot: Snapshot) -> Suggestion | None:
    was = shown.snapshot
    same_place = replace(was, before=snapshot.before) == snapshot
    if not same_place or not snapshot.before.startswith(was.before):
        return None
    typed = snapshot.before[len(was.before) :]
    return shown.suggestion.typed(typed) if typed else shown.suggestion
