"""Text before and after the caret in, a suggestion out.

    import engine

    model = engine.load()
    session = model.session(language="python")
    session.sync("def area(radius):\\n    return ")
    suggestion = session.suggest()

Knows no editor, no training, no network and no threads.
"""

from .errors import (
    EngineError,
    ModelDirectoryError,
    ModelVersionError,
    SourceFileError,
    VocabularyMismatchError,
)
from .languages import LANGUAGES, language_of
from .model import Model, load
from .project import Project
from .session import Session, SyncReport
from .stream import Stopped
from .suggestion import Suggestion

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
