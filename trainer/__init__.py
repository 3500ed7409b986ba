"""Shards in; checkpoints, model directories and measurements out. Only here is torch used."""

from codecomplete.quiet import opt_out

opt_out()  # before any library is imported
