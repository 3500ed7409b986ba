"""Named public packages in, licence-tracked token shards out.

What the trainer and evaluation read is exported here; ``python -m corpus`` builds it.
"""

from codecomplete.quiet import opt_out

from .errors import ArchiveError, CorpusError, ProfileError, ShardError, SourceError
from .shards import INDEX, Shard, ShardSet, open_shards

opt_out()  # before any library is imported

__all__ = [
    "INDEX",
    "ArchiveError",
    "CorpusError",
    "ProfileError",
    "Shard",
    "ShardError",
    "ShardSet",
    "SourceError",
    "open_shards",
]
