"""Short controlled experiments for the figures in ``docs/training.md``; each is a command."""
