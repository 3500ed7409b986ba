"""Text before and after the caret in, a suggestion out.

    import codecomplete

    model = codecomplete.load()
    session = model.session(language="python")
    session.sync("def area(radius):\\n    return ")
    suggestion = session.suggest()

Knows no editor, no training, no network and no threads. Importing it imports nothing else: each
name is fetched when it is first used, so that values such as ``Suggestion`` cost no runtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecomplete.lazy import attributes, only_as_program

if __name__ != "codecomplete.engine":
    only_as_program(__name__)

if TYPE_CHECKING:
    from .command.memory import resident_mb
    from .errors import (
        EngineError,
        ModelDirectoryError,
        ModelVersionError,
        SourceFileError,
        Stopped,
        VocabularyMismatchError,
    )
    from .languages import EXTENSIONS, LANGUAGES, language_of
    from .local.project import Project
    from .model import Model, load
    from .session import Session, SyncReport
    from .suggestions.gate import Facts
    from .suggestions.suggestion import Ranked, Suggestion

__all__ = [
    "EXTENSIONS",
    "LANGUAGES",
    "EngineError",
    "Facts",
    "Model",
    "ModelDirectoryError",
    "ModelVersionError",
    "Project",
    "Ranked",
    "Session",
    "SourceFileError",
    "Stopped",
    "Suggestion",
    "SyncReport",
    "VocabularyMismatchError",
    "language_of",
    "load",
    "resident_mb",
]

_HOMES = {
    "EXTENSIONS": "codecomplete.engine.languages",
    "LANGUAGES": "codecomplete.engine.languages",
    "Facts": "codecomplete.engine.suggestions.gate",
    "Model": "codecomplete.engine.model",
    "Project": "codecomplete.engine.local.project",
    "Ranked": "codecomplete.engine.suggestions.suggestion",
    "Session": "codecomplete.engine.session",
    "Suggestion": "codecomplete.engine.suggestions.suggestion",
    "SyncReport": "codecomplete.engine.session",
    "language_of": "codecomplete.engine.languages",
    "load": "codecomplete.engine.model",
    "resident_mb": "codecomplete.engine.command.memory",
}


def __getattr__(name: str) -> Any:
    return attributes(__name__, __all__, _HOMES, "codecomplete.engine.errors")(name)


def __dir__() -> list[str]:
    return __all__
