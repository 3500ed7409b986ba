"""What the trainer raises on purpose.

TrainerError
├─ ConfigError        impossible options; lists every problem
├─ CheckpointError    missing, partial, altered, or from another model
├─ DivergedError      the loss stopped being a number
├─ StoppedError       told to stop; what was done is saved
├─ ExportError        a model that a format cannot hold
└─ MissingExtraError  an optional package is needed for what was asked
"""


class TrainerError(Exception):
    """Anything the trainer raises on purpose."""


class ConfigError(TrainerError):
    """The options of a run contradict each other or the data; lists every problem at once."""


class CheckpointError(TrainerError):
    """A checkpoint is missing, partial, altered, or belongs to another model."""


class DivergedError(TrainerError):
    """Training went astray for several steps in a row; the last good checkpoint is kept."""


class StoppedError(TrainerError):
    """The run was told to stop and has saved what it did; the same command goes on with it."""


class ExportError(TrainerError):
    """The format asked for cannot hold this model."""


class MissingExtraError(TrainerError):
    """An optional package is not installed; names the one to install."""
