"""What the trainer raises on purpose.

TrainerError
├─ ConfigError        impossible options; lists every problem
└─ CheckpointError    missing, partial, or from another model
"""


class TrainerError(Exception):
    """Anything the trainer raises on purpose."""


class ConfigError(TrainerError):
    """The options of a run contradict each other or the data; lists every problem at once."""


class CheckpointError(TrainerError):
    """A checkpoint is missing, partial, or belongs to another model."""
