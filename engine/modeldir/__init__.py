"""A model on disk: its shape, its files and their digests, its tuning."""
