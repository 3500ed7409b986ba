"""The tables of docs/lsp.md that come from the code: ``python -m tests.integrations.lsp.reference``
writes them into the page; a test compares."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from pathlib import Path

from codecomplete.integrations.lsp import where
from codecomplete.integrations.lsp.settings import Settings
from tests.integrations.reference import put

PAGE = Path(__file__).parents[3] / "docs" / "lsp.md"


def settings() -> str:
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for one in fields(Settings):
        default = one.default if one.default is not MISSING else one.default_factory()
        rows.append(f"| `{one.name}` | `{json.dumps(default)}` | {one.metadata['help']} |")
    return "\n".join(rows) + "\n"


def off() -> str:
    return ", ".join(f"`{name}`" for name in sorted(where.OFF)) + "\n"


def page(text: str) -> str:
    """``text`` with the tables as they should be."""
    return put(put(text, "settings", settings()), "off", off())


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
