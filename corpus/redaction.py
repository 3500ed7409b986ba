"""Secrets and people's addresses out of texts, by the detector that serving uses too.

What is found is replaced by placeholders of the same length (``engine/privacy/masks.py``), so that
what is left still parses, and the model learns from text as it will see it. A file that holds a
private key is dropped whole. Addresses (``addresses.py``) go the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

from codecomplete.engine.privacy.masks import replaced
from codecomplete.engine.privacy.secrets import blocks, find, merged

from . import addresses


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its secrets, and how many there were."""

    text: str
    count: int


def redacted(text: str) -> Cleaned | None:
    """The text with placeholders for secrets and addresses; None if it holds a private key."""
    if blocks(text):
        return None
    found = merged([*find(text), *addresses.find(text)])
    return Cleaned(replaced(text, found) if found else text, len(found))
