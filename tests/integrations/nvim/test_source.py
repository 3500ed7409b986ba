"""Our suggestion in the menus of the real nvim-cmp and blink.cmp."""

from __future__ import annotations

import pytest

from tests.integrations.nvim.plugins import BLINK, CMP, beside

CELL = "for index in range(10):"
IF = "if ready:\n    print('first')\n    print('second')"
ONLY = "require('codecomplete').setup({ ghost = false })\n"
CMP_WITH_US = CMP.replace("{ { name = 'words' } }", "{ { name = 'codecomplete' } }")
BLINK_WITH_US = BLINK.replace(
    "default = { 'buffer' }",
    "default = { 'codecomplete' }, providers = { codecomplete = "
    "{ name = 'codecomplete', module = 'codecomplete.blink' } }",
)
MENUS = {
    "nvim-cmp": (
        CMP_WITH_US,
        "local cmp = require('cmp') return not cmp.core.view:visible() and {} or "
        "vim.tbl_map(function(e) return e:get_word() end, cmp.get_entries())",
        "local cmp = require('cmp') cmp.confirm({ select = true, behavior = 'replace' })",
    ),
    "blink.cmp": (
        BLINK_WITH_US,
        "return vim.tbl_map(function(i) return i.label end, "
        "require('blink.cmp.completion.list').items)",
        "require('blink.cmp').select_and_accept()",
    ),
}


@pytest.fixture(params=list(MENUS))
def menu(request, start):
    """A Neovim, the labels of its menu, and how to take the first."""
    setup, labels, take = MENUS[request.param]
    editor = beside(start, request.param, first=ONLY, setup=setup)
    return editor, lambda: editor.lua(labels), lambda: editor.lua(take)


@pytest.mark.parametrize(
    ("typed", "line", "text"),
    [("fo", "", CELL), ("if re", "", IF), ("fo", ")", CELL + ")")],
    ids=["a line", "several lines", "before text"],
)
def test_the_suggestion_is_in_the_menu_alone_and_is_inserted_from_there(menu, typed, line, text):
    editor, labels, take = menu
    editor.open(line)
    editor.watch_messages()
    editor.keys("i", *typed)
    editor.wait(labels)
    assert len(labels()) == 1 and editor.ghost() is None
    take()
    editor.wait(lambda: editor.text() == text)
    accepted = [message["text"] for verb, message in editor.sent() if verb == "accepted"]
    assert accepted == [CELL if text.startswith(CELL) else IF.removeprefix("if ")], "counted once"


def test_there_is_no_item_where_nothing_is_suggested(menu):
    editor, labels, _ = menu
    editor.open("", "text")
    editor.keys("i", *"fo")
    editor.quiet(0.8)
    assert not labels()


def test_typing_on_changes_the_item(menu):
    editor, labels, _ = menu
    editor.open()
    editor.keys("i", *"fo")
    editor.wait(labels)
    editor.keys("r")
    editor.wait(labels)
    editor.keys("x")
    editor.wait(lambda: not labels())
