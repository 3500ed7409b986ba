"""The part that every host shares: from what the user sees to a suggestion, off the main thread.

One daemon thread, one request at a time, the newest wins: a request that is no longer wanted stops
between two steps of the model. When the user types or accepts a part of the last suggestion, the
rest is known at once, without the model. A failing engine is logged once and never disturbs typing.

After an edit, hosts call ``follow`` first, then ``request``; they draw what is delivered only if
text and caret are still those of the request. Imports no host.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from codecomplete import engine
from codecomplete.engine import Stopped, Suggestion, before_secrets, is_private

from .chooser import Chooser, Rank
from .naming.choosing import chosen
from .naming.places import place_at
from .options import FileOptions, Options
from .requests import (
    Again,
    Deliver,
    DeliverAll,
    DeliverNames,
    First,
    Job,
    Names,
    Others,
    Preparation,
    Question,
)
from .sessions import Sessions
from .snapshot import Snapshot
from .unwanted import Unwanted

if TYPE_CHECKING:
    from codecomplete.engine import Model, Ranked, Session

    from .naming.client import Namer

log = logging.getLogger("codecomplete")
log.addHandler(logging.NullHandler())  # no log on the terminal unless the user asks for it

FAILURES_BEFORE_REST = 3
IDLE_PAUSE = 0.05  # seconds without a request between two slices of reading the project
LEAST_RANKING_MS = 5.0  # for ranking what a host offers, whatever the suggestion has left
WAITING = 0.005  # seconds between two checks of whether a request is still wanted
REFINED_MS = 1_000.0  # for a suggestion that its deadline has cut short, while the caret rests
EXIT_WAIT = 0.2  # seconds that the end of a host waits for a step of the model
MOST_LOAD = 3.0  # seconds that the end of the process waits for a load that it interrupts


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
    withheld: int = 0  # suggested, but not shown, such as untrue in a live session
    accepted: int = 0
    accepted_characters: int = 0
    last_ms: float = 0.0


@dataclass
class _Shown:
    """The last delivered suggestion, and the text it continues."""

    snapshot: Snapshot
    suggestion: Suggestion
    accepted: bool = False
    followed: bool = False  # whether some of it was typed or accepted


def load_engine(options: Options) -> Model:
    """Load the model and the engine's runtime; called only when the model is first needed."""
    return engine.load(options.model)


