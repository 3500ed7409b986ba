"""A model on disk: its shape, its files and their digests, what was fitted for it."""
