"""Removes secrets and people's addresses from texts, with the detector that serving uses too.

Each is replaced by a placeholder of the same length (``engine/privacy/masks.py``), so the rest
still parses, and the model learns from text as it will see it later. A file with a private key is
dropped as a whole. Addresses (``addresses.py``) are replaced in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

from codecomplete.engine.privacy.masks import replaced
from codecomplete.engine.privacy.secrets import blocks, find, merged

from . import addresses


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its secrets, and the number of secrets."""

    text: str
    count: int


def redacted(text: str) -> Cleaned | None:
    """The text with placeholders for secrets and addresses; None if it contains a private key."""
    if blocks(text):
        return None
    found = merged([*find(text), *addresses.find(text)])
    return Cleaned(replaced(text, found) if found else text, len(found))
