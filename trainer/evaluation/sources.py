"""Who suggests: the engine, and the baselines that it must beat under the same protocol.

A source is asked with the text before and after the caret and answers with a suggestion or None.
Sources are told when another file begins, and may remember within a file.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from codecomplete.engine import Model, Project, Session, Suggestion

from .files import SourceText

PIECES = re.compile(r"[^\W\d]\w*|\d+|[^\w\s]+|\n[ \t]*|[ \t]+|\s")
"""Words, numbers, runs of punctuation, line ends with the indentation after them, blanks; every
character belongs to one."""

MOST_TOKENS = 32


class Source(Protocol):
    name: str

    def open(self, file: SourceText) -> None:
        """Another file begins."""

    def suggest(self, before: str, after: str) -> Suggestion | None:
        """What to show at the caret."""


Beside = Callable[[SourceText], Iterable[Path]]
"""The other files of a text's package, the nearest first."""

Projects = dict[tuple[Path, ...], Project]
"""Projects by the files they were made of; every model of a vocabulary makes the same."""


class EngineSource:
    """The model through its public API: one session per file, no deadline, so that a slow machine
    measures the same as a fast one. With ``beside``, those files are the session's project."""

    def __init__(
        self,
        model: Model,
        threshold: float | None,
        name: str = "model",
        beside: Beside | None = None,
        projects: Projects | None = None,
    ) -> None:
        self.name = name
        self._model, self._threshold, self._beside = model, threshold, beside
        self._projects = projects
        self._session: Session | None = None

    def open(self, file: SourceText) -> None:
        project = None
        if self._beside is not None:
            known = self._projects if self._projects is not None else {}  # large: none is kept
            project = known_project(known, self._model, self._beside(file))
        self._session = self._model.session(file.language, project, file.path)

    def suggest(self, before: str, after: str) -> Suggestion | None:
        session = self._session
        if session is None:
            raise RuntimeError("call open() before suggest()")
        session.sync(before, after)
        session.learn()  # as hosts do between keys
        return session.suggest(MOST_TOKENS, deadline_ms=None, threshold=self._threshold)


def known_project(projects: Projects, model: Model, files: Iterable[Path]) -> Project:
    """The project of some files, the nearest first, learned when it is first asked for."""
    paths = tuple(files)
    if paths not in projects:
        project = projects[paths] = model.project()
        for path in paths:
            if project.full:
                break
            project.learn(path, path.read_text("utf-8"))
    return projects[paths]


def without_local_text(model: Model) -> Model:
    """The same model, suggesting by itself."""
    alone = copy.copy(model)
    alone.tuning = replace(model.tuning, mixer=None)
    return alone


class WordSource:
    """The rest of the word being typed, from the most recent word of the buffer that begins so."""

    name = "recent word"

    def open(self, file: SourceText) -> None:
        pass

    def suggest(self, before: str, after: str) -> Suggestion | None:
        typed = re.search(r"[^\W\d]\w*\Z", before)
        if typed is None:
            return None
        pattern = rf"\b{re.escape(typed.group())}\w+"
        found = re.findall(pattern, before[: typed.start()])
        return Suggestion(found[-1][len(typed.group()) :], 1.0) if found else None


class NgramSource:
    """An n-gram model of the buffer alone: after the longest context seen before (at most
    ``order`` pieces), its most frequent continuation, until the line ends.

    It learns each piece once a later one follows it, and knows nothing but the file.
    """

    name = "n-gram of the buffer"

    def __init__(self, order: int = 6, most: int = 16, least_share: float = 0.5) -> None:
        self._order, self._most, self._least = order, most, least_share
        self._begin()

    def _begin(self) -> None:
        self._counts: dict[tuple[str, ...], Counter[str]] = {}
        self._learned: list[str] = []
        self._length = 0  # characters learned

    def open(self, file: SourceText) -> None:
        self._begin()

    def suggest(self, before: str, after: str) -> Suggestion | None:
        self._learn(before)
        held = before[self._length :]
        context, text = self._learned[-self._order :], ""
        while len(context) < self._order + self._most:
            piece = self._likeliest(context[-self._order :], held)
            if piece is None or "\n" in piece:
                break
            context, text, held = [*context, piece], text + piece[len(held) :], ""
        return Suggestion(text, 1.0) if text.strip() else None

    def _learn(self, before: str) -> None:
        """All pieces but the last, which more typing may still change."""
        pieces = PIECES.findall(before[self._length :])
        for piece in pieces[:-1]:
            for length in range(1, self._order + 1):
                context = tuple(self._learned[-length:])
                if len(context) == length:
                    self._counts.setdefault(context, Counter())[piece] += 1
            self._learned.append(piece)
            self._length += len(piece)

    def _likeliest(self, context: list[str], held: str) -> str | None:
        for length in range(min(self._order, len(context)), 0, -1):
            counts = self._counts.get(tuple(context[-length:]), Counter())
            fitting = {p: n for p, n in counts.items() if p.startswith(held) and p != held}
            if not fitting:
                continue
            best = max(fitting, key=fitting.__getitem__)
            return best if fitting[best] >= self._least * sum(fitting.values()) else None
        return None
