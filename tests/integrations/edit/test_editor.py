"""Typing, pairs, indentation, clipboard and bytes, through the widget itself."""

from __future__ import annotations

import pytest
from textual import events
from textual.document._document import Selection

from codecomplete.integrations.edit.settings import EditOptions
from tests.integrations import fake
from tests.integrations.edit.editing import editing

pytestmark = pytest.mark.asyncio


async def test_what_is_typed_is_in_the_text():
    async with editing() as driven:
        await driven.type("x = 1\ny = 'ä€'")
        assert driven.text == "x = 1\ny = 'ä€'"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("f(", "f()"),
        ("f(x)", "f(x)"),
        ("f([{", "f([{}])"),
        ("f([{}])", "f([{}])"),
        ("s = 'a'", "s = 'a'"),
        ("don't", "don't"),
        ('"""', '"""'),
        ("f(]", "f(])"),
        ("x = ()(", "x = ()()"),
        ("'\\''", "'\\''"),
    ],
)
async def test_brackets_and_quotes_come_in_pairs_and_are_typed_over(typed, text):
    async with editing(enabled=False) as driven:
        await driven.type(typed)
        assert driven.text == text


async def test_a_closer_that_was_there_before_is_not_typed_over():
    async with editing("f)", place=(1, 2), enabled=False) as driven:
        await driven.type(")")
        assert driven.text == "f))"


async def test_an_empty_pair_is_deleted_together_and_undone_together():
    async with editing(enabled=False) as driven:
        await driven.type("f(")
        await driven.press("backspace")
        assert driven.text == "f"
        await driven.press("ctrl+z")
        assert driven.text == "f()"


async def test_an_opener_goes_around_a_selection():
    async with editing("ab", enabled=False) as driven:
        driven.editor.selection = Selection((0, 0), (0, 2))
        await driven.type("(")
        assert driven.text == "(ab)" and driven.editor.selected_text == "ab"


async def test_pairs_can_be_switched_off():
    async with editing(enabled=False, pair_brackets=False) as driven:
        await driven.type("f(")
        assert driven.text == "f("


async def test_no_bracket_is_doubled_by_an_accept():
    async with editing() as driven:
        await driven.type("os.path.joi")
        await driven.suggested()
        await driven.press("tab")
        assert driven.text == "os.path.join(a, b)"
    async with editing() as driven:
        await driven.type("def area")
        await driven.suggested()
        await driven.type("(")  # the ghost text brings its own closer
        assert driven.text == "def area(" and driven.ghost.startswith("radius):")


async def test_an_opener_that_the_ghost_text_leaves_open_is_paired_as_always(monkeypatch):
    monkeypatch.setattr(fake, "KNOWN", ("def area(radius",))
    async with editing() as driven:
        await driven.type("def area")
        assert await driven.suggested() == "(radius"
        asked = len(driven.model.asked)
        await driven.type("(")
        await driven.answered()
        assert driven.text == "def area()" and driven.ghost == "radius"
        assert len(driven.model.asked) == asked, "it is followed, not asked for again"
        await driven.press("tab")
        await driven.type(")")
        assert driven.text == "def area(radius)", "and its closer is typed over"


async def test_an_accept_takes_the_place_of_closers_that_it_brings():
    async with editing("def area()", place=(1, 10)) as driven:
        await driven.press("ctrl+@")
        assert (await driven.suggested()).startswith("radius):")
        assert driven.rows()[0] == "1  def area(radius):"
        await driven.press("tab")
        assert driven.text == "def area(radius):\n    return 3 * radius ** 2"
        await driven.press("ctrl+z")
        assert driven.text == "def area()"


async def test_typing_through_a_closer_that_was_paired_keeps_the_ghost_text():
    async with editing() as driven:
        await driven.type("f(def ar")  # the pair of the first bracket stands after the caret
        driven.editor.options = EditOptions(enabled=False)
        await driven.suggested()
        asked = len(driven.model.asked)
        await driven.type("ea(radius)")
        await driven.answered()
        assert driven.ghost.startswith(":") and len(driven.model.asked) == asked


@pytest.mark.parametrize(
    ("name", "typed", "text"),
    [
        ("a.py", "if x:\ny", "if x:\n    y"),
        ("a.py", "if x:\nreturn\ny", "if x:\n    return\ny"),
        ("a.py", "f(\n1", "f(\n    1\n)"),
        ("a.c", "int f() {\nx;\n}", "int f() {\n    x;\n}\n}"),
        ("a.c", "if (x)\ny", "if (x)\ny"),
        ("a.go", "func f() {\nx", "func f() {\n\tx\n}"),
        ("a.txt", "  a\nb", "  a\n  b"),
    ],
)
async def test_a_new_line_is_indented_as_the_language_asks(name, typed, text):
    async with editing(name=name, enabled=False) as driven:
        await driven.type(typed)
        assert driven.text == text


