"""The menus of the real nvim-cmp and blink.cmp, in the order in which the model expects their
items."""

from __future__ import annotations

import pytest

from tests.integrations.nvim.editor import REAL, UNHURRIED
from tests.integrations.nvim.plugins import BLINK, CMP, beside

NAMES = ["raise", "random", "range", "rank", "rabbit", "race"]
CMP_RANKED = CMP.replace(
    "mapping =",
    "sorting = { comparators = {"
    " require('codecomplete.rank').cmp, cmp.config.compare.sort_text } }, mapping =",
).replace(
    "local items = {}\n    for _, word in ipairs({ 'form', 'fortune', 'ready', 'return' }) do",
    "_G.asked = (_G.asked or 0) + 1 local items = {}\n    for _, word in ipairs(_G.names) do",
)
BLINK_RANKED = BLINK.replace(
    "implementation = 'lua' }",
    "implementation = 'lua', sorts = { require('codecomplete.rank').blink, 'label' } }",
)
LABELS = {
    "nvim-cmp": "local cmp = require('cmp') return not cmp.core.view:visible() and {} or "
    "vim.tbl_map(function(e) return e:get_word() end, cmp.core.view:get_entries())",
    "blink.cmp": "return vim.tbl_map(function(i) return i.label end, "
    "require('blink.cmp.completion.list').items)",
}
SETUPS = {"nvim-cmp": CMP_RANKED, "blink.cmp": BLINK_RANKED}
SELECT = {
    "nvim-cmp": "require('cmp').core.view:select_next_item({ behavior = 'select' })",
    "blink.cmp": "require('blink.cmp').select_next({ auto_insert = false })",
}


@pytest.fixture(params=list(LABELS))
def menu(request, start):
    """A Neovim with the packaged model, a menu of ``NAMES``, and the labels in it, in order."""
    names = "{ " + ", ".join(map(repr, NAMES)) + " }"
    editor = beside(
        start, request.param, first=f"_G.names = {names}", setup=SETUPS[request.param],
        command=REAL, before=[UNHURRIED],
    )  # fmt: skip
    editor.kind = request.param
    editor.open(" ".join(NAMES) + "\nfor number in ")
    editor.watch_messages()
    return editor, lambda: editor.lua(LABELS[request.param])


def asked(editor) -> list:
    return [message["names"] for verb, message in editor.sent() if verb == "rank"]


def test_what_the_model_expects_is_the_first_item(menu):
    editor, labels = menu
    editor.keys("A", *"ra")
    editor.wait(lambda: labels()[:1] == ["range"])
    assert sorted(labels()) == sorted(NAMES), "and nothing is lost"
    assert editor.text().endswith("in ra"), "nothing is inserted by it"


def test_typing_on_in_a_word_asks_about_no_name_twice_and_keeps_the_order(menu):
    editor, labels = menu
    editor.keys("A", *"ra")
    editor.wait(lambda: labels()[:1] == ["range"])
    order = [name for name in labels() if name.startswith("ran")]
    editor.keys("n")
    editor.wait(lambda: len(labels()) == len(order))
    assert labels() == order
    names = [name for names in asked(editor) for name in names]
    assert len(names) == len(set(names))


def test_a_selected_item_stays_where_it_is(menu):
    """Whoever has begun to choose sees nothing move, whatever comes in."""
    editor, labels = menu
    editor.keys("A", *"ra")
    editor.wait(lambda: labels()[:1] == ["range"])
    editor.lua(SELECT[editor.kind])
    chosen = labels()
    editor.lua("""
      local process, ranking = require('codecomplete.process'), require('codecomplete.ranking')
      process.receive('ranked', { id = ranking.last_id(), chances = { rabbit = 1.0 } })""")
    editor.quiet(0.3)
    assert labels() == chosen


def test_nothing_is_asked_where_nothing_is_suggested(menu):
    editor, labels = menu
    editor.nvim.command("let b:codecomplete = 0")
    editor.keys("A", *"ra")
    editor.wait(labels)
    editor.quiet(0.3)
    assert not asked(editor)


def test_asking_makes_no_key_wait_and_takes_no_suggestion_away(menu):
    """Names are asked about after the suggestion, and that is not given up for them."""
    editor, labels = menu
    editor.keys("A", *"ra")
    editor.wait(lambda: labels()[:1] == ["range"])
    verbs = [verb for verb, _ in editor.sent()]
    assert "rank" in verbs and "cancel" not in verbs
    editor.wait(lambda: editor.ghost())
