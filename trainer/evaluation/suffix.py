"""Suggestions with text after the caret: what is missing is known, and what stands there must fit.

Four kinds of gaps are cut into held-out files, each with everything else of the file in place:

- *words*: one to four words inside a line, the rest of the line following;
- *line*: a whole line between two others, as when Enter opened a new one; the caret stands where
  an editor's own indentation puts it;
- *brackets*: what stands between two brackets of one line, as editors that close brackets leave it;
- *opened*: nothing; a new line between two others, of which nobody knows what it should say.

A suggestion is exact if it is what is missing, no less and no more. It repeats if it says the next
line again, and doubles if it closes a bracket that is closed already.

Knows sources of suggestions, not how they find them.
"""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .files import SourceText
from .replay import is_right
from .sources import Source

WORDS, LINE, BRACKETS, OPENED = KINDS = ("words", "line", "brackets", "opened")
MOST_WORDS = 4
LONGEST_LINE = 160
TRIES = 200  # places looked at before a file is given up
_WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_CLOSERS = {closer: opener for opener, closer in _PAIRS.items()}


@dataclass(frozen=True)
class Gap:
    """A file without ``missing``, which stood between ``before`` and ``after``."""

    kind: str
    file: SourceText
    before: str
    missing: str
    after: str

    @property
    def next_line(self) -> str:
        """The next line that is not empty, without its indentation."""
        lines = self.after.partition("\n")[2].split("\n")
        return next((line.strip() for line in lines if line.strip()), "")


@dataclass
class Marks:
    """What the suggestions at the gaps of one kind were like."""

    gaps: int = 0
    shown: int = 0
    exact: int = 0
    first_word: int = 0  # right, of those shown
    repeats: int = 0
    doubles: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def add(self, gap: Gap, text: str, milliseconds: float) -> None:
        self.gaps += 1
        self.milliseconds.append(milliseconds)
        if not text.strip():
            return
        self.shown += 1
        self.exact += text.rstrip() == gap.missing.rstrip()
        found = _WORD.match(text)
        self.first_word += found is not None and is_right(found.group(), gap.missing + gap.after)
        self.repeats += bool(gap.next_line) and text.strip().split("\n")[0] == gap.next_line
        self.doubles += doubles(gap, text)

    def measures(self) -> dict[str, Any]:
        """``exact`` is of all gaps, the other shares are of the suggestions shown."""
        gaps, shown = max(1, self.gaps), max(1, self.shown)
        times = sorted(self.milliseconds or [0.0])
        return {
            "gaps": self.gaps,
            "shown": round(self.shown / gaps, 4),
            "exact": round(self.exact / gaps, 4),
            "exact_of_shown": round(self.exact / shown, 4),
            "first_word_right": round(self.first_word / shown, 4),
            "repeats": round(self.repeats / shown, 4),
            "doubles": round(self.doubles / shown, 4),
            "milliseconds_median": round(statistics.median(times), 2),
            "milliseconds_p95": round(times[int(0.95 * (len(times) - 1))], 2),
        }


def choose_gaps(files: Sequence[SourceText], kind: str, count: int, seed: int) -> list[Gap]:
    """``count`` gaps spread evenly over the files; the same for every source."""
    chance = random.Random(f"{kind} {seed}")
    order = chance.sample(list(files), len(files))
    gaps: list[Gap] = []
    while order and len(gaps) < count:
        found = [gap for file in order if (gap := _gap(file, kind, chance)) is not None]
        if not found:
            break
        gaps += found
    return gaps[:count]


def answer(source: Source, gaps: Sequence[Gap]) -> Marks:
    """Ask a source at every gap."""
    marks = Marks()
    for gap in gaps:
        source.open(gap.file)
        source.suggest(gap.before[:-1], gap.after)  # a jump, whose time is not what is measured
        begin = time.thread_time()
        suggestion = source.suggest(gap.before, gap.after)
        spent = 1000 * (time.thread_time() - begin)
        marks.add(gap, suggestion.text if suggestion else "", spent)
    return marks


def doubles(gap: Gap, text: str) -> bool:
    """Whether the caret's line has more closers without an opener than it should have."""
    head = gap.before.rpartition("\n")[2]
    rest = gap.after.partition("\n")[0]
    line = text.partition("\n")[0]
    return _surplus(head + line + rest) > _surplus(head + gap.missing + rest)


def _surplus(line: str) -> int:
    """Closers of a line whose opener does not stand on it."""
    open_, surplus = 0, 0
    for character in line:
        if character in _PAIRS:
            open_ += 1
        elif character in _CLOSERS:
            surplus += not open_
            open_ = max(0, open_ - 1)
    return surplus


def _gap(file: SourceText, kind: str, chance: random.Random) -> Gap | None:
    """A random gap of a kind; None where the file has none."""
    lines = file.text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for _ in range(TRIES):
        at = chance.randrange(len(lines))
        if not 2 <= len(lines[at].strip()) <= LONGEST_LINE:
            continue
        if kind in (LINE, OPENED) and not _is_between(lines, at):
            continue
        spans = list(_spans(lines[at], kind, chance))
        if spans:
            begin, end = chance.choice(spans)
            return _cut(file, kind, starts[at] + begin, starts[at] + end)
    return None


def _cut(file: SourceText, kind: str, begin: int, end: int) -> Gap:
    text = file.text
    if kind == OPENED:
        line = text.rfind("\n", 0, begin) + 1
        return Gap(kind, file, text[:begin], "", "\n" + text[line:])
    return Gap(kind, file, text[:begin], text[begin:end], text[end:])


def _is_between(lines: Sequence[str], at: int) -> bool:
    return bool(0 < at < len(lines) - 1 and lines[at - 1].strip() and lines[at + 1].strip())


def _spans(line: str, kind: str, chance: random.Random) -> Iterator[tuple[int, int]]:
    """Parts of a line that may go missing."""
    indent = len(line) - len(line.lstrip())
    if kind in (LINE, OPENED):
        yield indent, len(line.rstrip())
    elif kind == WORDS:
        words = [match.span() for match in _WORD.finditer(line, indent)]
        count = chance.randint(1, MOST_WORDS)
        yield from ((words[at][0], words[at + count - 1][1]) for at in range(len(words) - count))
    else:
        yield from _between_brackets(line)


def _between_brackets(line: str) -> Iterator[tuple[int, int]]:
    stack: list[int] = []
    for at, character in enumerate(line):
        if character in _PAIRS:
            stack.append(at)
        elif character in _CLOSERS and stack and line[stack[-1]] == _CLOSERS[character]:
            begin = stack.pop() + 1
            if line[begin:at].strip():
                yield begin, at
        elif character in _CLOSERS:
            stack.clear()
