"""Builds token shards, with licences, from named public packages.

Exports what the trainer and evaluation use to read them; ``python -m corpus`` builds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codecomplete.lazy import attributes, only_as_program

if __name__ != "codecomplete.corpus":
    only_as_program(__name__)

if TYPE_CHECKING:
    from .errors import (
        ArchiveError,
        CorpusError,
        OutputError,
        ProfileError,
        ShardError,
        SourceError,
    )
    from .shards import INDEX, Shard, ShardSet, open_shards

__all__ = [
    "INDEX",
    "ArchiveError",
    "CorpusError",
    "OutputError",
    "ProfileError",
    "Shard",
    "ShardError",
    "ShardSet",
    "SourceError",
    "open_shards",
]

_HOMES = dict.fromkeys(("INDEX", "Shard", "ShardSet", "open_shards"), "codecomplete.corpus.shards")


def __getattr__(name: str) -> Any:
    return attributes(__name__, __all__, _HOMES, "codecomplete.corpus.errors")(name)


def __dir__() -> list[str]:
    return __all__
