"""A run from its options to its results: presets, plan, checks, several runs in a row."""
