"""The terminal the editor runs in: whether there is one, and the keys that Textual does not know.

Terminals without the Kitty protocol send Alt and a key as Esc and the key; Textual understands that
for letters and digits only, so Alt+] would type a bracket.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver

TERMINAL = "/dev/tty"
AT_ONCE = {"\x1b]": "]"}  # no reply of a terminal to Textual begins with it; Esc [ must wait


class AltParser(XTermParser):
    """Names Alt with punctuation as Textual names it under the Kitty protocol."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if sequence in AT_ONCE:
            sequence, alt = AT_ONCE[sequence], True
        for key in super()._sequence_to_key_events(sequence, alt):
            if alt and len(sequence) == 1 and key.is_printable and "+" not in key.key:
                yield events.Key(f"alt+{key.key}", None)
            else:
                yield key


class Driver(linux_driver.LinuxDriver):
    """Textual's own, with that parser."""

    def run_input_thread(self) -> None:
        vars(linux_driver)["XTermParser"] = AltParser  # where the driver looks its parser up
        super().run_input_thread()


class NoTerminal(Exception):
    """There is nobody to edit; the message says what is missing."""


def piped_input() -> bytes:
    """All of standard input, which from then on is the terminal again. Raises NoTerminal."""
    if sys.stdin.isatty():
        raise NoTerminal("standard input is the terminal; give a file, or pipe something into '-'")
    data = sys.stdin.buffer.read()
    try:
        terminal = os.open(TERMINAL, os.O_RDWR)
    except OSError as error:
        raise NoTerminal(f"no terminal to read keys from: {error.strerror}") from error
    os.dup2(terminal, 0)
    os.close(terminal)
    return data


def check() -> None:
    """Raises NoTerminal if the editor could be neither seen nor typed into."""
    for number, name in ((0, "standard input"), (2, "standard error, where the screen is drawn,")):
        if not os.isatty(number):
            raise NoTerminal(f"{name} is no terminal")
