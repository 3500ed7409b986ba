"""Replayed typing: what a suggestion is worth in keys, the same for every source.

A stretch of a file is typed from top to bottom, one character a key, with nothing after the
caret. A source is asked after every key, without delay; what it shows stays while typing agrees
with it, as hosts do, and it is asked again only when it does not. The typist knows what comes and
never accepts what is wrong: one key takes the whole suggestion if all of it comes next, else its
first line, else its first word, if that saves at least one key. No editor help (no indentation,
no closed brackets) is simulated, and looking at a suggestion costs nothing; so the figures
compare sources with each other and are no measurement of people.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codecomplete.engine import Suggestion

from .files import SourceText
from .sources import Source

SHORTEST_ACCEPTED = 2  # characters: accepting costs one key


@dataclass(frozen=True)
class Stretch:
    """Characters ``begin`` to ``end`` of a file, to be typed after what precedes them."""

    file: SourceText
    begin: int
    end: int


@dataclass
class Tally:
    """What happened while typing."""

    characters: int = 0
    keys: int = 0
    shown: int = 0
    right: int = 0  # of these, whose whole first word came next
    accepted: int = 0  # suggestions of which any part was taken
    completed: int = 0  # characters that came from suggestions
    parts: dict[str, int] = field(default_factory=lambda: {"all": 0, "line": 0, "word": 0})
    milliseconds: list[float] = field(default_factory=list)  # of each request

    def measures(self) -> dict[str, float | int]:
        """The figures that reports show; shares are of 1."""
        characters, shown = max(1, self.characters), max(1, self.shown)
        return {
            "characters": self.characters,
            "keystrokes_saved": round(1 - self.keys / characters, 4),
            "completed_share": round(self.completed / characters, 4),
            "shown": self.shown,
            "first_word_right": round(self.right / shown, 4),
            "accepted_share": round(self.accepted / shown, 4),
            "wrong_per_100_characters": round(100 * (self.shown - self.accepted) / characters, 2),
            **{f"accepted_{part}": count for part, count in self.parts.items()},
            "requests": len(self.milliseconds),
            "milliseconds_median": round(statistics.median(self.milliseconds or [0]), 2),
            "milliseconds_p95": round(_percentile(self.milliseconds, 0.95), 2),
        }


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0


def choose_stretches(
    files: Sequence[SourceText], characters: int, each: int, seed: int
) -> list[Stretch]:
    """Stretches of ``each`` characters from line starts all over the files, ``characters`` in all.

    The same for every source.
    """
    chance = random.Random(seed)
    order = chance.sample(list(files), len(files))
    stretches: list[Stretch] = []
    for file in order * (1 + characters // max(1, each * len(order))):
        if len(stretches) * each >= characters:
            break
        begin = chance.randint(0, max(0, len(file.text) - each))
        begin = file.text.rfind("\n", 0, begin) + 1
        stretches.append(Stretch(file, begin, min(len(file.text), begin + each)))
    return stretches


def replay(source: Source, stretches: Sequence[Stretch]) -> Tally:
    """Type all stretches with one source."""
    tally = Tally()
    for stretch in stretches:
        source.open(stretch.file)
        _type(source, stretch, tally)
    return tally


def _type(source: Source, stretch: Stretch, tally: Tally) -> None:
    """Type one stretch; a suggestion counts as accepted once, however many parts are taken."""
    text, place = stretch.file.text, stretch.begin
    shown: Suggestion | None = None
    taken = False
    while place < stretch.end:
        if shown is None:
            shown, taken = _ask(source, text, place, tally), False
        coming = text[place : stretch.end]
        part, piece = _acceptable(shown, coming)
        if piece:
            tally.parts[part] += 1
            tally.completed += len(piece)
            tally.accepted += not taken
            taken = True
        else:
            piece = coming[0]
        tally.keys += 1
        tally.characters += len(piece)
        place += len(piece)
        shown = shown.typed(piece) if shown else None


def _ask(source: Source, text: str, place: int, tally: Tally) -> Suggestion | None:
    begin = time.thread_time()
    suggestion = source.suggest(text[:place], "")
    tally.milliseconds.append(1000 * (time.thread_time() - begin))
    if suggestion is not None:
        tally.shown += 1
        tally.right += is_right(suggestion.first_word(), text[place:])
    return suggestion


def is_right(word: str, rest: str) -> bool:
    """Whether ``rest`` begins with the whole word, and not only with a part of a longer one."""
    if not rest.startswith(word):
        return False
    following = rest[len(word) : len(word) + 1]
    return not (word[-1:].isidentifier() and (following.isalnum() or following == "_"))


def _acceptable(shown: Suggestion | None, coming: str) -> tuple[str, str]:
    """The largest part of what is shown that comes next and saves a key; empty if none."""
    for part, piece in _parts(shown):
        if len(piece) >= SHORTEST_ACCEPTED and coming.startswith(piece):
            return part, piece
    return "", ""


def _parts(shown: Suggestion | None) -> Iterator[tuple[str, str]]:
    if shown is not None:
        yield "all", shown.text
        yield "line", shown.first_line()
        yield "word", shown.first_word()
