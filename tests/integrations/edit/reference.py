"""The tables of docs/edit.md that come from the code: ``python -m
tests.integrations.edit.reference`` writes them into the page; a test compares."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterable
from dataclasses import fields
from functools import partial

from textual.binding import Binding

from codecomplete.integrations.edit import settings
from codecomplete.integrations.edit.app import KEYS, EditorApp
from codecomplete.integrations.edit.command import _parser
from codecomplete.integrations.edit.commands import completing, ghost_commands
from codecomplete.integrations.edit.editor import Editor
from codecomplete.integrations.edit.finding import FindBar
from tests.integrations.reference import PAGE as REPL_PAGE
from tests.integrations.reference import put

PAGE = REPL_PAGE.with_name("edit.md")
NAMES = {
    "right_square_bracket": "]", "left_square_bracket": "[", "underscore": "/", "slash": "/",
    "pagedown": "PageDown", "pageup": "PageUp", "@": "Space", "escape": "Esc",
}  # fmt: skip


def named(key: str) -> str:
    """A key as people write it."""
    *modifiers, last = key.split("+")
    last = NAMES.get(last, last.upper() if len(last) <= 3 and last[-1:].isdigit() else last)
    return "-".join([*(one.capitalize() for one in modifiers), last[:1].upper() + last[1:]])


def keys(bindings: Iterable[Binding]) -> str:
    rows = ["| key | does | name in the settings |", "|---|---|---|"]
    for binding in bindings:
        names = dict.fromkeys(named(key) for key in binding.key.split(","))
        does = binding.tooltip or binding.description
        rows.append(f"| {', '.join(names)} | {does} | `{binding.id}` |")
    return "\n".join(rows) + "\n"


def commands() -> list[Binding]:
    rest = [one for one in EditorApp.BINDINGS if one.id in ("commands", "quit")]
    return [*KEYS, *rest]


def options() -> str:
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for option in fields(settings.EditOptions):
        default = "not set" if option.default is None else settings._toml(option.default)
        rows.append(f"| `{option.name}` | `{default}` | {option.metadata['help']} |")
    return "\n".join(rows) + "\n"


def usage() -> str:
    parser = _parser()
    parser.formatter_class = partial(RawDescriptionHelpFormatter, width=100)  # of any terminal
    return f"```\n{parser.format_help()}```\n"


def page(text: str) -> str:
    """``text`` with everything that the code says."""
    for name, content in (
        ("ghost keys", keys(ghost_commands.KEYS)),
        ("commands", keys(commands())),
        ("editing", keys(Editor.COMMANDS)),
        ("menu", keys(completing.KEYS)),
        ("find", keys(FindBar.BINDINGS)),
        ("settings", options()),
        ("usage", usage()),
    ):
        text = put(text, name, content)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
