"""Shards in; checkpoints, model directories and measurements out. The only package that uses torch."""
