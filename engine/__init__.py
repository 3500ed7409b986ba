"""Text before and after the caret in, a suggestion out.

    from codecomplete import engine

    model = engine.load()
    session = model.session(language="python")
    session.sync("def area(radius):\\n    return ")
    suggestion = session.suggest()

Knows no editor, no training, no network and no threads.
"""

from . import quiet  # noqa: F401 - before any library is imported
from .errors import (
    EngineError,
    ModelDirectoryError,
    ModelVersionError,
    SourceFileError,
    VocabularyMismatchError,
)
from .languages import LANGUAGES, language_of
from .local.project import Project
from .model import Model, load
from .session import Session, SyncReport
from .state.stream import Stopped
from .suggestions.suggestion import Suggestion

__all__ = [
    "LANGUAGES",
    "EngineError",
    "Model",
    "ModelDirectoryError",
    "ModelVersionError",
    "Project",
    "Session",
    "SourceFileError",
    "Stopped",
    "Suggestion",
    "SyncReport",
    "VocabularyMismatchError",
    "language_of",
    "load",
]
