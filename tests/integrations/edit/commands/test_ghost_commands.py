"""Ghost text in the editor: when it is there, what accepts it, what takes it away."""

from __future__ import annotations

import pytest

from tests.integrations.edit.editing import editing
from tests.integrations.fake import FakeModel, WithAlternatives
from tests.patience import FOREVER

pytestmark = pytest.mark.asyncio

AREA = "def area(radius):\n    return 3 * radius ** 2"
READY = "if ready:\n    print('first')\n    print('second')"


async def test_typing_shows_ghost_text_of_several_lines_in_place():
    async with editing() as driven:
        await driven.type("def ar")
        assert await driven.suggested() == AREA[len("def ar") :]
        assert driven.rows()[:2] == ["1  def area(radius):", "       return 3 * radius ** 2"]
        assert driven.text == "def ar"


async def test_tab_accepts_what_is_shown_and_puts_the_caret_after_it():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("tab")
        assert driven.text == AREA
        assert driven.editor.cursor_location == (1, 26)
        assert driven.app.suggester.statistics.accepted == 1


async def test_tab_indents_while_there_is_no_ghost_text():
    async with editing() as driven:
        await driven.type("x")
        await driven.answered()
        await driven.press("tab")
        assert driven.text == "x   "


async def test_ctrl_right_accepts_a_word_and_keeps_the_rest():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        asked = len(driven.model.asked)
        await driven.press("ctrl+right")
        assert driven.text == "def area"
        assert driven.ghost == AREA[len("def area") :]
        await driven.press("ctrl+right")
        assert driven.text == "def area("
        await driven.answered()
        assert len(driven.model.asked) == asked  # the rest was known


async def test_ctrl_right_moves_while_there_is_no_ghost_text():
    async with editing("alpha beta", place=(1, 1), enabled=False) as driven:
        await driven.press("ctrl+right")
        assert driven.editor.cursor_location == (0, 5)
        assert driven.text == "alpha beta"


@pytest.mark.parametrize("key", ["end", "shift+tab"])
async def test_a_key_accepts_the_first_line_only(key):
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press(key)
        assert driven.text == "def area(radius):"
        assert driven.ghost == "\n    return 3 * radius ** 2"


async def test_end_and_shift_tab_are_themselves_while_there_is_no_ghost_text():
    async with editing("    alpha", place=(1, 5), enabled=False) as driven:
        await driven.press("end")
        assert driven.editor.cursor_location == (0, 9)
        await driven.press("shift+tab")
        assert driven.text == "alpha"


async def test_agreeing_keys_never_take_the_ghost_text_away_and_ask_nothing():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        asked = len(driven.model.asked)
        for character in "ea(radius):":
            await driven.type(character)
            assert driven.ghost and driven.text + driven.ghost == AREA
        await driven.answered()
        assert len(driven.model.asked) == asked


async def test_enter_that_agrees_with_the_ghost_text_keeps_it():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.type("ea(radius):\n")
        assert driven.text == "def area(radius):\n    "
        assert driven.ghost == "return 3 * radius ** 2"


async def test_a_differing_key_clears_the_ghost_text_in_the_same_frame():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        driven.model.mode = str(FOREVER)
        await driven.type("x")
        assert driven.ghost == ""


async def test_backspace_clears_the_ghost_text_in_the_same_frame_and_asks_again():
    async with editing() as driven:
        await driven.type("def are")
        await driven.suggested()
        driven.model.mode = str(FOREVER)
        await driven.press("backspace")
        assert driven.ghost == ""
        driven.model.mode = "quick"
        assert await driven.suggested() == AREA[len("def ar") :]


@pytest.mark.parametrize("key", ["left", "up", "home", "ctrl+z", "ctrl+u", "escape"])
async def test_a_key_clears_the_ghost_text_and_none_comes_back(key):
    async with editing("# x\n") as driven:
        await driven.type("def ar")
        await driven.suggested()
        asked = len(driven.model.asked)
        await driven.press(key)
        assert driven.ghost == ""
        await driven.answered()
        assert driven.ghost == "" and len(driven.model.asked) == asked


async def test_after_escape_the_next_edit_suggests_again():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("escape")
        await driven.type("e")
        assert await driven.suggested() == AREA[len("def are") :]


async def test_a_click_clears_the_ghost_text():
    async with editing("one\ntwo\n") as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.pilot.click(driven.editor, offset=(4, 0))
        assert driven.ghost == "" and driven.editor.cursor_location == (0, 1)


