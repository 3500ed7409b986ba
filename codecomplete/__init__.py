"""Ghost text while you type, from a model that is in the package.

    import codecomplete

    model = codecomplete.load()                 # the packaged model, or your own
    session = model.session(language="python")  # one per open buffer
    session.sync("try:\\n    import json\\nexcept ")  # the text before the caret
    suggestion = session.suggest()              # a Suggestion, or None when unsure
    print(suggestion.text)                      # prints: ImportError:

These are the names of ``codecomplete.engine``, and with them the hooks of the hosts with a prompt:
``%load_ext codecomplete`` in IPython, ``codecomplete.configure(repl)`` in ptpython's configuration,
and ``xontrib load codecomplete`` in xonsh.
Importing this package imports nothing else: each name is fetched when it is first used.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import quiet
from .lazy import attributes

__version__ = "0.2.0"

quiet.opt_out()  # every part is imported through here, and so is every library it uses

_CHECKOUT = Path(__file__).resolve().parent.parent
if (_CHECKOUT / "engine" / "__init__.py").is_file():
    # In a checkout, the four parts are beside this folder; installed, they are in it.
    __path__.append(str(_CHECKOUT))

if TYPE_CHECKING:
    from codecomplete.engine import (
        EXTENSIONS,
        LANGUAGES,
        EngineError,
        Facts,
        Indentation,
        Model,
        ModelDirectoryError,
        ModelVersionError,
        Never,
        Project,
        Ranked,
        Session,
        SourceFileError,
        Stopped,
        Suggestion,
        SyncReport,
        VocabularyMismatchError,
        before_secrets,
        indentation_of,
        is_private,
        language_of,
        load,
        resident_mb,
    )
    from codecomplete.integrations.prompt.ipython import (
        load_ipython_extension,
        unload_ipython_extension,
    )
    from codecomplete.integrations.prompt.ptpython import configure

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
    "__version__",
    "before_secrets",
    "configure",
    "indentation_of",
    "is_private",
    "language_of",
    "load",
    "load_ipython_extension",
    "resident_mb",
    "unload_ipython_extension",
]

_IPYTHON = "codecomplete.integrations.prompt.ipython"
_XONSH = "codecomplete.integrations.prompt.xonsh"
_HOMES = {
    "configure": "codecomplete.integrations.prompt.ptpython",
    "load_ipython_extension": _IPYTHON,
    "unload_ipython_extension": _IPYTHON,
    # Called by `xontrib load codecomplete`; only for xonsh, so not among the public names.
    "_load_xontrib_": _XONSH,
    "_unload_xontrib_": _XONSH,
}


def __getattr__(name: str) -> Any:
    return attributes(__name__, {*__all__, *_HOMES}, _HOMES, "codecomplete.engine")(name)


def __dir__() -> list[str]:
    return __all__
