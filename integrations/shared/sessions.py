"""The engine's sessions of the buffers used last, and the projects around them.

Called on the worker thread, except ``forget``, which a host calls on its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import project
from .snapshot import Snapshot

if TYPE_CHECKING:
    from codecomplete.engine import Model, Session

MOST_SESSIONS = 4


class Sessions:
    """Keeps at most MOST_SESSIONS; calls ``prepare`` with every new session."""

    def __init__(self, prepare: Callable[[Session], None] = lambda session: None) -> None:
        self._prepare = prepare
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[Any, str | None], Session] = OrderedDict()
        self._projects: project.Projects | None = None

    def __len__(self) -> int:
        return len(self._open)

    def of(self, snapshot: Snapshot, model: Model, reads_project: bool) -> Session:
        """The session of the snapshot's buffer and language, created if need be."""
        key = (snapshot.buffer, snapshot.language)
        with self._lock:
            session = self._open.pop(key, None)
        if session is None:  # created outside the lock, for which the host's thread may wait
            session = self._new(snapshot, model, reads_project)
            self._prepare(session)
        with self._lock:
            self._open[key] = session
            while len(self._open) > MOST_SESSIONS:
                self._open.popitem(last=False)
        return session

    def _new(self, snapshot: Snapshot, model: Model, reads_project: bool) -> Session:
        path, language = snapshot.path, snapshot.language
        if not reads_project or path is None or language is None:
            return model.session(language)
        if self._projects is None:
            self._projects = project.Projects()
        beside = project.of_quietly(self._projects, model, path, language, snapshot.root)
        return model.session(language, beside, path)

    def drop(self, snapshot: Snapshot) -> None:
        """Drop the session of this buffer and language, in which something failed."""
        with self._lock:
            self._open.pop((snapshot.buffer, snapshot.language), None)

    def forget(self, buffer: Any) -> None:
        """Drop the sessions of a buffer that was closed."""
        with self._lock:
            for key in [key for key in self._open if key[0] == buffer]:
                del self._open[key]

    def clear(self) -> None:
        """Drop all sessions and projects, because the model changes."""
        self._projects = None
        with self._lock:
            self._open.clear()

    def entered(self, snapshot: Snapshot) -> None:
        """The user now edits this buffer."""
        if self._projects is not None and snapshot.path and snapshot.language:
            text = snapshot.before[snapshot.start :], snapshot.after
            self._projects.entered(snapshot.path, snapshot.language, text)

    @property
    def has_more_to_read(self) -> bool:
        """Whether files of a project are left to read when nothing else is to be done."""
        return self._projects is not None and self._projects.waiting

    def read_on(self, stop: Callable[[], bool]) -> None:
        """Read a little more of the projects."""
        if self._projects is not None:
            project.work_quietly(self._projects, stop)