async def test_a_click_below_the_ghost_text_goes_where_it_points():
    async with editing("\none\ntwo\n", place=(1, 1)) as driven:
        await driven.type("def ar")
        await driven.suggested()
        assert driven.rows()[2] == "2  one"
        await driven.pilot.click(driven.editor, offset=(4, 3))
        assert driven.editor.cursor_location == (2, 1)


async def test_an_accept_is_one_step_of_undo_apart_from_typing_before_and_after():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("tab")
        await driven.type("zz")
        await driven.press("ctrl+z")
        assert driven.text == AREA
        await driven.press("ctrl+z")
        assert driven.text == "def ar"
        await driven.press("ctrl+y")
        assert driven.text == AREA
        await driven.press("ctrl+z", "ctrl+z")
        assert driven.text == ""


async def test_an_accept_of_one_character_is_a_step_of_its_own():
    async with editing() as driven:
        await driven.type("    return Non")
        assert await driven.suggested() == "e"
        await driven.press("tab")
        await driven.type("x")
        await driven.press("ctrl+z")
        assert driven.text == "    return None"
        await driven.press("ctrl+z")
        assert driven.text == "    return Non"


async def test_each_part_that_was_accepted_is_undone_by_itself():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("ctrl+right", "ctrl+right", "ctrl+z")
        assert driven.text == "def area"


async def test_a_late_answer_is_dropped():
    async with editing(model=FakeModel(str(FOREVER))) as driven:
        await driven.type("def ar")
        await driven.until(lambda: "def ar" in driven.model.asked)
        await driven.press("left")
        driven.model.mode = "quick"
        await driven.answered()
        assert driven.ghost == ""


async def test_a_late_answer_for_another_file_is_dropped():
    async with editing(model=FakeModel(str(FOREVER))) as driven:
        await driven.type("def ar")
        await driven.until(lambda: "def ar" in driven.model.asked)
        await driven.press("ctrl+n")
        await driven.until(lambda: len(driven.app.editors) == 2)
        driven.model.mode = "quick"
        await driven.answered()
        assert [editor.ghost_text for editor in driven.app.editors] == ["", ""]


async def test_text_after_the_caret_is_pushed_right():
    async with editing("x = f() # note", place=(1, 5)) as driven:
        driven.editor.selection = driven.editor.selection.cursor((0, 4))
        await driven.type("os.path.jo")
        await driven.suggested()
        assert driven.rows()[0] == "1  x = os.path.join(a, b)f() # note"
        await driven.press("tab")
        assert driven.text == "x = os.path.join(a, b)f() # note"


async def test_several_lines_push_the_rest_of_the_line_after_the_last():
    async with editing("# tail", place=(1, 1)) as driven:
        await driven.type("if rea")
        await driven.suggested()
        assert driven.rows()[:3] == [
            "1  if ready:", "       print('first')", "       print('second')# tail",
        ]  # fmt: skip
        await driven.press("tab")
        assert driven.text == READY + "# tail"


async def test_the_text_below_is_pushed_down_and_comes_back():
    async with editing("\nbelow", place=(1, 1)) as driven:
        await driven.type("if rea")
        await driven.suggested()
        assert driven.rows()[3] == "2  below"
        await driven.press("escape")
        assert driven.rows()[:2] == ["1  if rea", "2  below"]


async def test_all_lines_are_visible_also_at_the_bottom_of_the_screen():
    async with editing("\n" * 60, size=(80, 16)) as driven:
        await driven.type("if rea")
        await driven.suggested()
        shown = driven.rows()
        assert any("print('second')" in row for row in shown)


async def test_cycling_shows_the_alternatives_and_says_which():
    model = WithAlternatives(others=("x = 1", "y = 2"))
    async with editing(model=model) as driven:
        await driven.type("def ar")
        first = await driven.suggested()
        await driven.press("alt+right_square_bracket")
        await driven.until(lambda: driven.ghost == "x = 1")
        assert driven.editor.ghost_place == "2/3"
        assert driven.rows()[0] == "1  def arx = 1  2/3"
        await driven.press("alt+right_square_bracket")
        assert driven.ghost == "y = 2"
        await driven.press("alt+right_square_bracket")
        assert driven.ghost == first
        await driven.press("alt+left_square_bracket", "tab")
        assert driven.text == "def ary = 2"


async def test_a_selection_has_no_ghost_text():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("shift+left")
        assert driven.ghost == ""
        assert driven.editor.snapshot() is None


