"""Draws the text of a file before the editor is loaded, where the editor will draw it.

Loading the editor takes longer than reading a file, so the user can read meanwhile. Only what is
certain is drawn: one file, in a known theme, and each line up to the first character that may not
take one cell; the editor draws the rest. Keys wait in the terminal, without echo; if the editor
does not come, the terminal is restored. Knows nothing of widgets, and imports next to nothing.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import termios
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import FrameType
from typing import Any

INPUT, SCREEN = 0, 2  # descriptors of the terminal
MOST_BYTES = 2_000_000
LONGEST = 2_000  # characters; the editor draws longer lines in another way
ROOM_BELOW = 5  # rows that the editor keeps below the caret
SIGNALS = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM")

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"

# One cell wide in every terminal: ASCII, and characters of Latin, Greek and Cyrillic.
_CERTAIN = re.compile("[ -~\u00a1-\u00ac\u00ae-\u024f\u0370-\u0482\u048a-\u052f]*")

Colour = tuple[int, int]  # as 24 bits, and as one of 256


@dataclass(frozen=True)
class Look:
    """Colours of a theme: of the text, of line numbers, and of the two rows at the bottom."""

    text: Colour
    ground: Colour
    number: Colour
    current: Colour  # the number of the line with the caret
    current_ground: Colour
    status: Colour
    keys: Colour


LOOKS = {
    "textual-dark": Look(
        (0xE0E0E0, 253), (0x1E1E1E, 234), (0x6B6B6B, 241), (0x959595, 246), (0x262626, 235),
        (0x3E3E3E, 237), (0x242F38, 17),
    ),
    "textual-light": Look(
        (0x1F1F1F, 234), (0xD8D8D8, 252), (0x8E8E8E, 245), (0x696969, 241), (0xD8D8D8, 252),
        (0xFFFFFF, 231), (0xD0D0D0, 251),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class View:
    """The settings that decide where and how a text is drawn."""

    theme: str
    line_numbers: bool
    soft_wrap: bool
    tab_width: int
    key_bar: bool


class _Has(Enum):
    """Who has the terminal."""

    NOBODY = 0  # the terminal is as it was found
    PICTURE = 1
    EDITOR = 2


class FirstScreen:
    """A terminal that shows a picture until the editor takes it over; ``over`` restores it."""

    def __init__(self) -> None:
        self._has = _Has.NOBODY
        self._before: list[Any] | None = None  # attributes of the terminal

    @property
    def is_drawn(self) -> bool:
        return self._has is _Has.PICTURE

    def draw(self, picture: str) -> None:
        """Show the picture; a signal now restores the terminal before it ends the process."""
        self._before = termios.tcgetattr(INPUT)
        self._has = _Has.PICTURE
        for name in SIGNALS:
            number = getattr(signal, name)
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                signal.signal(number, self._ended)
        termios.tcsetattr(INPUT, termios.TCSANOW, _silent(self._before))
        _write(ENTER + HIDE + picture)

    def taken(self) -> list[Any] | None:
        """The editor takes the terminal over; returns the attributes to restore at its end, or None
        if no picture was drawn."""
        was_drawn = self.is_drawn
        self._has = _Has.EDITOR
        return self._before if was_drawn else None

    def over(self) -> None:
        """Restore the terminal, unless the editor has taken it over."""
        was_drawn, self._has = self.is_drawn, _Has.NOBODY
        if was_drawn:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(INPUT, termios.TCSANOW, self._before or [])
            _write(LEAVE + SHOW)

    def _ended(self, number: int, frame: FrameType | None) -> None:
        self.over()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def picture(path: str, place: tuple[int, int] | None, wanted: str, view: View) -> str | None:
    """What to write to the terminal for the file at ``path``; None if that may look different.

    ``place`` is the line and column to go to, from 1; if ``wanted`` is not empty, it is searched
    for instead.
    """
    look = LOOKS.get(view.theme)
    depth = _depth()
    if look is None or depth is None or view.soft_wrap or not _in_front():
        return None
    try:
        lines = _lines(path)
        columns, rows = os.get_terminal_size(SCREEN)
    except (OSError, ValueError):
        return None
    if wanted:
        place = next(((row, line.find(wanted) + 1) for row, line in enumerate(lines, 1)
                      if wanted in line), None)  # fmt: skip
    below = 2 if view.key_bar else 1
    window = _window(lines, place, (columns, rows - below), view)
    return None if window is None else _drawn(lines, window, look, depth, (columns, rows), view)


@dataclass(frozen=True)
class _Window:
    """The part of a text that is visible, its size in cells, and the caret's line."""

    top: int
    height: int
    width: int
    gutter: int
    caret: int


