"""Closers that stand after the caret are crossed, not doubled: as pure text, and in Neovim beside
the plugins that put them there."""

from __future__ import annotations

import pytest

from tests.integrations.nvim.conftest import starting
from tests.integrations.nvim.plugins import beside

CASES = [
    # before, text, rest, what the line becomes
    ("range(", "10):", ")", "range(10):"),
    ("range(", "10", ")", "range(10)"),
    ("f(g(", "a), b)", "))", "f(g(a), b)"),
    ("f(", "g(a), b", ")", "f(g(a), b)"),
    ("x = [", "1, 2]", "]", "x = [1, 2]"),
    ("x = [", "n for n in range(3)]", "]", "x = [n for n in range(3)]"),
    ("d = {", "'a': (1, 2)}", "}", "d = {'a': (1, 2)}"),
    ('print("', 'hello")', '")', 'print("hello")'),
    ("print('", "it\\'s')", "')", "print('it\\'s')"),
    ('"""', 'Say so."""', '"""', '"""Say so."""'),
    ('f("', ") ( ]", '")', 'f(") ( ]")'),
    ("f(", "')', \")\")", ")", "f(')', \")\")"),
    ("if (", "x > 0) {", ")", "if (x > 0) {"),
    ("if (", "x > 0) {", ") {", "if (x > 0) {"),
    ("foo(", "a);", ");", "foo(a);"),
    ("foo(", "a, b);", ")", "foo(a, b);"),
    ("f( ", "x )", " )", "f( x )"),
    ("new ArrayList<", "String>();", ">", "new ArrayList<String>();"),
    ("int f(", "int a) { return a->b; }", ")", "int f(int a) { return a->b; }"),
    ("f(", "a) + z", ") + y", "f(a) + z + y"),
    ("f(", "a]", ")", "f(a])"),
    ("x", " = 1", "", "x = 1"),
    ("for i in range(", "3):\n    print(i)", ")", "for i in range(3):\n    print(i)"),
    ("call(", "\n    one,\n)", ")", "call(\n    one,\n)"),
    ("f(é", "ü)é", ")é", "f(éü)éé"),
]
SCAN = """
local before, text, rest = ...
local crossed = require('codecomplete.crossing').length(before, text, rest)
return before .. text .. rest:sub(crossed + 1)
"""


def test_what_stands_there_is_crossed_and_nothing_else(editor):
    for before, text, rest, expected in CASES:
        assert editor.lua(SCAN, before, text, rest) == expected, (before, text, rest)


FITS = [
    ("f", "oo(", "", ")", True),
    ("f", "oo(", "", "", True),
    ("f", "oo([", "", "])", True),
    ("f", "oo([", "", "]", True),
    ("f", 'oo("', "", '")', True),
    ("f", "oo(a)", "", "", True),
    ("f", "oo(a)", "", ")", False),
    ("f(", "a)", ")", "", True),
    ("f(", "a)", ")", ")", False),
    ("f(", "g(", ")", "))", True),
    ("f", "oo", "", ")", False),
]


def test_what_another_plugin_may_have_added_while_typing_along(editor):
    for before, text, rest, now, fits in FITS:
        found = editor.lua(
            "return require('codecomplete.crossing').fits(...)", before, text, rest, now
        )
        assert found is fits, (before, text, rest, now)


# In Neovim