async def test_a_question_hides_the_ghost_text():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("ctrl+g")
        await driven.until(lambda: len(driven.app.screen_stack) == 2)
        assert driven.ghost == ""


async def test_the_palette_hides_the_ghost_text():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("ctrl+p")
        assert driven.ghost == ""


async def test_losing_the_focus_hides_the_ghost_text():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("ctrl+f")
        await driven.settle()
        assert driven.ghost == ""


async def test_a_read_only_file_has_no_ghost_text_and_no_edits():
    async with editing("def a") as driven:
        driven.editor.read_only = True
        await driven.type("rea")
        await driven.press("enter", "tab", "backspace", "ctrl+underscore", "ctrl+x")
        await driven.answered()
        assert driven.text == "def a" and driven.model.asked == []


async def test_a_language_that_is_off_is_not_asked_about():
    async with editing(name="a.md") as driven:
        await driven.type("def ar")
        await driven.answered()
        assert driven.model.asked == []
    async with editing(languages_off=("python",)) as driven:
        await driven.type("def ar")
        await driven.answered()
        assert driven.model.asked == []


async def test_a_key_switches_suggestions_off_and_on():
    async with editing() as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("alt+s")
        assert driven.ghost == ""
        await driven.type("e")
        await driven.answered()
        assert driven.ghost == ""
        await driven.press("alt+s")
        await driven.type("a")
        assert await driven.suggested() == AREA[len("def area") :]


async def test_asking_without_typing():
    async with editing("def ar") as driven:
        await driven.press("ctrl+@")
        assert await driven.suggested() == AREA[len("def ar") :]


async def test_the_keys_are_in_the_key_bar_exactly_while_they_act():
    async with editing() as driven:
        bar = driven.app.query_one("#keys")

        def labels() -> set[str]:
            return {binding.description for binding in bar._acting()}

        ghostly = {"accept", "word", "line", "next", "dismiss"}
        assert not ghostly & labels()
        await driven.type("def ar")
        await driven.suggested()
        assert ghostly <= labels()
        await driven.press("escape")
        assert not ghostly & labels()


async def test_a_broken_engine_never_disturbs_typing():
    async with editing(model=FakeModel("broken")) as driven:
        await driven.type("def ar = 1")
        await driven.answered()
        assert driven.text == "def ar = 1" and driven.ghost == ""


async def test_the_model_gets_the_real_characters_and_both_sides_of_the_caret():
    async with editing(b"a = 1\x0c\r\nb = 2\r\n", place=(1, 1)) as driven:
        snapshot = driven.editor.snapshot()
        assert (snapshot.before, snapshot.after) == ("", "a = 1\x0c\nb = 2\n")
        assert snapshot.language == "python" and snapshot.path.endswith("a.py")


async def test_control_characters_of_a_suggestion_are_shown_as_signs_and_kept_as_text():
    model = WithAlternatives(others=("\x1b]0;title\x07",))
    async with editing(model=model) as driven:
        await driven.type("def ar")
        await driven.suggested()
        await driven.press("alt+right_square_bracket")
        await driven.until(lambda: driven.editor.ghost_place == "2/2")
        assert driven.ghost == "␛]0;title␇"
        assert "\x1b" not in "".join(driven.rows())
        await driven.press("tab")
        assert driven.editor.buffer.file.encode(driven.text) == b"def ar\x1b]0;title\x07"


async def test_shift_delete_never_suggests_it_again(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for _ in range(2):
        async with editing() as driven:
            await driven.type("def ar")
            await driven.answered()
            if (tmp_path / "codecomplete" / "never").exists():
                assert driven.ghost == ""
                continue
            assert driven.ghost == AREA[len("def ar") :]
            await driven.press("shift+delete")
            assert driven.text == "def ar" and driven.ghost == ""
            await driven.type("e")
            await driven.answered()
            assert driven.ghost == ""


async def test_nothing_is_suggested_in_a_file_that_holds_secrets(tmp_path):
    async with editing(name=".env", folder=tmp_path) as driven:
        await driven.type("def ar")
        await driven.answered()
        assert driven.ghost == "" and driven.model.asked == []


async def test_alt_right_accepts_one_part_of_a_name():
    async with editing() as driven:
        await driven.type("os.not")
        assert await driven.suggested() == "hing_like_it()"
        for wanted in ("os.nothing_", "os.nothing_like_", "os.nothing_like_it"):
            await driven.press("alt+right")
            assert driven.text == wanted