def _window(
    lines: Sequence[str], place: tuple[int, int] | None, size: tuple[int, int], view: View
) -> _Window | None:
    columns, height = size
    gutter = len(str(len(lines))) + 2 if view.line_numbers else 0
    if height < 1 or columns <= gutter + 3:
        return None
    room = min(ROOM_BELOW, height // 4)
    if place is None:
        return _Window(0, height, columns - (len(lines) + room > height), gutter, 0)
    widest = max(len(line.expandtabs(view.tab_width)) for line in lines) + gutter + 1
    scrolls = len(lines) + room > height
    wide = widest > columns - scrolls
    caret, column = min(max(place[0], 1), len(lines)) - 1, place[1]
    if wide and (column > (columns - gutter) // 2 or not all(map(str.isascii, lines))):
        return None
    height -= wide
    room = min(ROOM_BELOW, height // 4)
    top = int(caret + (1 + room) / 2 - height / 2 + 0.5)  # the caret and the room below, centred
    top = max(0, min(top, len(lines) + room - height))
    return _Window(top, height, columns - scrolls, gutter, caret)


def _drawn(
    lines: Sequence[str], window: _Window, look: Look, depth: int, size: tuple[int, int],
    view: View,
) -> str | None:  # fmt: skip
    columns, rows = size
    seen = lines[window.top : window.top + window.height]
    if any(len(line) > LONGEST for line in seen):
        return None

    def sgr(text: Colour, ground: Colour, bold: str = "") -> str:
        return f"\x1b[0{bold};{_colour(38, text, depth)};{_colour(48, ground, depth)}m"

    def row(at: int, line: str) -> Iterator[str]:
        current = at == window.caret
        ground = look.current_ground if current else look.ground
        yield sgr(look.text, ground) + " " * window.width
        yield sgr(look.text, look.ground) + " " * (columns - window.width) + "\r"
        if view.line_numbers:
            number = look.current if current else look.number
            yield sgr(number, ground, ";1" if current else "")
            yield f"{at + 1:>{window.gutter - 2}}  "
        yield sgr(look.text, ground)
        yield _certain(line.expandtabs(view.tab_width))[: window.width - window.gutter]

    parts = ["\x1b[?7l"]
    for number, line in enumerate(seen):
        parts += [f"\x1b[{number + 1}H", *row(window.top + number, line)]
    for number in range(len(seen), rows):
        parts += [f"\x1b[{number + 1}H", sgr(look.text, look.ground), " " * columns]
    for number, ground in zip(range(rows, 0, -1), _bottom(look, view), strict=False):
        parts += [f"\x1b[{number}H", sgr(look.text, ground), " " * columns]
    return "".join([*parts, "\x1b[0m\x1b[?7h"])


def _bottom(look: Look, view: View) -> list[Colour]:
    return [look.keys, look.status] if view.key_bar else [look.status]


def _certain(line: str) -> str:
    """The beginning of a line, as far as it looks the same in every terminal."""
    found = _CERTAIN.match(line)
    return found[0] if found else ""


def _colour(kind: int, colour: Colour, depth: int) -> str:
    code, number = colour
    if depth == 256:
        return f"{kind};5;{number}"
    return f"{kind};2;{code >> 16};{code >> 8 & 255};{code & 255}"


def _depth() -> int | None:
    """How many colours the editor will use, 256 or 2^24; None for any other number."""
    if any(name == "NO_COLOR" or name.startswith("TEXTUAL") for name in os.environ):
        return None
    if os.environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return 1 << 24
    term = os.environ.get("TERM", "").strip().lower()
    return 256 if term.endswith("-256color") else None


def _in_front() -> bool:
    """Whether this process is in the terminal's foreground, and may write to it."""
    try:
        return os.tcgetpgrp(INPUT) == os.getpgrp()
    except OSError:
        return False


def _lines(path: str) -> list[str]:
    """The lines of a UTF-8 file of bounded size. Raises OSError or ValueError for any other."""
    if not Path(path).is_file():
        raise OSError(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    text = data.decode("utf-8")
    ends = text.count("\r\n")
    if len(data) > MOST_BYTES or "\0" in text or text[:1] == "\ufeff":
        raise ValueError(path)
    if ends != text.count("\r") or ends not in (0, text.count("\n")):
        raise ValueError(path)
    return text.replace("\r\n", "\n").split("\n")


def _silent(attributes: list[Any]) -> list[Any]:
    """Attributes for which keys wait as they were pressed, without echo, as in the editor."""
    silent = [*attributes]
    silent[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    silent[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    silent[6] = [*attributes[6]]
    silent[6][termios.VMIN] = 1
    return silent


def _write(text: str) -> None:
    """Write what the terminal takes; the editor draws the rest."""
    data = text.encode("utf-8", "replace")
    with contextlib.suppress(OSError):
        while data:
            data = data[os.write(SCREEN, data) :]
