"""Keys do something while ghost text is visible, and what they always did while it is not."""

from __future__ import annotations

import pytest
from prompt_toolkit.keys import Keys

from codecomplete.integrations.prompt.attach import ESCAPE_SECONDS
from tests.integrations.prompt.prompt import run

CELL = "def area(radius):\n    return 3 * radius ** 2"
REST = CELL[2:]
RIGHT, C_RIGHT, END, C_UP, C_DOWN, S_TAB = (
    "\x1b[C", "\x1b[1;5C", "\x1b[F", "\x1b[1;5A", "\x1b[1;5B", "\x1b[Z",
)  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (RIGHT, CELL),
        (END, CELL),
        ("\x05", CELL),
        ("\x06", CELL),
        ("\x1bf", "def"),
        ("\x1bf\x1bf", "def area"),
        ("\x1bf" * 3, "def area("),
        (C_RIGHT, "def"),
        (C_RIGHT * 3, "def area("),
        (S_TAB, "def area(radius):"),
        (S_TAB * 2, CELL),
    ],
)
def test_accepting(keys, text):
    async def test(prompt):
        await prompt.type("de", "de", REST)
        await prompt.type(keys, text, CELL[len(text) :])

    run(test)


def test_one_undo_takes_an_accept_back():
    async def test(prompt):
        await prompt.type("de", "de", REST)
        await prompt.type(RIGHT, CELL)
        await prompt.type("\x1f", "de")

    run(test)


def test_tab_accepts_only_if_asked_to():
    async def accepts(prompt):
        await prompt.type("de", "de", REST)
        await prompt.type("\t", CELL)

    run(accepts, tab=True)
    assert not run(nothing).session.key_bindings.get_bindings_for_keys((Keys.Tab,))


async def nothing(prompt):
    pass


def test_the_key_for_a_line_can_be_chosen():
    async def test(prompt):
        await prompt.type("de", "de", REST)
        await prompt.type("\x1bl", "def area(radius):")

    run(test, accept_line_key="escape l")


def test_escape_dismisses_soon_until_the_next_edit():
    async def test(prompt):
        patience = (prompt.session.app.ttimeoutlen, prompt.session.app.timeoutlen)
        await prompt.type("de", "de", REST)
        await prompt.until(lambda: prompt.session.app.timeoutlen < patience[1])
        assert (prompt.session.app.ttimeoutlen, prompt.session.app.timeoutlen) == ESCAPE_SECONDS
        await prompt.press("\x1b", "")
        assert prompt.buffer.text == "de"
        await prompt.until(
            lambda: (prompt.session.app.ttimeoutlen, prompt.session.app.timeoutlen) == patience
        )
        await prompt.type("f", "def", REST[1:])
        await prompt.press("\x1b", "")
        await prompt.type("\x7f", "de", REST)
        await prompt.press("\x1b", "")
        await prompt.type("\x15de", "de", REST)

    run(test)


def test_the_history_cycles_as_in_ipython():
    async def test(prompt):
        await prompt.type("de", "de", REST)
        await prompt.press(C_UP, "f new(): pass")
        await prompt.press(C_UP, "f old(): pass")
        await prompt.press(C_DOWN, "f new(): pass")

    run(test, typed_before=("def old(): pass", "def new(): pass"))


def test_without_ghost_text_keys_are_as_ever():
    async def test(prompt):
        await prompt.type("xy", "xy", "")
        await prompt.type("\x01" + RIGHT + "-", "x-y")
        await prompt.type("\x05+", "x-y+")
        await prompt.type("\x01\x1bf/", "x-/y+")

    run(test)


def test_right_in_the_middle_of_a_line_moves():
    async def test(prompt):
        await prompt.type("de", "de", REST)
        await prompt.type("\x1b[D", "de")
        await prompt.type(RIGHT + "!", "de!")

    run(test)


def test_vi_mode_keeps_escape():
    async def test(prompt):
        await prompt.type("de", "de", REST)
        await prompt.type("\x1b", "de")
        await prompt.until(lambda: prompt.session.app.vi_state.input_mode.value == "vi-navigation")

    run(test, vi_mode=True)


def test_shift_delete_never_suggests_it_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    async def test(prompt):
        await prompt.type("de", "de", REST)
        await prompt.type("\x1b[3;2~", "de", "")
        await prompt.type("f", "def", "")
        await prompt.type("\x7f", "de", "")

    run(test)

    async def again(prompt):
        await prompt.type("de", "de", "")

    run(again)
    assert (tmp_path / "codecomplete" / "never").is_file()


def test_shift_delete_without_ghost_text_is_what_it_was():
    keys = run(nothing).session.key_bindings.get_bindings_for_keys((Keys.ShiftDelete,))
    assert keys and not any(binding.filter() for binding in keys)
