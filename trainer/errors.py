"""The errors that the trainer raises on purpose.

TrainerError
├─ ConfigError        impossible options; lists every problem
├─ CheckpointError    missing, partial, altered, or from another model
├─ LogError           the log of a run cannot be written
├─ DivergedError      the loss or the gradients went astray
├─ StoppedError       told to stop; progress is saved
├─ ExportError        a model that a format does not support
└─ MissingExtraError  an optional package is needed
"""


class TrainerError(Exception):
    """Anything the trainer raises on purpose."""


class ConfigError(TrainerError):
    """The options of a run contradict each other or the data; lists every problem at once."""


class CheckpointError(TrainerError):
    """A checkpoint is missing, partial, altered, or belongs to another model."""


class LogError(TrainerError):
    """The log of a run cannot be written; its checkpoints are as they were."""


class DivergedError(TrainerError):
    """Training went astray for several steps in a row; the last good checkpoint is kept."""


class StoppedError(TrainerError):
    """The run was told to stop and has saved its progress; the same command continues it."""


class ExportError(TrainerError):
    """The requested format does not support this model."""


class MissingExtraError(TrainerError):
    """An optional package is not installed; names the one to install."""
