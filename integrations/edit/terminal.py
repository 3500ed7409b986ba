"""The terminal the editor is started in: whether there is one, and what is piped in beside it."""

from __future__ import annotations

import os
import sys

TERMINAL = "/dev/tty"


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
            raise NoTerminal(f"{name} is not a terminal")
