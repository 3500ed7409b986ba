"""The terminal that the editor starts in: whether there is one, and what is piped in."""

from __future__ import annotations

import os
import sys

TERMINAL = "/dev/tty"


class NoTerminal(Exception):
    """There is no terminal to draw on or to read keys from; the message says which."""


def piped_input() -> bytes:
    """Read all of standard input, then make it the terminal again. Raises NoTerminal."""
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
    """Raise NoTerminal unless standard input and standard error are terminals."""
    for number, name in ((0, "standard input"), (2, "standard error, where the screen is drawn,")):
        if not os.isatty(number):
            raise NoTerminal(f"{name} is not a terminal")
