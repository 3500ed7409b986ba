"""The find bar: matches, steps, replacing; whatever is typed into it, the editor goes on."""

from __future__ import annotations

import pytest

from tests.integrations.edit.editing import Driven, editing
from tests.patience import work_below

pytestmark = pytest.mark.asyncio


def count(driven: Driven) -> str:
    return str(driven.app.query_one("#count").content)


async def test_finding_selects_the_first_match_after_the_caret_and_counts():
    async with editing("ab\nxab\nab", place=(2, 1), enabled=False) as driven:
        await driven.press("ctrl+f")
        await driven.type("ab")
        assert driven.editor.selection == ((1, 1), (1, 3))
        assert count(driven) == "2 of 3"


async def test_enter_and_f3_go_on_and_around():
    async with editing("ab ab ab", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+f")
        await driven.type("ab")
        await driven.press("enter")
        assert driven.editor.selection == ((0, 3), (0, 5))
        await driven.press("f3", "f3")
        assert driven.editor.selection == ((0, 0), (0, 2)) and count(driven) == "1 of 3"
        await driven.press("shift+f3")
        assert driven.editor.selection == ((0, 6), (0, 8))
        await driven.press("up")
        assert driven.editor.selection == ((0, 3), (0, 5))


async def test_escape_closes_and_f3_still_finds():
    async with editing("ab ab", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+f")
        await driven.type("ab")
        await driven.press("escape")
        assert not driven.app.query_one("#find").display and driven.app.focused is driven.editor
        await driven.press("f3")
        assert driven.editor.selection == ((0, 3), (0, 5))


async def test_what_is_selected_is_looked_for():
    async with editing("one two one", place=(1, 1), enabled=False) as driven:
        driven.editor.selection = driven.editor.selection.__class__((0, 0), (0, 3))
        await driven.press("ctrl+f")
        assert driven.app.query_one("#wanted").value == "one"
        await driven.press("f3")
        assert driven.editor.selection == ((0, 8), (0, 11))


@pytest.mark.parametrize(
    ("key", "text", "wanted", "found"),
    [
        ("alt+c", "Ab ab", "ab", "1"),
        ("alt+w", "ab abc", "ab", "1"),
        ("alt+r", "a1 a22 b3", r"a\d+", "2"),
    ],
)
async def test_case_whole_words_and_regular_expressions_are_switches(key, text, wanted, found):
    async with editing(text, place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+f", key)
        await driven.type(wanted)
        assert count(driven).endswith(f"of {found}")


async def test_a_pattern_that_is_none_says_why():
    async with editing("a(b", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+f", "alt+r")
        await driven.type("(")
        assert "missing" in count(driven)


async def test_a_catastrophic_pattern_holds_nobody_up():
    async with editing("a" * 5000 + "!", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+f", "alt+r")
        with work_below(6):
            await driven.type("(a+)+$")
            await driven.press("enter")
        assert driven.text.startswith("aaa")


async def test_replacing_one_goes_to_the_next():
    async with editing("ab ab ab", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+r")
        await driven.type("ab")
        driven.app.query_one("#by").focus()
        await driven.settle()
        await driven.type("x")
        await driven.press("enter")
        assert driven.text == "x ab ab"
        assert driven.editor.selection == ((0, 2), (0, 4))
        await driven.press("enter")
        assert driven.text == "x x ab"


async def test_replacing_all_is_one_step_of_undo():
    text = "".join(f"int a{i} = a{i};\n" for i in range(500))
    async with editing(text, place=(1, 1), enabled=False, name="a.c") as driven:
        await driven.press("ctrl+r", "alt+r")
        await driven.type(r"a(\d+)")
        driven.app.query_one("#by").focus()
        await driven.settle()
        await driven.type(r"b_\1")
        await driven.press("alt+a")
        assert driven.text == text.replace("a", "b_")
        assert "1000 replaced" in count(driven)
        await driven.press("escape", "ctrl+z")
        assert driven.text == text


async def test_a_wrong_group_in_the_replacement_replaces_nothing():
    async with editing("ab", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+r", "alt+r")
        await driven.type("a")
        driven.app.query_one("#by").focus()
        await driven.settle()
        await driven.type(r"\3")
        await driven.press("alt+a")
        assert driven.text == "ab" and "\\3" in count(driven)


async def test_nothing_typed_into_the_bar_reaches_the_terminal_as_a_control():
    from textual import events

    async with editing("ab", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+f")
        driven.app.focused.post_message(events.Paste("\x1b]0;t\x07"))
        await driven.settle()
        assert driven.app.query_one("#wanted").value == "␛]0;t␇"


async def test_the_next_match_can_be_asked_for_before_anything_was_looked_for():
    async with editing("ab", place=(1, 1), enabled=False) as driven:
        await driven.press("f3", "shift+f3")
        assert driven.editor.selection.is_empty
