"""Secrets and e-mail addresses out of texts, by the detector that serving uses too.

What is found is replaced by placeholders of the same length (``engine/privacy/masks.py``), so that
what is left still parses, and the model learns from text as it will see it. A file that holds a
private key is dropped whole.

E-mail addresses are people's: no model needs them. Those that stand for nobody stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codecomplete.engine.privacy.masks import replaced
from codecomplete.engine.privacy.secrets import blocks, find, merged

_EMAIL = re.compile(
    r"(?<![\w.+/@-])[A-Za-z0-9][\w.+-]{0,63}@(?=[\w-]{1,63}\.)(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,12}(?![\w@])"
)
_NOBODY = re.compile(
    r"(?i)@(?:[\w-]+\.)*(?:example\.\w+|\w+\.(?:example|test|invalid|local|localhost))$|@\dx\.\w+$"
    r"|^(?:no-?reply|git|svn|hg|user|username|name|you|your\.?name|me|foo|bar|test|someone|admin|root)@"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its secrets, and how many there were."""

    text: str
    count: int


def redacted(text: str) -> Cleaned | None:
    """The text with placeholders for secrets and addresses; None if it holds a private key."""
    if blocks(text):
        return None
    found = merged([*find(text), *_addresses(text)])
    return Cleaned(replaced(text, found) if found else text, len(found))


def _addresses(text: str) -> list[tuple[int, int]]:
    if "@" not in text:
        return []
    found = _EMAIL.finditer(text)
    return [match.span() for match in found if not _NOBODY.search(match.group())]
