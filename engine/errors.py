"""What the engine raises on purpose.

    EngineError                     catch this one at a host's boundary
    ├─ ModelDirectoryError          a model directory is missing, incomplete or altered
    │  └─ ModelVersionError         written in a format this engine does not read
    ├─ VocabularyMismatchError      tokenizer and weights disagree about the vocabulary
    └─ SourceFileError              a file given to the command line cannot be completed
    Stopped                         not an error: the caller's own stop() or deadline was obeyed

A caller's mistake is a ValueError or TypeError; anything else is a bug of ours.
"""


class EngineError(Exception):
    """Anything the engine raises on purpose."""


class ModelDirectoryError(EngineError):
    """A model directory is missing, incomplete, or does not match its own digests."""


class ModelVersionError(ModelDirectoryError):
    """A model directory is in a format that this engine does not read."""


class VocabularyMismatchError(EngineError):
    """The tokenizer and the weights disagree about the vocabulary."""


class SourceFileError(EngineError):
    """A source file, or a place in it, cannot be used for completion."""


class Stopped(Exception):
    """The caller asked to stop; the state is consistent and keeps what was run so far."""
