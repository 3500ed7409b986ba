"""Regular expressions that are compiled when they are first used.

Compiling takes a fifth of a millisecond on average. There are dozens of patterns, of which a first
suggestion needs few. Knows nothing about what they match.
"""

from __future__ import annotations

import re
from typing import Any, cast


def pattern(source: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """What ``re.compile`` gives, later: errors in ``source`` too are found with the first use."""
    return cast("re.Pattern[str]", Later(source, flags))


class Later:
    """Stands for a pattern; each method is looked up in it once, and kept."""

    def __init__(self, source: str, flags: re.RegexFlag) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        # Two threads may both compile: re keeps what it has compiled, and either will do.
        value = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, value)
        return value
