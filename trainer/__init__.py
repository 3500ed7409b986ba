"""Turns shards into checkpoints, model directories and measurements. Only here is torch used."""

from codecomplete.lazy import only_as_program

if __name__ != "codecomplete.trainer":
    only_as_program(__name__)
