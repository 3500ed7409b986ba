"""docs/lsp.md says what the code says, and its files can be read by those they are for."""

from __future__ import annotations

import json
import re
import tomllib

from codecomplete.integrations.lsp.server import Server
from tests.integrations.lsp.reference import PAGE, page

TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_tables_are_those_of_the_code():
    assert page(TEXT) == TEXT, "run python -m tests.integrations.lsp.reference"


def test_every_method_is_on_the_page():
    server = Server(lambda body: None, lambda options: None)
    for method in {**server._requests(), **server._notifications()}:
        assert f"`{method}`" in TEXT, method
    server.close()


def test_what_is_to_be_copied_can_be_read():
    assert blocks("json") and blocks("toml") and blocks("lua") and blocks("elisp")
    for block in blocks("json"):
        json.loads(block)
    for block in blocks("toml"):
        tomllib.loads(block)
    for block in blocks("elisp"):
        assert block.count("(") == block.count(")")


def test_every_file_of_the_server_is_on_the_page():
    folder = PAGE.parents[1] / "integrations" / "lsp"
    for path in folder.glob("*.py"):
        assert path.name == "__init__.py" or f"`{path.name}`" in TEXT, path.name
