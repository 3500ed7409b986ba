"""The editors: what they share, and a thin part for each. Knows the engine's public names only."""

from codecomplete.lazy import only_as_program

if __name__ != "codecomplete.integrations":
    only_as_program(__name__)
