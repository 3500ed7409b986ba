"""Turns what a terminal sends into keys and pastes, where Textual's parser loses or misnames it.

Without the Kitty protocol, Alt and a key arrive as Esc and the key. Textual takes that for the
plain character wherever text is typed, or for “^” and the character if another key follows at once.
It also takes an unknown sequence for typed text and a line feed for a key that types nothing, and
loses NUL in a paste and the order of what follows an Esc there. Knows no terminal and no
application.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from itertools import chain

from textual import _xterm_parser as known
from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END as END
from textual._xterm_parser import BRACKETED_PASTE_START as START
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message

AT_ONCE = {"\x1b]": "]"}  # no reply to Textual begins with it; Esc [ must wait for more
ESC_AND_KEY = re.compile(r"\x1b[^\x1b\[\]OPX^_]")  # Alt and a key; nothing longer begins with it
SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-Z\\-~]")  # a complete one (CSI), known or not
MOUSE_BEGINS = "\x1b[M"  # three bytes follow
ENTER = ("ctrl+j",)  # what Textual calls a line feed
PATIENCE = 1.0  # seconds without a byte until the paste so far is passed on


class KeyParser(XTermParser):
    """Textual's parser for everything but pastes, which are handled here."""

    def __init__(self, debug: bool = False) -> None:
        self._seen = ""  # the last characters, where a paste's mark may have begun
        self._pasted: list[str] | None = None  # what was pasted so far; None outside a paste
        self._fed = 0.0
        super().__init__(debug)

    # Pastes

    def feed(self, data: str) -> Iterable[Message]:
        """The messages that ``data`` completes; "" is the end of all input."""
        self._fed = time.monotonic()
        if not data:
            yield from chain(self._flushed(), super().feed(data))
        while data:
            if self._pasted is None:
                first, data = self._up_to(START, data)
                if self._begun(first):
                    self._pasted, self._seen = [], ""
                yield from _with_alt(super().feed(first))
            else:
                data = self._paste_on(data)
                if self._pasted is None:
                    yield from self._ended()

    def tick(self) -> Iterable[Message]:
        """Called regularly: the messages for input that has waited too long for more bytes."""
        waited = list(super().tick())
        if waited:
            self._seen = ""
        if self._pasted and time.monotonic() - self._fed > PATIENCE:
            return [*waited, *self._flushed()]
        return waited

    def _up_to(self, mark: str, data: str) -> tuple[str, str]:
        """``data`` up to the end of ``mark``, which may have begun before it, and the rest."""
        at = (self._seen + data).find(mark)
        end = len(data) if at < 0 else at + len(mark) - len(self._seen)
        return data[:end], data[end:]

    def _begun(self, known: str) -> bool:
        seen = self._seen + known
        self._seen = seen[-(len(START) - 1) :]
        return seen.endswith(START)

    def _paste_on(self, data: str) -> str:
        """Take in what is pasted; returns what follows the end of the paste."""
        assert self._pasted is not None
        text = self._seen + data
        inside, end, rest = text.partition(END)
        if end:
            self._whole, self._pasted, self._seen = [*self._pasted, inside], None, ""
            return rest
        keep = len(END) - 1
        self._pasted.append(text[:-keep] if len(text) > keep else "")
        self._seen = text[-keep:]
        return ""

    def _ended(self) -> Iterable[Message]:
        """The whole paste, without the empty one that Textual's parser sees."""
        yield events.Paste("".join(self._whole))
        yield from (one for one in super().feed(END) if not isinstance(one, events.Paste))

    def _flushed(self) -> Iterable[Message]:
        """The paste so far, as its end may never come."""
        if self._pasted is not None and (text := "".join(self._pasted) + self._seen):
            self._pasted, self._seen = [], ""
            yield events.Paste(text)

    # Keys

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if sequence in AT_ONCE:
            sequence, alt = AT_ONCE[sequence], True
        keys = list(self._named(sequence, alt))
        if not keys and ESC_AND_KEY.fullmatch(sequence):
            keys = list(self._named(sequence[1], True))
        elif not keys and _means_nothing(sequence):
            keys = [events.Key(Keys.Ignore, sequence)]
        for key in keys:
            key.typed = True  # type: ignore[attr-defined]
            yield key

    def _named(self, sequence: str, alt: bool) -> Iterable[events.Key]:
        for key in super()._sequence_to_key_events(sequence, alt):
            if key.key in ENTER:
                yield events.Key("enter", "\r")
            elif alt and len(sequence) == 1 and key.is_printable:
                yield events.Key(key.key if "+" in key.key else f"alt+{key.key}", None)
            else:
                yield key


def _means_nothing(sequence: str) -> bool:
    """Whether a sequence is complete but neither a mouse event nor a reply to a query."""
    others = (known._re_mouse_event, known._re_terminal_mode_response)
    return (
        sequence != MOUSE_BEGINS
        and SEQUENCE.fullmatch(sequence) is not None
        and not any(one.match(sequence) for one in others)
    )


def _with_alt(messages: Iterable[Message]) -> Iterable[Message]:
    """Textual gives an Esc that begins nothing as a “^” that nobody typed: here it means Alt."""
    alt = False
    for message in messages:
        if isinstance(message, events.Key):
            if not hasattr(message, "typed") and message.key == "circumflex_accent":
                alt = True
                continue
            if alt and message.is_printable:
                message = events.Key(f"alt+{message.key}", None)
            alt = False
        yield message
