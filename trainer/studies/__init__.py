"""Short controlled runs behind the figures of ``docs/training.md``; each is a command."""