async def test_a_closer_goes_to_its_own_line_where_ghost_text_begins_with_it(monkeypatch):
    monkeypatch.setattr(fake, "KNOWN", ("int f() {\n    return 1;",))
    async with editing("int f() {}", name="a.c", place=(1, 10)) as driven:
        await driven.press("ctrl+@")
        assert await driven.suggested() == "\n    return 1;"
        await driven.press("enter")
        assert driven.text == "int f() {\n    \n}"
        assert await driven.suggested() == "return 1;"
        await driven.press("tab")
        assert driven.text == "int f() {\n    return 1;\n}"


async def test_a_closer_moves_out_where_it_is_the_first_in_its_line():
    async with editing("{\n    x\n    ", name="a.c", enabled=False) as driven:
        await driven.type("}")
        assert driven.text == "{\n    x\n}"


async def test_the_unit_is_that_of_the_file():
    async with editing("if a:\n  b\nif c:", enabled=False) as driven:
        await driven.type("\nd")
        await driven.press("tab")
        assert driven.text == "if a:\n  b\nif c:\n  d "


async def test_tab_and_shift_tab_move_selected_lines():
    async with editing("a\nb\nc", enabled=False) as driven:
        driven.editor.selection = Selection((0, 0), (2, 0))
        await driven.press("tab")
        assert driven.text == "    a\n    b\nc"
        assert driven.editor.selection == Selection((0, 0), (2, 0))
        await driven.press("shift+tab")
        assert driven.text == "a\nb\nc"
        await driven.press("ctrl+z")
        assert driven.text == "    a\n    b\nc"


@pytest.mark.parametrize("key", ["ctrl+underscore", "ctrl+slash"])
async def test_lines_are_commented_and_back_in_one_step(key):
    async with editing("a\n  b\n", enabled=False) as driven:
        driven.editor.selection = Selection((0, 0), (2, 0))
        await driven.press(key)
        assert driven.text == "# a\n#   b\n"
        await driven.press(key)
        assert driven.text == "a\n  b\n"
        await driven.press("ctrl+z")
        assert driven.text == "# a\n#   b\n"


async def test_a_paste_is_one_step_of_undo_and_keeps_no_control_characters():
    async with editing("a\r\n", place=(1, 2), enabled=False) as driven:
        driven.editor.post_message(events.Paste("1\r\n2\x1b]0;t\x07"))
        await driven.settle()
        assert driven.written() == b"a1\r\n2\x1b]0;t\x07\r\n"
        assert "\x1b" not in "".join(driven.rows())
        await driven.press("ctrl+z")
        assert driven.text == "a\n"


async def test_copy_and_cut_give_the_real_characters():
    async with editing(b"a\x0cb\r\nc", place=(1, 1), enabled=False) as driven:
        driven.editor.selection = Selection((0, 0), (1, 1))
        await driven.press("ctrl+c")
        assert driven.app.clipboard == "a\x0cb\nc"
        await driven.press("ctrl+x")
        assert driven.text == "" and driven.app.clipboard == "a\x0cb\nc"
        await driven.press("ctrl+v")
        assert driven.written() == b"a\x0cb\r\nc"


async def test_cut_without_a_selection_takes_the_line():
    async with editing("a\nb\n", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+x")
        assert driven.text == "b\n" and driven.app.clipboard == "a\n"


async def test_keys_with_alt_type_nothing():
    async with editing(enabled=False) as driven:
        await driven._key("alt+n", "n")
        assert driven.text == ""


async def test_colours_are_drawn_for_the_language():
    async with editing("def f():\n    return 'a'  # b\n", place=(3, 1)) as driven:
        await driven.until(lambda: driven.editor.document.syntax is not None)
        line = driven.editor.get_line(1)
        assert {line.plain[span.start : span.end] for span in line.spans} >= {
            "return", "'a'", "# b",
        }  # fmt: skip


async def test_any_bytes_opened_in_the_editor_are_the_same_bytes_when_saved(tmp_path):
    data = bytes(range(256)) * 3 + b"\r\n\n\r\x0c\xef\xbb\xbf\xff\xfe"
    async with editing(data, name="a.c", folder=tmp_path) as driven:
        driven.rows()
        await driven.type("x")
        await driven.press("ctrl+z", "ctrl+s")
        await driven.done()
        assert (tmp_path / "a.c").read_bytes() == data


@pytest.mark.parametrize("old", ["a", "a\na", "", "x\ny\nz", "a\n", "\n\n", "same\nold\nsame"])
async def test_a_text_becomes_another_in_one_step_of_undo(old):
    others = ("a", "a\na", "", "y", "x\nz", "z\nx\ny\nz\n", "\n\n\n", "same\nnew\nlines\nsame")
    async with editing(old, enabled=False) as driven:
        for new in others:
            driven.editor._become(new, True)
            assert driven.text == new
            driven.editor.undo()
            assert driven.text == old, new
