"""How much is drawn for a key, and that what is on the screen is always what should be there."""

from __future__ import annotations

import pytest
from textual.strip import Strip

from codecomplete.integrations.edit.view import ghost_area
from tests.integrations.edit.editing import Driven, editing

pytestmark = pytest.mark.asyncio

LINES = "".join(f"int f{i}(void); /* {i} */\n" for i in range(200))


class Painted:
    """Counts rows that are drawn, and compares what was drawn with what should be there."""

    def __init__(self, driven: Driven) -> None:
        self.driven, self.editor = driven, driven.editor
        self.count = 0
        self._draw = self.editor.render_line
        self.editor.render_line = self._counted

    def _counted(self, y: int) -> Strip:
        self.count += 1
        return self._draw(y)

    def rows(self) -> list[str]:
        drawn, (width, height) = self.editor._drawn, self.editor.size
        return [drawn[y].crop(0, width).text.rstrip() for y in range(height)]

    def is_right(self) -> bool:
        return self.rows() == self.driven.rows()


async def painted(driven: Driven) -> Painted:
    await driven.until(lambda: driven.editor.document.syntax is not None)
    await driven.pilot.pause()
    return Painted(driven)


async def test_a_key_draws_few_rows():
    async with editing(LINES, name="a.c", place=(100, 5), enabled=False) as driven:
        screen = await painted(driven)
        for character in "abc":
            screen.count = 0
            await driven.type(character)
            await driven.pilot.pause()
            assert 1 <= screen.count <= 2 and screen.is_right()


async def test_what_changes_elsewhere_is_drawn_too():
    async with editing(LINES, name="a.c", place=(100, 1), enabled=False) as driven:
        screen = await painted(driven)
        await driven.type("/")
        await driven.pilot.pause()
        screen.count = 0
        await driven.type("*")  # all below becomes a comment
        await driven.pilot.pause()
        assert screen.is_right()


@pytest.mark.parametrize(
    "keys",
    [
        ["enter", "x", "backspace"], ["pagedown", "pageup"], ["shift+down", "shift+down", "delete"],
        ["ctrl+z"], ["ctrl+k", "ctrl+z", "ctrl+y"], ["alt+z", "alt+l"], ["ctrl+underscore"],
    ],
)  # fmt: skip
async def test_the_screen_is_right_after(keys):
    async with editing(LINES, name="a.c", place=(100, 5), enabled=False) as driven:
        screen = await painted(driven)
        for key in keys:
            await driven.press(key)
            await driven.pilot.pause()
            assert screen.is_right(), key


async def test_the_screen_is_right_while_ghost_text_comes_and_goes():
    async with editing("\n# below\n" * 20, place=(1, 1)) as driven:
        await driven.pilot.pause()
        screen = Painted(driven)
        await driven.type("if rea")
        await driven.suggested()
        await driven.pilot.pause()
        assert screen.is_right() and "print('second')" in screen.rows()[2]
        for key in ("d", "y", "escape"):
            await driven.press(key)
            await driven.pilot.pause()
            assert screen.is_right()
        assert "below" in screen.rows()[1]
        await driven.type("\ntotal")
        assert await driven.suggested() == " = sum(values)"
        await driven.pilot.pause()
        assert screen.is_right() and "total = sum(values)" in screen.rows()[1]


async def test_a_key_composes_the_ghost_text_once_and_not_for_every_row_below(monkeypatch):
    composed: list[str] = []
    compose = ghost_area.ghost_rows
    monkeypatch.setattr(
        ghost_area, "ghost_rows", lambda *given: (composed.append(given[2]), compose(*given))[1]
    )
    async with editing() as driven:
        await driven.type("def ar")
        ghost = await driven.suggested()
        for character in ghost[:3]:
            composed.clear()
            await driven.type(character)
            await driven.pilot.pause()
            assert 1 <= len(composed) <= 3 and driven.editor.size.height > 10


async def test_a_change_of_theme_draws_everything():
    async with editing(LINES, name="a.c", place=(100, 5), enabled=False) as driven:
        screen = await painted(driven)
        screen.count = 0
        driven.app.theme = "textual-light"
        await driven.pilot.pause()
        await driven.until(lambda: screen.count >= driven.editor.size.height)


async def test_typing_far_right_scrolls_and_is_right():
    async with editing("x" * 300 + "\nshort\n", place=(1, 301), enabled=False) as driven:
        await driven.pilot.pause()
        screen = Painted(driven)
        await driven.type("yz")
        await driven.pilot.pause()
        assert driven.rows()[0].endswith("yz") and screen.is_right()


async def test_what_cannot_be_wrapped_is_not_wrapped_by_the_settings_either():
    async with editing("x" * 30_000, enabled=False, soft_wrap=True) as driven:
        assert not driven.editor.soft_wrap
        await driven.type("y")
    async with editing("word " * 40, enabled=False, soft_wrap=True) as driven:
        assert driven.editor.soft_wrap


async def test_a_million_lines_are_edited_like_a_few():
    async with editing("x\n" * 900_000, name="a.c", place=(450_000, 1), enabled=False) as driven:
        await driven.type("abc\n")
        assert driven.editor.document.lines[449_999] == "abc"
        await driven.press("alt+z")
        await driven.until(driven.notices)
        assert "can be wrapped" in driven.notices()[0] and not driven.editor.soft_wrap
