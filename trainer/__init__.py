"""Shards in; checkpoints, model directories and measurements out. Only here is torch used."""
