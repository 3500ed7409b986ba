"""docs/edit.md says what the code says."""

from __future__ import annotations

import re

from codecomplete.integrations.edit.app import EditorApp
from codecomplete.integrations.edit.editor import Editor
from codecomplete.integrations.edit.finding import FindBar
from codecomplete.integrations.edit.text import search, surroundings
from codecomplete.integrations.edit.view import area, highlighting
from tests.integrations.edit.reference import PAGE, page


def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_tables_and_the_help_are_those_of_the_code():
    assert page(text()) == text(), "run python -m tests.integrations.edit.reference"


def test_every_command_with_a_name_is_in_a_table():
    names = {one.id for one in (*Editor.BINDINGS, *EditorApp.BINDINGS, *FindBar.BINDINGS) if one.id}
    assert names == set(re.findall(r"\| `(\w+)` \|$", text(), re.MULTILINE))


def test_the_limits_are_those_of_the_code():
    before, after = surroundings.LINES_BEFORE, surroundings.LINES_AFTER
    numbers = {
        f"up to {before:,} lines before the caret and {after:,} after it",
        f"files of up to {highlighting.MOST_BYTES // 10**6} MB",
        f"lines of up to {highlighting.LONGEST_LINE:,} characters",
        f"a line of more than {area.MOST_COLOURED:,} columns",
        f"lines of up to {area.LONGEST_WRAPPED:,} columns",
        f"files of up to {area.MOST_WRAPPED:,} lines of",
    }
    flat = " ".join(text().split())
    assert {number for number in numbers if number not in flat} == set()
    assert search.SECONDS == 0.25 and "a quarter of a second" in flat


def test_every_module_is_named():
    for module in PAGE.parents[1].glob("integrations/edit/*.py"):
        assert module.name.startswith("__") or f"`{module.name}`" in text(), module.name


def test_the_picture_asks_no_other_computer():
    drawn = PAGE.with_name("edit.svg").read_text(encoding="utf-8")
    assert "@font-face" not in drawn and "url(http" not in drawn
