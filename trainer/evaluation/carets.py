"""Random places in files where a suggestion is asked for, as people would stand there.

Half of them after the indentation of a line, half inside the line. What follows on the line is
what should be suggested; the lines below are there already, as in a file being edited.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from .files import SourceText

SHORTEST_REST = 2  # characters: less is not worth a key
LONGEST_REST = 200


@dataclass(frozen=True)
class Caret:
    """A place in a file: the text before it, the rest of its line, and the lines below."""

    language: str
    before: str
    rest: str
    below: str  # begins with the line end, unless the file ends


def choose_carets(files: Sequence[SourceText], count: int, seed: int) -> list[Caret]:
    """``count`` places, spread evenly over the files; the same for every model."""
    chance = random.Random(seed)
    lines = [_lines(file.text) for file in files]
    usable = [at for at, spans in enumerate(lines) if spans]
    carets = []
    for number in range(count if usable else 0):
        at = usable[number % len(usable)]
        begin, end = chance.choice(lines[at])
        place = begin
        if number % 2:
            place = chance.randint(begin, end - SHORTEST_REST)
        text = files[at].text
        carets.append(Caret(files[at].language, text[:place], text[place:end], text[end:]))
    return carets


def _lines(text: str) -> list[tuple[int, int]]:
    """Spans of the visible text of lines: from after the indentation to the last character."""
    spans, start = [], 0
    for line in text.splitlines(keepends=True):
        body = line.strip()
        begin = start + len(line) - len(line.lstrip())
        if SHORTEST_REST <= len(body) <= LONGEST_REST and start:
            spans.append((begin, begin + len(body)))
        start += len(line)
    return spans
