"""A loaded model: shared by every session, never changed after loading."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from functools import cached_property
from pathlib import Path

from .decoding.vocabulary import Vocabulary
from .errors import EngineError, VocabularyMismatchError
from .local.project import Project
from .modeldir import tuning
from .modeldir.chosen import chosen
from .modeldir.config import ModelConfig
from .modeldir.directory import ModelDirectory, open_directory
from .privacy.never import Never
from .session import Session
from .state.runtime import Runtime
from .tokenizer import Tokenizer

PACKAGED = Path(__file__).parent / "models"
DEFAULT = "small"

log = logging.getLogger("codecomplete")


class Model:
    """Weights, vocabulary and settings of one model directory."""

    def __init__(self, directory: ModelDirectory, threads: int = 1) -> None:
        self.directory = directory
        self.tokenizer = Tokenizer.load(directory.tokenizer)
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
        """What its directory calls it, such as ``"small"``."""
        return self.directory.name

    @property
    def config(self) -> ModelConfig:
        """Its shape, and how its window rolls."""
        return self.directory.config

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages the model was trained on, by name."""
        return self.directory.languages

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The bytes of every token, made with the first suggestion."""
        return Vocabulary(self.tokenizer, self.config.vocabulary_size)

    def project(self) -> Project:
        """An empty project: what the files beside the open ones say, for several sessions."""
        return Project(self.tokenizer)

    def session(
        self, language: str | None = None, project: Project | None = None, name: Hashable = None
    ) -> Session:
        """A session for one open buffer. ``language`` is a name such as ``"python"``.

        The model is told only of languages it was trained on. ``name`` is what the buffer's own
        file is called in ``project``: there its text does not count, since the session knows it.
        """
        return Session(self, language, project, name)


def load(path: str | Path | None = None, threads: int = 1) -> Model:
    """Load a model directory, by default the one that the user has chosen, else the packaged one.

    Raises ModelDirectoryError if it is missing, incomplete or altered. A choice that cannot be
    loaded is reported in the log, and the packaged model takes its place.
    """
    if path is not None:
        return Model(open_directory(path), threads)
    own = chosen()
    if own is not None:
        try:
            return Model(open_directory(own), threads)
        except EngineError as error:
            log.warning("the chosen model is left alone, the packaged one is used: %s", error)
    return Model(open_directory(PACKAGED / DEFAULT), threads)