class Suggester:
    """Create once per host; ``close`` it when the host ends. All methods return at once, except
    ``close`` if it is told to wait."""

    def __init__(
        self,
        options: Options | None = None,
        load: Callable[[Options], Model] | None = None,
        chooser: Chooser | None = None,
        namer: Namer | None = None,
        answers_once: bool = False,
    ) -> None:
        """With ``namer``, the names that it knows replace suggestions that are less sure.

        Names may come late: then a request is answered a second time, or, with ``answers_once``,
        waits for them until its deadline.
        """
        self.options = options or Options()
        self.statistics = Statistics()
        self.state = State.UNLOADED
        self.error: str | None = None  # why there are no suggestions, in one line
        self.model: Model | None = None
        self._load = load or load_engine
        self._chooser = chooser
        self._namer, self._answers_once = namer, answers_once
        self._wanted = threading.Condition()
        self._request: Job | None = None
        self._names: Names | None = None
        self._generation = 0
        self._closed = False
        self._enabled = True
        self._reload = False
        self._failures = 0
        self._shown: _Shown | None = None
        self._sessions = Sessions(self._prepare)
        self._thread: threading.Thread | None = None
        self._unwanted, self._deciding = Unwanted(), threading.Lock()

    # Called by hosts, on their own thread

    def request(self, snapshot: Snapshot, deliver: Deliver, threshold: float | None = None) -> bool:
        """Ask for a suggestion; replaces whatever was asked before.

        Unless replaced or cancelled, it is answered; returns False if it will not be. ``threshold``
        replaces the options' one, as when the user asked for this suggestion.
        """
        return self._ask(First(snapshot, deliver, threshold))

    def alternatives(self, snapshot: Snapshot, deliver: DeliverAll, count: int = 3) -> bool:
        """Ask for further suggestions beside the one shown, best first; there may be none."""
        return self._ask(Others(snapshot, deliver, count))

    def rank(self, snapshot: Snapshot, names: Sequence[str], deliver: DeliverNames) -> bool:
        """Rank ``names`` by how likely they are at the caret, for a menu.

        No suggestion waits for this or is dropped for it. Replaces names that were asked about
        before; unless replaced, it is answered; returns False if it will not be.
        """
        if not self._enabled or self._closed:
            return False
        with self._wanted:
            self._names = Names(snapshot, tuple(names), deliver)
            self._start()
            self._wanted.notify_all()
        return True

    def prepare(self) -> None:
        """Load the model now, on the worker thread, so that the first suggestion is not late.

        Takes no request's place, even if the worker has only just taken that.
        """
        if self.state is not State.UNLOADED or self._closed:
            return
        with self._wanted:
            if self._request is None:
                self._put(Preparation())

    def _ask(self, job: Question) -> bool:
        if not self._enabled or self._closed:
            return False
        with self._wanted:
            self._generation += 1
            if not isinstance(job, Others):
                self._shown = None
            self._put(job)
        return True

    def _put(self, job: Job) -> None:
        self._request = job
        self._start()
        self._wanted.notify_all()

    def show(self, snapshot: Snapshot, text: Suggestion) -> None:
        """The host shows this text for this snapshot, wherever it comes from; for ``follow``."""
        with self._wanted:
            self._shown = _Shown(snapshot, text)

    def follow(self, snapshot: Snapshot) -> Suggestion | None:
        """The rest of the last suggestion, if the user typed or accepted its beginning.

        None if the text differs; then the last suggestion is forgotten.
        """
        shown = self._shown
        if shown is None:
            return None
        rest = _rest(shown, snapshot)
        if rest is None:
            self._shown = None
        shown.followed = shown.followed or snapshot.before != shown.snapshot.before
        return rest

    def forbid(self, line: str, text: str) -> bool:
        """Never suggest ``text`` after ``line`` again, in any host and from any source.

        False if that could not be saved, and ends with the process.
        """
        self.cancel()
        try:
            with self._deciding:
                return self._unwanted.forbid(text, line)
        except Exception as error:
            log.debug("nothing was forbidden", exc_info=error)
            return False

    def may_show(self, line: str, text: str) -> str:
        """The part of ``text`` that may be shown after ``line``, wherever it comes from: no secret,
        and nothing that the user has forbidden. Needs no model."""
        with self._deciding:
            return self._unwanted.allowed(before_secrets(text, line), line)

    def cancel(self) -> None:
        """Stop a running request, and forget the last suggestion."""
        with self._wanted:
            self._generation += 1
            self._request = None
            self._shown = None
            self._wanted.notify_all()

    def accepted(self, text: str) -> None:
        """Count an accepted ``text``; several parts of one suggestion count once."""
        if self._shown is None or not self._shown.accepted:
            self.statistics.accepted += 1
        if self._shown is not None:
            self._shown.accepted = True
        self.statistics.accepted_characters += len(text)

    def enable(self, on: bool) -> None:
        """Switch suggestions on or off; switching on gives a failed engine another try."""
        self.cancel()
        self._enabled, self._failures, self.error = on, 0, None
        loaded = State.IDLE if self.model is not None else State.UNLOADED
        self.state = loaded if on else State.OFF

    def reload(self) -> None:
        """Load the model anew, with the options as they are then, before the next suggestion."""
        self.cancel()
        self._reload = True

    @property
    def enabled(self) -> bool:
        return self._enabled

    def forget(self, buffer: Any) -> None:
        """Drop the session of a buffer that was closed."""
        self._sessions.forget(buffer)

    def close(self, wait: float = 0.0) -> None:
        """Stop the thread; wait for it at most ``wait`` seconds, or longer if it loads the model.

        Hosts wait when the process ends: if Python ends a thread inside native code, such as an
        import or a step of the model, the process aborts.
        """
        self._closed = True
        self.cancel()
        if self._namer is not None:
            self._namer.close()
        if wait and self._thread is not None:
            self._thread.join(max(wait, MOST_LOAD) if self.state is State.LOADING else wait)

    # The worker

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="codecomplete", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while not self._closed:
            idle = IDLE_PAUSE if self._sessions.has_more_to_read else None
            with self._wanted:
                self._wanted.wait_for(self._is_wanted, idle)
                if self._closed:
                    return
                job, generation = self._request, self._generation
                names = self._names if job is None else None
                self._request = None
            if job is not None:
                self._serve(job, generation)
            elif names is not None:
                self._serve_names(names)
            else:
                self._sessions.read_on(self._is_wanted)

    def _is_wanted(self) -> bool:
        return self._request is not None or self._names is not None or self._closed

    def _serve(self, job: Job, generation: int) -> None:
        try:
            self._pause(generation)
            if self._stale(generation):
                return
            model = self._loaded()
            if model is None or isinstance(job, Preparation) or not self._may_answer(job):
                self._nothing(job, generation)
                return
            self.state = State.BUSY
            self._answer(job, model, generation)
            self._failures = 0
        except Exception as error:  # no failure here may disturb typing
            self._failed(job, error)
            self._nothing(job, generation)
        finally:
            if self.state is State.BUSY:
                self.state = self._at_rest()

    def _at_rest(self) -> State:
        return State.IDLE if self._enabled else State.OFF

    def _may_answer(self, job: Question) -> bool:
        """Whether the model may be asked: a request may have come just before an engine that fails
        was given up."""
        return self._enabled and not _is_private(job.snapshot)

    def _pause(self, generation: int) -> None:
        if self.options.debounce_ms:
            with self._wanted:
                self._wanted.wait_for(
                    lambda: self._stale(generation), self.options.debounce_ms / 1000
                )

    def _stale(self, generation: int) -> bool:
        return self._closed or generation != self._generation

    def _loaded(self) -> Model | None:
        """The model, loaded if need be; None if loading has failed."""
        if self._reload:
            self._reload, self.model = False, None
            self._sessions.clear()
        if self.model is None and self.state is not State.FAILED:
            self.state = State.LOADING
            self.model = self._load(self.options)
            self.state = self._at_rest()
        return self.model

    def _answer(self, job: Question, model: Model, generation: int) -> None:
        session = self._sessions.of(job.snapshot, model, self.options.project)
        session.allow_unsafe = self.options.unsafe
        self._sessions.entered(job.snapshot)

        def stop() -> bool:
            return self._stale(generation)

        try:
            if isinstance(job, Others):
                self._alternatives(session, job, stop)
            elif isinstance(job, Again):
                self._improve(session, job.first, stop)
            else:
                self._suggest(session, job, stop, generation)
            session.learn(stop=stop)
        except Stopped:
            return

    def _suggest(
        self, session: Session, job: First, stop: Callable[[], bool], generation: int
    ) -> None:
        start, options, snapshot = time.perf_counter(), self.options, job.snapshot
        known = threading.Event()
        again = known.set if self._answers_once else lambda: self._answer_again(job, generation)
        names = self._names_at(snapshot, again)  # searched while the model runs
        _sync(session, snapshot, stop)
        threshold = options.threshold if job.threshold is None else job.threshold
        found, suggestion = self._found(session, snapshot, options.deadline_ms, threshold, stop)
        if names is None and self._answers_once:
            _wait(known, start + options.deadline_ms / 1000, stop)
            names = self._names_at(snapshot, known.set)
        suggestion = self._named(session, job, suggestion, names or (), stop)
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

    def _names_at(self, snapshot: Snapshot, done: Callable[[], None]) -> Sequence[str] | None:
        """The names from the namer; None if they are not known yet."""
        wanted = isinstance(self.options, FileOptions) and self.options.jedi
        return self._namer.names(snapshot, done) if self._namer is not None and wanted else ()

    def _named(
        self,
        session: Session,
        job: First,
        suggestion: Suggestion | None,
        names: Sequence[str],
        stop: Callable[[], bool],
    ) -> Suggestion | None:
        """The suggestion, or the likeliest of the names in its place."""
        place = place_at(job.snapshot.before) if names else None
        if place is None:
            return suggestion
        ranked = _ranking(session, LEAST_RANKING_MS, stop)(names, place.typed)
        threshold = self.options.threshold if job.threshold is None else job.threshold
        return self._allowed(job.snapshot, chosen(place, suggestion, ranked, threshold))

    def _answer_again(self, job: First, generation: int) -> None:
        """Called on the namer's thread: names have come, and nothing else was requested since."""
        with self._wanted:
            if not self._stale(generation) and self._request is None:
                self._request = Again(job)
                self._wanted.notify_all()

    def _improve(self, session: Session, job: First, stop: Callable[[], bool]) -> None:
        """Answer ``job`` once more, if the names that came late beat what is shown."""
        _sync(session, job.snapshot, stop)
        shown = self._shown
        was = shown.suggestion if shown is not None and shown.snapshot == job.snapshot else None
        names = self._names_at(job.snapshot, lambda: None) or ()
        better = self._named(session, job, was, names, stop)
        if better is None or better == was:
            return
        with self._wanted:
            if stop() or self._shown is not shown or (shown is not None and shown.followed):
                return  # another request, or more was typed
            self._shown = _Shown(job.snapshot, better)
        self.statistics.shown += was is None
        job.deliver(job.snapshot, better)

    def _refine(
        self, session: Session, job: First, shown: Suggestion | None, stop: Callable[[], bool]
    ) -> None:
        """While the caret rests, search on where the deadline has stopped the search.

        What is shown may only grow, so that nothing flickers.
        """
        threshold = self.options.threshold if job.threshold is None else job.threshold
        _, better = self._found(session, job.snapshot, REFINED_MS, threshold, stop)
        if better is None or (shown is not None and not _grows(shown, better)):
            return
        with self._wanted:
            if stop() or (shown is not None and self._shown is None):
                return  # another request, or something else was typed
            self._shown = _Shown(job.snapshot, better)
        self.statistics.shown += shown is None
        job.deliver(job.snapshot, better)

    def _alternatives(self, session: Session, job: Others, stop: Callable[[], bool]) -> None:
        options, snapshot = self.options, job.snapshot
        offer = getattr(session, "alternatives", None)  # an engine may have no alternatives
        found: list[Suggestion] = []
        if offer is not None:
            _sync(session, snapshot, stop)
            found = offer(job.count, options.max_tokens, options.deadline_ms, stop=stop)
        if self._chooser is not None:
            rank = _ranking(session, options.deadline_ms, stop)
            found = self._chooser.others(snapshot, found, rank)
        allowed = [self._allowed(snapshot, suggestion) for suggestion in found]
        if not stop():
            job.deliver(snapshot, [suggestion for suggestion in allowed if suggestion is not None])

    def _found(
        self,
        session: Session,
        snapshot: Snapshot,
        deadline_ms: float,
        threshold: float | None,
        stop: Callable[[], bool],
    ) -> tuple[Suggestion | None, Suggestion | None]:
        """What the model suggests, and what is shown: a part of that, or something in its place."""
        chooser, until = self._chooser, time.perf_counter() + deadline_ms / 1000
        asked = threshold if chooser is None or chooser.least is None else chooser.least
        found = session.suggest(self.options.max_tokens, deadline_ms, asked, stop=stop)
        if chooser is None:
            return found, self._allowed(snapshot, found)
        left = max(LEAST_RANKING_MS, 1000 * (until - time.perf_counter()))
        chosen = chooser.choose(snapshot, found, _ranking(session, left, stop), threshold)
        return found, self._allowed(snapshot, chosen)

    def _serve_names(self, job: Names) -> None:
        """Answer ``job``; if a suggestion is requested meanwhile, try again after that."""

        def stop() -> bool:
            return self._closed or self._request is not None or self._names is not job

        try:
            found = self._ranked(job, stop)
        except Stopped:
            found = []
        except Exception as error:
            log.debug("no names were ranked", exc_info=error)
            found = []
        if self._closed or self._request is not None:
            return
        with self._wanted:
            if self._names is not job:
                return
            self._names = None
        try:
            job.deliver(job.snapshot, found)
        except Exception as error:
            log.debug("the host did not take an order of names", exc_info=error)

    def _ranked(self, job: Names, stop: Callable[[], bool]) -> list[Ranked]:
        model = None if _is_private(job.snapshot) else self._loaded()
        if model is None:
            return []
        session = self._sessions.of(job.snapshot, model, self.options.project)
        order = getattr(session, "rank", None)  # an engine may be unable to rank
        if order is None:
            return []
        _sync(session, job.snapshot, stop)
        ranked: list[Ranked] = order(job.names, self.options.deadline_ms, stop=stop)
        return ranked

    def _allowed(self, snapshot: Snapshot, suggestion: Suggestion | None) -> Suggestion | None:
        if suggestion is None:
            return None
        text = self.may_show(snapshot.line, suggestion.text)
        if text == suggestion.text:
            return suggestion
        return replace(suggestion, text=text) if text.strip() else None

    def _prepare(self, session: Session) -> None:
        if self._chooser is not None:
            session.least_text = self._chooser.least_text

    def _nothing(self, job: Job, generation: int) -> None:
        """Give a request that cannot be served an empty answer, so that no host waits."""
        if isinstance(job, Preparation) or self._stale(generation):
            return
        try:
            job.deliver_nothing()
        except Exception as error:
            log.debug("the host did not take an empty answer", exc_info=error)

    def _failed(self, job: Job, error: Exception) -> None:
        self._failures += 1
        if not isinstance(job, Preparation):
            self._sessions.drop(job.snapshot)
        if self.error is None:
            self.error = f"{type(error).__name__}: {error}"
            log.error("suggestions failed: %s", self.error, exc_info=error)
        if self.model is None or self._failures >= FAILURES_BEFORE_REST:
            self._enabled = False  # first: whoever sees the state may ask at once
            self.state = State.FAILED


