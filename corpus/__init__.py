"""Named public packages in, licence-tracked token shards out.

What the trainer and evaluation read is exported here; ``python -m corpus`` builds it.
"""

from .errors import ArchiveError, CorpusError, OutputError, ProfileError, ShardError, SourceError
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
