"""Very long lines are measured as all others are, but for their tabs, and drawn alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from codecomplete.integrations.edit import cells
from tests.integrations.edit.editing import editing

TEXT = st.text("ab é漢😀\u0301", max_size=60).flatmap(
    lambda text: st.sampled_from([text, text * 40, "a" * 999 + text, "漢" * 500 + text])
)


@settings(deadline=None)
@given(TEXT, st.integers(0, 3000))
def test_a_column_is_where_the_characters_before_it_end(line, column):
    column = min(column, len(line))
    assert cells.width(line, column) == cell_len(line[:column])
    assert cells.width(line) == cell_len(line)


@settings(deadline=None)
@given(TEXT, st.integers(0, 4000))
def test_the_character_at_a_cell_is_the_one_that_covers_it(line, cell):
    at = cells.column(line, cell)
    if at < len(line):
        assert cells.width(line, at) <= cell < cells.width(line, at + 1)
    else:
        assert cell >= cells.width(line)


LINES = ("word " * 30, "漢字 " * 30, "a漢" * 40 + "😀" * 20, "x" * 150)


@pytest.mark.asyncio
@pytest.mark.parametrize("line", LINES, ids=["ascii", "wide", "both", "x"])
@pytest.mark.parametrize("left", [0, 1, 2, 31])
async def test_a_very_long_line_is_drawn_as_any_other(monkeypatch, line, left):
    async with editing(f"short\n{line}\nend", name="a.txt", place=(2, 4), enabled=False) as driven:
        area = driven.editor
        area.scroll_to(x=left, animate=False, force=True)
        await driven.pilot.pause()
        area.select_line(1)
        await driven.pilot.pause()
        area.scroll_to(x=left, animate=False, force=True)
        await driven.pilot.pause()
        usual = [(one.text, one.style) for one in cut(driven, 1)]
        monkeypatch.setattr(cells, "LONG", 10)
        long = [(one.text, one.style) for one in cut(driven, 1)]
        assert spread(long) == spread(usual)


def cut(driven, y):
    area = driven.editor
    return area._made(y).crop(0, area.size.width)


def spread(parts) -> list[tuple]:
    """Each character with how it looks."""
    return [
        (one, style.color, style.bgcolor, style.reverse) for text, style in parts for one in text
    ]


@pytest.mark.asyncio
async def test_typing_in_a_very_long_line_looks_only_at_what_is_seen(monkeypatch):
    """Counted in characters that are made visible, whatever the length of the line."""
    short, long = [await looked_at(monkeypatch, length) for length in (3_000, 600_000)]
    assert long < 2 * short + 500


async def looked_at(monkeypatch, length: int) -> int:
    made: list[int] = []
    async with editing("[" + "{a:1}," * (length // 6), name="a.js", enabled=False) as driven:
        kind = type(driven.editor.buffer.file)
        visible = kind.visible

        def counted(file, text):
            made.append(len(text))
            return visible(file, text)

        with monkeypatch.context() as patch:
            patch.setattr(kind, "visible", counted)
            await driven.type("xyz")
            driven.rows()
        assert "xyz" in driven.rows()[0]
    return sum(made)
