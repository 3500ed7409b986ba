"""docs/repl.md says what the code says."""

from __future__ import annotations

import ast
import re

from codecomplete.integrations.prompt import keys
from codecomplete.integrations.prompt.conversation import ReplOptions
from tests.integrations.reference import PAGE, page, put

NAMES = {
    "right": "Right", "end": "End", "c-e": "Ctrl-E", "c-f": "Ctrl-F", "c-right": "Ctrl-Right",
    "s-tab": "Shift-Tab", "s-delete": "Shift-Delete", "escape": "Esc", "c-up": "Ctrl-Up",
    "c-down": "Ctrl-Down",
}  # fmt: skip


def named(key) -> str:
    return NAMES[key] if isinstance(key, str) else f"Alt-{key[1].upper()}"


def test_the_options_are_those_of_the_code():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, "run python -m tests.integrations.reference"


def test_every_key_is_in_the_table():
    table = re.search(r"\| key \| does \|\n(.*?)\n\n", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    listed = {key for row in table.group(1).split("\n") for key in row.split("|")[1].split(",")}
    options = ReplOptions()
    bound = [*keys.ACCEPT, keys.WORD, keys.EMACS_WORD, keys.DISMISS, keys.NEXT, keys.PREVIOUS]
    bound += [keys.OLDER, keys.NEWER, options.accept_line_key, options.never_key]
    assert {named(key) for key in bound} | {"Tab"} == {key.strip() for key in listed} - {"---"}


def test_history_characters_in_the_rule_are_the_default():
    assert f"once {ReplOptions().history_characters} characters" in PAGE.read_text(encoding="utf-8")


def test_the_picture_asks_no_other_computer():
    drawn = PAGE.with_name("repl.svg").read_text(encoding="utf-8")
    assert "@font-face" not in drawn and "url(http" not in drawn


def test_each_host_library_is_imported_in_one_place():
    folder = PAGE.parents[1] / "integrations"
    found: dict[str, set[str]] = {"prompt_toolkit": set(), "IPython": set(), "ptpython": set()}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
            if module and not node.level and module.split(".")[0] in found:
                found[module.split(".")[0]].add(path.name)
    assert found == {
        "prompt_toolkit": {"attach.py", "drawing.py", "ghost.py", "keys.py", "options.py"},
        "IPython": {"debugging.py", "ipython.py", "repl.py"},
        "ptpython": {"ptpython.py"},
    }


def test_the_page_is_whole():
    text = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings == [
        "Start", "Keys", "Where a suggestion comes from", "What the session knows",
        "In debuggers and embedded shells",
        "Options", "When something fails", "How much it helps", "Measured",
    ]  # fmt: skip
    assert put(put(text, "measured", ""), "options", "").count("<!-- end -->") == 3
