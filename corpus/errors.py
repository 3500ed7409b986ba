"""The errors that the corpus raises on purpose.

    CorpusError                 catch this one at the command line
    ├─ ProfileError             a profile or a list of packages cannot be used
    ├─ SourceError              a package is missing, altered, or has no permissive licence
    │  └─ ArchiveError          an archive cannot be read safely to its end
    ├─ ShardError               shards are missing, altered, or disagree with their index
    └─ OutputError              something foreign is where results should go

A file that is dropped from a package is not an error: it is counted with its reason.
"""


class CorpusError(Exception):
    """Anything the corpus raises on purpose."""


class ProfileError(CorpusError):
    """A profile or a list of packages cannot be used; the message lists every problem."""


class SourceError(CorpusError):
    """A package is not available as pinned, or may not be used."""


class ArchiveError(SourceError):
    """An archive is damaged, or grows larger than an archive of source code can."""


class ShardError(CorpusError):
    """Shards are missing, altered, or disagree with their index."""


class OutputError(CorpusError):
    """A place to write to has foreign content, or cannot be written; nothing was changed."""
