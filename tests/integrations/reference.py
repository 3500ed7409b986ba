"""The tables of docs/repl.md that come from the code: ``python -m tests.integrations.reference``
writes them into the page; a test compares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from codecomplete.integrations.prompt.conversation import ReplOptions

PAGE = Path(__file__).parents[2] / "docs" / "repl.md"


def options() -> str:
    rows = ["| option | default | meaning |", "|---|---|---|"]
    for option in fields(ReplOptions):
        default = "none" if option.default is None else repr(option.default)
        rows.append(f"| `{option.name}` | `{default}` | {option.metadata['help']} |")
    return "\n".join(rows) + "\n"


def put(text: str, name: str, content: str) -> str:
    """``text`` with ``content`` between the comment of that name and the next end."""
    head, start, rest = text.partition(f"<!-- {name} -->\n")
    return head + start + content + rest[rest.index("<!-- end -->") :]


def tell(rows: Iterable[str], page: str | None, name: str = "measured") -> None:
    """Print measured rows as they come; with ``page`` they are its table of that name from then
    on."""
    lines = []
    for row in rows:
        print(row, flush=True)
        lines.append(row + "\n")
    if page is not None:
        text = Path(page).read_text(encoding="utf-8")
        Path(page).write_text(put(text, name, "".join(lines)), encoding="utf-8")


def page(text: str) -> str:
    """``text`` with the table of options as it should be."""
    return put(text, "options", options())


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
