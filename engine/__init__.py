"""Text before and after the caret in, a suggestion out.

    import codecomplete

    model = codecomplete.load()
    session = model.session(language="python")
    session.sync("try:\\n    import json\\nexcept ")
    print(session.suggest().text)  # prints: ImportError:

Knows no editor, no training, no network and no threads. Importing it imports nothing else: each
name is imported on first use, so that values such as ``Suggestion`` do not load the runtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecomplete.lazy import attributes, only_as_program

if __name__ != "codecomplete.engine":
    only_as_program(__name__)

if TYPE_CHECKING:
    from .buffer import SyncReport
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
    from .privacy.never import Never
    from .privacy.private import is_private
    from .session import Session
    from .suggestions.clean import before_secrets
    from .suggestions.gate import Facts
    from .suggestions.indentation import Indentation, indentation_of
    from .suggestions.suggestion import Ranked, Suggestion

__all__ = [
    "EXTENSIONS",
    "LANGUAGES",
    "EngineError",
    "Facts",
    "Indentation",
    "Model",
    "ModelDirectoryError",
    "ModelVersionError",
    "Never",
    "Project",
    "Ranked",
    "Session",
    "SourceFileError",
    "Stopped",
    "Suggestion",
    "SyncReport",
    "VocabularyMismatchError",
    "before_secrets",
    "indentation_of",
    "is_private",
    "language_of",
    "load",
    "resident_mb",
]

_HOMES = {
    "EXTENSIONS": "codecomplete.engine.languages",
    "LANGUAGES": "codecomplete.engine.languages",
    "Facts": "codecomplete.engine.suggestions.gate",
    "Indentation": "codecomplete.engine.suggestions.indentation",
    "indentation_of": "codecomplete.engine.suggestions.indentation",
    "Model": "codecomplete.engine.model",
    "Never": "codecomplete.engine.privacy.never",
    "Project": "codecomplete.engine.local.project",
    "Ranked": "codecomplete.engine.suggestions.suggestion",
    "Session": "codecomplete.engine.session",
    "Suggestion": "codecomplete.engine.suggestions.suggestion",
    "SyncReport": "codecomplete.engine.buffer",
    "before_secrets": "codecomplete.engine.suggestions.clean",
    "is_private": "codecomplete.engine.privacy.private",
    "language_of": "codecomplete.engine.languages",
    "load": "codecomplete.engine.model",
    "resident_mb": "codecomplete.engine.command.memory",
}


def __getattr__(name: str) -> Any:
    return attributes(__name__, __all__, _HOMES, "codecomplete.engine.errors")(name)


def __dir__() -> list[str]:
    return __all__
