"""Going to lines, wrapping, line numbers, the palette, the status line."""

from __future__ import annotations

import pytest

from codecomplete.integrations.edit.dialogs import Prompt
from tests.integrations.edit.editing import Driven, editing

pytestmark = pytest.mark.asyncio


def status(driven: Driven) -> str:
    return str(driven.app.query_one("#status").content)


async def go(driven: Driven, answer: str) -> None:
    await driven.press("ctrl+g")
    await driven.until(lambda: isinstance(driven.app.screen, Prompt))
    await driven.type(answer)
    await driven.press("enter")
    await driven.done()


@pytest.mark.parametrize(
    ("answer", "place"),
    [("3", (2, 0)), ("2:3", (1, 2)), ("999", (3, 0)), ("2:99", (1, 3)), ("x", (3, 0))],
)
async def test_going_to_a_line(answer, place):
    async with editing("one\ntwo\nsix\n", enabled=False) as driven:
        await go(driven, answer)
        assert driven.editor.cursor_location == place


async def test_opening_at_a_line_puts_the_caret_there():
    async with editing("a\n" * 200, place=(150, 2), enabled=False) as driven:
        await driven.until(lambda: any(row.startswith("150") for row in driven.rows()))
        assert driven.editor.cursor_location == (149, 1)


async def test_long_lines_wrap_and_unwrap_at_a_key():
    async with editing("word " * 40, place=(1, 1), enabled=False) as driven:
        assert len([row for row in driven.rows() if "word" in row]) == 1
        await driven.press("alt+z")
        assert len([row for row in driven.rows() if "word" in row]) > 2
        await driven.press("alt+z")
        assert len([row for row in driven.rows() if "word" in row]) == 1


async def test_ghost_text_wraps_with_the_text():
    async with editing("x" * 50 + " ", size=(70, 12), soft_wrap=True) as driven:
        await driven.type("os.path.jo")
        await driven.suggested()
        assert [row[3:] for row in driven.rows()[:2]] == ["x" * 50 + " os.path.join(a,", "b)"]


async def test_line_numbers_go_and_come_at_a_key():
    async with editing("a", enabled=False) as driven:
        assert driven.rows()[0] == "1  a"
        await driven.press("alt+l")
        assert driven.rows()[0] == "a"


async def test_the_status_line_says_where_and_what():
    async with editing(b"a\tb\r\n", place=(1, 3), enabled=False, name="a.c") as driven:
        assert "Ln 1, Col 3" in status(driven) and "utf-8  CRLF" in status(driven)
        assert "  c  " in status(driven) and status(driven).endswith("off")


async def test_the_status_line_follows_the_engine():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.until(lambda: "idle" in status(driven))  # once it has learned the text, too
        assert "ms" in status(driven)
    async with editing(name="a.md") as driven:
        assert status(driven).endswith("off here")


async def test_the_palette_has_every_command_and_runs_it():
    async with editing("a b", place=(1, 1), enabled=False) as driven:
        titles = {command.title for command in driven.app.get_system_commands(driven.app.screen)}
        assert {"Save the file", "Find and replace", "Reload", "Suspend", "Theme"} <= titles
        await driven.press("ctrl+p")
        await driven.type("find and rep")
        await driven.press("enter")
        await driven.until(lambda: any(bar.display for bar in driven.app.query("#find")))


async def test_a_change_of_theme_changes_the_colours_of_code():
    async with editing("def f(): pass\n", place=(1, 1), enabled=False) as driven:
        await driven.until(lambda: driven.editor.document.syntax is not None)
        dark = driven.editor.get_line(0).spans
        driven.app.theme = "textual-light"
        await driven.settle()
        assert driven.editor.get_line(0).spans != dark and dark


async def test_the_theme_of_the_settings_is_used():
    async with editing("a", enabled=False, theme="nord") as driven:
        assert driven.app.theme == "nord"


async def test_problems_of_the_settings_are_shown_and_editing_goes_on():
    from pathlib import Path

    from codecomplete.integrations.edit.settings import parsed

    settings = parsed("tab_width = 'x'\n", Path("edit.toml"))
    async with editing("a", settings=settings) as driven:
        await driven.until(driven.notices)
        assert "line 1" in driven.notices()[0]
        await driven.type("b")
        assert driven.text == "ab"


async def test_a_key_for_a_command_that_is_none_is_said():
    from pathlib import Path

    from codecomplete.integrations.edit.settings import parsed

    settings = parsed('[keys]\nnothing = "ctrl+t"\n', Path("edit.toml"))
    async with editing("", settings=settings) as driven:
        await driven.until(driven.notices)
        assert "names no command: 'nothing'" in driven.notices()[0]


async def test_a_key_of_the_settings_takes_the_place_of_the_default():
    from pathlib import Path

    from codecomplete.integrations.edit.settings import parsed

    settings = parsed('[keys]\nghost_accept = "ctrl+t"\n', Path("edit.toml"))
    async with editing("", settings=settings) as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("ctrl+t")
        assert driven.text.startswith("def area(radius):")


async def test_every_command_is_in_the_palette_and_every_other_word_belongs_to_one():
    from codecomplete.integrations.edit.commands import file_commands, view_commands
    from codecomplete.integrations.edit.editor import Editor
    from codecomplete.integrations.edit.palette import WORDS

    async with editing("a", enabled=False) as driven:
        app = driven.app
        listed = list(app.get_system_commands(app.screen))
        titles = [command.title for command in listed]
        known = (*file_commands.KEYS, *view_commands.KEYS, *Editor.COMMANDS)
        assert {one.tooltip for one in known} <= set(titles)
        assert len(titles) == len(set(titles))
        others = {app._ids.get(title, title) for title in titles}
        assert set(WORDS) <= others
        assert all(command.help for command in listed)
