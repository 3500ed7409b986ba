"""Lines that were entered before and begin as the current one does.

Pure functions on a list of inputs; knows neither where that is kept nor who shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST_INPUTS = 2000  # the newest ones; searched after a key, on the main thread


def matches(line: str, inputs: Sequence[str]) -> Iterator[str]:
    """The rest of each earlier line that begins with ``line``, newest first, no duplicates.

    >>> list(matches("pri", ["print(1)", "x = 2", "print(2)\\nprint(1)"]))
    ['nt(1)', 'nt(2)']
    """
    if not line.strip():
        return
    seen: set[str] = set()
    for text in reversed(inputs[-MOST_INPUTS:]):
        if line not in text:
            continue
        for earlier in reversed(text.split("\n")):
            rest = earlier[len(line) :].rstrip()
            if earlier.startswith(line) and rest and rest not in seen:
                seen.add(rest)
                yield rest


def next_after(inputs: Sequence[str]) -> str:
    """The single line that followed the newest input when that was entered before; "" if none.

    >>> next_after(["a = 1", "print(a)", "b = 2", "a = 1"])
    'print(a)'
    """
    if not inputs:
        return ""
    newest = inputs[-1]
    for place in range(len(inputs) - 2, max(-1, len(inputs) - MOST_INPUTS), -1):
        following = inputs[place + 1].strip()
        if inputs[place] == newest and following != newest.strip() and "\n" not in following:
            return following
    return ""