def _ranking(session: Session, deadline_ms: float, stop: Callable[[], bool]) -> Rank:
    """The session's function that ranks texts; one that ranks none if it has no such function."""
    rank = getattr(session, "rank", None)
    if rank is None:
        return lambda candidates, typed: []
    return lambda candidates, typed: rank(candidates, deadline_ms, typed=typed, stop=stop)


def _is_private(snapshot: Snapshot) -> bool:
    """Whether the file may hold secrets: then nothing is suggested in it or learned from it."""
    return snapshot.path is not None and is_private(snapshot.path)


def _sync(session: Session, snapshot: Snapshot, stop: Callable[[], bool]) -> None:
    session.sync(snapshot.before, snapshot.after, stop=stop, indentation=snapshot.indentation)


def _wait(known: threading.Event, until: float, stop: Callable[[], bool]) -> None:
    """Wait for names until ``until`` at the latest, and only while the request is wanted."""
    while not known.is_set() and time.perf_counter() < until and not stop():
        known.wait(WAITING)


def _grows(shown: Suggestion, better: Suggestion) -> bool:
    return len(better.text) > len(shown.text) and better.text.startswith(shown.text)


def _rest(shown: _Shown, snapshot: Snapshot) -> Suggestion | None:
    was = shown.snapshot
    same_place = replace(was, before=snapshot.before) == snapshot
    if not same_place or not snapshot.before.startswith(was.before):
        return None
    typed = snapshot.before[len(was.before) :]
    return shown.suggestion.typed(typed) if typed else shown.suggestion
