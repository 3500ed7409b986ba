"""A loaded model: shared by every session, never changed after loading."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from .config import ModelConfig
from .errors import ModelDirectoryError, VocabularyMismatchError
from .mixing import Mixer
from .modeldir import ModelDirectory, open_directory
from .runtime import Runtime
from .session import Session
from .tokenizer import Tokenizer
from .vocabulary import Vocabulary

PACKAGED = Path(__file__).parent / "models"
DEFAULT = "small"
DEFAULT_THRESHOLD = 0.3
"""Least confidence to show, for models without a fitted gate."""


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
        tuning = read_tuning(directory)
        self.threshold: float = tuning.get("threshold", DEFAULT_THRESHOLD)
        self.mixer = Mixer.from_dict(tuning["mixing"]) if "mixing" in tuning else None

    @property
    def name(self) -> str:
        return self.directory.name

    @property
    def config(self) -> ModelConfig:
        return self.directory.config

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages the model was trained on, by name."""
        return self.directory.languages

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.tokenizer, self.config.vocabulary_size)

    def session(self, language: str | None = None) -> Session:
        """A session for one open buffer. ``language`` is a name such as ``"python"``.

        A language the model does not know is treated as none.
        """
        return Session(self, language if language in self.languages else None)


def read_tuning(directory: ModelDirectory) -> dict[str, Any]:
    """What was fitted for a model after training: ``gate.json``, empty if there is none."""
    if directory.gate is None:
        return {}
    try:
        return dict(json.loads(directory.gate.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelDirectoryError(f"{directory.gate}: not a tuning file: {error}") from error


def load(path: str | Path | None = None, threads: int = 1) -> Model:
    """Load a model directory, by default the packaged one.

    Raises ModelDirectoryError if it is missing, incomplete or altered.
    """
    return Model(open_directory(PACKAGED / DEFAULT if path is None else path), threads)
