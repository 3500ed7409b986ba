"""The ``codecomplete`` command: passes its arguments to the part that the first one names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from codecomplete import __version__

PARTS = {
    "complete": ("codecomplete.engine.__main__", "suggest a continuation at a place in a file"),
    "bench": ("codecomplete.engine.__main__", "type files and measure what each key costs"),
    "edit": ("codecomplete.integrations.edit", "the terminal editor, cc-edit"),
    "repl": ("codecomplete.integrations.prompt.repl", "IPython with ghost text, cc-repl"),
    "nvim": (
        "codecomplete.integrations.nvim.__main__",
        "the Neovim plugin: print its path, run its process",
    ),
    "vim": (
        "codecomplete.integrations.vim.__main__",
        "the Vim plugin: print its path, run its process",
    ),
    "lsp": ("codecomplete.integrations.lsp.__main__", "the language server, cc-lsp"),
    "web": (
        "codecomplete.integrations.web.__main__",
        "serve the web page with ghost text on this computer",
    ),
    "corpus": ("codecomplete.corpus.__main__", "make token shards from public packages"),
    "trainer": ("codecomplete.trainer.__main__", "train, tune, export and measure models"),
}
ENGINE = ("complete", "bench")  # commands of one parser, which needs to see their names


def main(arguments: Sequence[str] | None = None) -> int:
    """Pass the arguments to the part that they name; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    first = given[0] if given else "--help"
    if first in ("-V", "--version"):
        print(f"codecomplete {__version__}")
        return 0
    if first in ("-h", "--help"):
        print(_help())
        return 0
    if first not in PARTS:
        print(f"codecomplete: no command {first!r}\n\n{_help()}", file=sys.stderr)
        return 2
    return _part(first)(given if first in ENGINE else given[1:])


def _part(name: str) -> Callable[[Sequence[str]], int]:
    found: Callable[[Sequence[str]], int] = import_module(PARTS[name][0]).main
    return found


def _help() -> str:
    rows = "\n".join(f"  {name:10} {what}" for name, (_, what) in PARTS.items())
    return f"""\
usage: codecomplete COMMAND ...

{rows}

'codecomplete COMMAND --help' explains a command; --version prints the version."""


if __name__ == "__main__":
    sys.exit(main())