AUTOPAIRS = "require('nvim-autopairs').setup({})"
MINI = "require('mini.pairs').setup({})"
BY_HAND = """
local function over(close, otherwise)
  return function()
    local next_one = vim.fn.getline('.'):sub(vim.fn.col('.'), vim.fn.col('.'))
    return next_one == close and '<C-g>U<Right>' or otherwise
  end
end
for open, close in pairs({ ['('] = ')', ['['] = ']', ['{'] = '}' }) do
  vim.keymap.set('i', open, open .. close .. '<C-g>U<Left>')
  vim.keymap.set('i', close, over(close, close), { expr = true })
end
vim.keymap.set('i', '"', over('"', '""<C-g>U<Left>'), { expr = true })
"""
PAIRS = {
    "by hand": ((), BY_HAND),
    "nvim-autopairs": (("nvim-autopairs",), AUTOPAIRS),
    "mini.pairs": (("mini.pairs",), MINI),
}
CELLS = [
    # file type, typed, what the line is meant to become
    ("python", "for n in range(", "for n in range(10):"),
    ("python", "print(", 'print("a", [1, 2])'),
    ("python", "x = [", "x = [n for n in range(3)]"),
    ("python", "d = {", "d = {'a': (1, 2)}"),
    ("java", "if (", "if (list.isEmpty()) {"),
    ("java", "System.out.println(", 'System.out.println("done");'),
    ("java", "int[] a = {", "int[] a = {1, 2, f(3)};"),
    ("c", "for (", "for (int i = 0; i < n; i++) {"),
    ("c", 'printf("', 'printf("%d\\n", value);'),
    ("c", "char a[", "char a[sizeof(x)];"),
]


@pytest.fixture(scope="module", params=list(PAIRS))
def shared_pairs(request, program, tmp_path_factory):
    """A Neovim with a plugin that closes brackets, and an engine that knows the cells."""
    names, setup = PAIRS[request.param]
    with starting(program, tmp_path_factory.mktemp("pairs")) as start:
        options = {"mode": "cells"}
        yield beside(start, *names, setup=setup, **options) if names else _by_hand(start, setup)


@pytest.fixture
def paired(shared_pairs):
    """That Neovim, in normal mode."""
    shared_pairs.begin_test()
    shared_pairs.keys("<Esc>")
    yield shared_pairs
    shared_pairs.end_test()


def _by_hand(start, setup):
    editor = start(mode="cells")
    editor.lua(setup)
    return editor


def test_accepting_after_an_auto_closed_bracket_keeps_the_syntax(paired):
    editor = paired
    for filetype, typed, line in CELLS:
        editor.open("", filetype)
        editor.keys("i")
        editor.type(typed)
        editor.wait(lambda: editor.ghost() is not None)
        editor.accept()
        assert editor.text() == line
        assert [*editor.nvim.current.window.cursor] == [1, len(line)]
        editor.keys("<Esc>")


def sent(editor) -> int:
    """How many questions have been asked."""
    return editor.lua("return require('codecomplete.process').sent")


def test_typing_along_beside_it_keeps_the_rest_without_a_question(paired):
    editor = paired
    for filetype, typed, line in CELLS:
        editor.open("", filetype)
        editor.keys("i")
        editor.type(typed)
        editor.wait(lambda: editor.ghost() is not None)
        asked = sent(editor)
        for at in range(len(typed), len(line)):
            # At once, unless a question is under way.
            assert editor.ghost() == line[at:] or sent(editor) > asked, (line, at, editor.text())
            editor.sees(line[at:])
            editor.type(line[at])
        assert editor.text() in (line, line + "}"), "an open brace at the end gets its partner"
        assert sent(editor) in (asked, asked + 1)
        editor.keys("<Esc>")


def test_word_by_word_over_a_closer(paired):
    editor = paired
    editor.open("")
    editor.keys("i")
    editor.type("print(")
    texts = []
    for _ in range(8):
        editor.wait(lambda: editor.ghost() is not None)
        editor.accept("<M-Right>")
        texts.append(editor.text())
    assert texts[:3] == ['print(")', 'print("a)', 'print("a",)']
    assert texts[3:6] == ['print("a", [)', 'print("a", [1)', 'print("a", [1,)']
    assert texts[6:] == ['print("a", [1, 2)', 'print("a", [1, 2])']


def test_undo_gives_the_crossed_closer_back(paired):
    editor = paired
    editor.open("")
    editor.keys("i")
    editor.type("for n in range(")
    editor.wait(lambda: editor.ghost() is not None)
    editor.accept()
    editor.keys("<Esc>", "u")
    assert editor.text() == "for n in range()"
