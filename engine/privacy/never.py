"""What the user never wants to be suggested again, without storing the text itself.

Only salted digests are kept: of the line that a suggestion would have made, and of the suggestion
itself from the start of its first word. Someone who has the salt and the digests can check a guess,
but cannot read anything. Keeps everything in memory; storing it is up to the host.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from ..patterns import pattern

DIGEST_BYTES = 16
MOST = 20_000
LEAST_CHARACTERS = 4
"""Characters: a shorter suggestion, such as a bracket, is forbidden only in the same line."""

_WORD_BEFORE = pattern(r"[\w.-]*\Z")
_BOUNDARY = pattern(r"\b|(?<=\W)(?=\W)")


class Never:
    """What the user never wants suggested again. Create one per user, and store ``salt`` and
    ``digests`` for the next time."""

    def __init__(self, salt: bytes | None = None, digests: Iterable[bytes] = ()) -> None:
        self.salt = salt or os.urandom(DIGEST_BYTES)
        self.digests = set(digests)

    def forbid(self, text: str, line: str = "") -> list[bytes]:
        """Never suggest ``text`` again after ``line``, the text before it on its line.

        Returns the digests that are new.
        """
        wanted = {self._digest("line", whole) for whole in _lines(line, text)}
        alone = _from_its_word(line, text)
        if len(re.findall(r"\w", alone)) >= LEAST_CHARACTERS:
            wanted.add(self._digest("text", alone))
        new = sorted(wanted - self.digests) if len(self.digests) < MOST else []
        self.digests.update(new)
        return new

    def allowed(self, text: str, line: str = "") -> str:
        """``text`` up to the first line that is forbidden; usually all of it."""
        if not self.digests:
            return text
        if self._digest("text", _from_its_word(line, text)) in self.digests:
            return ""
        place, before = 0, line
        for part in text.split("\n"):
            if self._is_forbidden(before, part):
                return text[:place].rstrip()
            place, before = place + len(part) + 1, ""
        return text

    def _is_forbidden(self, before: str, part: str) -> bool:
        """Whether ``before + part``, or a beginning of it that ends in ``part``, was forbidden."""
        if not part.strip():
            return False
        ends = {match.start() for match in _BOUNDARY.finditer(part)} | {len(part)}
        wholes = {(before + part[:end]).strip() for end in ends if end}
        return any(self._digest("line", whole) in self.digests for whole in wholes if whole)

    def _digest(self, kind: str, text: str) -> bytes:
        import hashlib  # loads OpenSSL, 4 MB, which is only needed once something was forbidden

        data = f"{kind}\0{text}".encode("utf-8", "replace")
        return hashlib.blake2b(data, key=self.salt, digest_size=DIGEST_BYTES).digest()


def _lines(line: str, text: str) -> Iterator[str]:
    """The first line that is not blank when ``text`` follows ``line``."""
    first, *others = text.split("\n")
    candidates = [line + first] if first.strip() else []
    yield from [whole.strip() for whole in [*candidates, *others] if whole.strip()][:1]


def _from_its_word(line: str, text: str) -> str:
    """The first line of ``text`` that is not blank, with the beginning of its first word."""
    match = _WORD_BEFORE.search(line[-100:])
    begun = match.group() if match and text[:1].strip() else ""
    return next((part.strip() for part in (begun + text).split("\n") if part.strip()), "")
