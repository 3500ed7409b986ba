"""The usual server for each language, and what servers call the language. Pure functions."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

KNOWN: dict[str, tuple[str, ...]] = {
    "c": ("clangd",),
    "cpp": ("clangd",),
    "css": ("vscode-css-language-server", "--stdio"),
    "go": ("gopls",),
    "html": ("vscode-html-language-server", "--stdio"),
    "java": ("jdtls",),
    "javascript": ("typescript-language-server", "--stdio"),
    "kotlin": ("kotlin-language-server",),
    "lua": ("lua-language-server",),
    "php": ("intelephense", "--stdio"),
    "python": ("pylsp",),
    "ruby": ("solargraph", "stdio"),
    "rust": ("rust-analyzer",),
    "shell": ("bash-language-server", "start"),
    "typescript": ("typescript-language-server", "--stdio"),
    "yaml": ("yaml-language-server", "--stdio"),
}
IDS = {"shell": "shellscript", "make": "makefile"}


class BadServer(Exception):
    """A line of the setting ``servers`` is not valid; the message says why."""


def id_of(language: str) -> str:
    """The language's identifier in the protocol."""
    return IDS.get(language, language)


def chosen(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The commands that the setting gives, by language. Raises BadServer.

    >>> chosen(["c: clangd --log=error", "python"])
    {'c': ('clangd', '--log=error'), 'python': ('pylsp',)}
    """
    return dict(map(_one, lines))


def _one(line: str) -> tuple[str, tuple[str, ...]]:
    language, _, command = (part.strip() for part in line.partition(":"))
    try:
        words = tuple(shlex.split(command)) or KNOWN.get(language, ())
    except ValueError as error:
        raise BadServer(f"{line!r} is not a command: {error}") from error
    if not language or not words:
        raise BadServer(f"{line!r} names no server; write 'python: pylsp'")
    return language, words
