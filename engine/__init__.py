"""Text before and after the caret in, a suggestion out.

    from codecomplete import engine

    model = engine.load()
    session = model.session(language="python")
    session.sync("def area(radius):\\n    return ")
    suggestion = session.suggest()

Knows no editor, no training, no network and no threads. What a name needs is imported when it is
first used, so that the parts that need no model, such as ``engine.privacy.secrets``, cost next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .. import quiet  # noqa: F401 - before any library is imported

if TYPE_CHECKING:
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
    from .privacy.never import Never
    from .session import Session, SyncReport
    from .state.stream import Stopped
    from .suggestions.suggestion import Suggestion

__all__ = [
    "LANGUAGES",
    "EngineError",
    "Model",
    "ModelDirectoryError",
    "ModelVersionError",
    "Never",
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

_MODULES = {
    "errors": (
        "EngineError", "ModelDirectoryError", "ModelVersionError", "SourceFileError",
        "VocabularyMismatchError",
    ),
    "languages": ("LANGUAGES", "language_of"),
    "model": ("Model", "load"),
    "never": ("Never",),
    "project": ("Project",),
    "session": ("Session", "SyncReport"),
    "stream": ("Stopped",),
    "suggestion": ("Suggestion",),
}  # fmt: skip
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
        globals()[name] = value
        return value
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return import_module(f".{name}", __name__)
    except ModuleNotFoundError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
