"""A loaded model: shared by every session, never changed after loading.

A model may include specialists: weights of the same shape and vocabulary that were trained further
on some languages. A session for such a language uses them; they are loaded with the first such
session.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock

from .decoding.vocabulary import Vocabulary
from .errors import EngineError, VocabularyMismatchError
from .local.project import Project
from .modeldir import tuning
from .modeldir.chosen import chosen
from .modeldir.config import ModelConfig
from .modeldir.digest import sha256
from .modeldir.directory import ModelDirectory, open_directory
from .modeldir.names import DEFAULT, PACKAGED
from .privacy.never import Never
from .session import Session
from .state.runtime import Runtime
from .tokenizer import Tokenizer

log = logging.getLogger("codecomplete")


class Model:
    """Weights, vocabulary and settings of one model directory."""

    def __init__(
        self, directory: ModelDirectory, threads: int = 1, tokenizer: Tokenizer | None = None
    ) -> None:
        self.directory = directory
        self.tokenizer = tokenizer or Tokenizer.load(directory.tokenizer)
        self._threads = threads
        self._specialists: dict[Path, Model] = {}
        self._loading = Lock()
        if self.tokenizer.size > directory.config.vocabulary_size:
            raise VocabularyMismatchError(
                f"{directory.tokenizer}: {self.tokenizer.size} tokens, but the weights know "
                f"{directory.config.vocabulary_size}; export the model again with its own tokenizer"
            )
        self.runtime = Runtime(directory, threads)
        self.tuning = tuning.read(directory.gate)
        self.never = Never()  # what its user does not want to see again; a host may give its own

    @property
    def name(self) -> str:
        """The name that its directory gives it, such as ``"small"``."""
        return self.directory.name

    @property
    def config(self) -> ModelConfig:
        """Its shape, and how its window rolls."""
        return self.directory.config

    @property
    def languages(self) -> tuple[str, ...]:
        """Names of the languages that the model or one of its specialists was trained on."""
        return tuple(dict.fromkeys([*self.directory.languages, *self.directory.specialists]))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The bytes of every token; built for the first suggestion."""
        return Vocabulary(self.tokenizer, self.config.vocabulary_size)

    def project(self) -> Project:
        """An empty project, for the contents of the files beside the open ones; several sessions
        can share it."""
        return Project(self.tokenizer)

    def session(
        self, language: str | None = None, project: Project | None = None, name: Hashable = None
    ) -> Session:
        """A session for one open buffer. ``language`` is a name such as ``"python"``.

        The model is told the language only if it was trained on it. ``name`` is the name of the
        buffer's own file in ``project``. The project's copy of that file is not used, since the
        session knows its newer text.
        """
        return Session(self.for_language(language), language, project, name)

    def for_language(self, language: str | None) -> Model:
        """The specialist for a language, loaded on first use, or the model itself if there is none.

        Raises ModelDirectoryError if the specialist is missing or altered, VocabularyMismatchError
        if its vocabulary differs.
        """
        path = self.directory.specialists.get(language or "")
        if path is None:
            return self
        with self._loading:
            if path not in self._specialists:
                self._specialists[path] = self._specialist(path)
            found = self._specialists[path]
        found.never = self.never
        return found

    def _specialist(self, path: Path) -> Model:
        directory = open_directory(path)
        if sha256(directory.tokenizer) != sha256(self.directory.tokenizer):
            raise VocabularyMismatchError(
                f"{directory.tokenizer}: another vocabulary than {self.directory.tokenizer}, whose "
                "specialist it is; export both again with one tokenizer"
            )
        return Model(directory, self._threads, self.tokenizer)


def load(path: str | Path | None = None, threads: int = 1, *, specialists: bool = True) -> Model:
    """Load a model directory: by default the one that the user has chosen, or else the packaged
    one. With ``specialists=False``, load it without its specialists.

    Raises ModelDirectoryError if it is missing, incomplete or altered; specialists are checked when
    they are first needed. If the chosen model cannot be loaded, this is logged, and the packaged
    model is loaded instead.
    """
    found = _chosen(threads) if path is None else None
    if found is None:
        found = Model(open_directory(PACKAGED / DEFAULT if path is None else path), threads)
    if not specialists:
        found.directory = replace(found.directory, specialists={})
    return found


def _chosen(threads: int) -> Model | None:
    """The model that the user has chosen; None if there is none that can be loaded."""
    path = chosen()
    if path is None:
        return None
    try:
        own, packaged = open_directory(path), open_directory(PACKAGED / DEFAULT)
    except EngineError as error:
        log.warning("the chosen model is left alone, the packaged one is used: %s", error)
        return None
    return Model(_completed(own, packaged), threads)


def _completed(own: ModelDirectory, packaged: ModelDirectory) -> ModelDirectory:
    """A model for some languages with the packaged ones for the others, as far as they fit it."""
    languages = own.training.get("own_languages") if own.training.get("personal") else None
    if not languages or sha256(own.tokenizer) != sha256(packaged.tokenizer):
        return own
    others = dict.fromkeys(packaged.languages, packaged.path) | dict(packaged.specialists)
    left = {name: path for name, path in others.items() if name not in languages}
    return replace(own, specialists=left)
