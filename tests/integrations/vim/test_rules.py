"""What both plugins must do alike: options, parts of a suggestion, closers that are crossed."""

from __future__ import annotations

import json

import pytest

from codecomplete.engine import Suggestion
from tests.integrations.nvim import reference
from tests.integrations.nvim.test_crossing import CASES, FITS

NOT_HERE = {"beside_menu", "menu_first", "remote", "ghost", "native"}
TEXTS = [
    "a", " a b", "\n  a\n  b", "a\nb", "ü ö", "", "  ", "\n", "\n\nx", "a.b(c) d", "日本 x\n",
    "(self, x):\n    pass", "...é_1 = 2", "get_value(key)", "maxValue2x = HTTPServer",
    " __init__(self)", "a__b_", "été2Fois", "x2Y_3",
]  # fmt: skip


def test_options_have_the_defaults_of_the_neovim_plugin(editor):
    theirs = {name: default for name, default, _ in reference.facts()["options"]}
    ours = editor.expr("g:codecomplete#config#DEFAULTS")
    assert set(ours) == set(theirs) - NOT_HERE
    for name, value in ours.items():
        if name not in ("keys", "filetypes"):
            shown = {None: "nil"}.get(value, json.dumps(value))
            assert shown == theirs[name], name


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_parts_are_those_of_the_engine(editor, text):
    whole = Suggestion(text)
    for part, expected in (
        ("Word", whole.first_word()), ("Hump", whole.first_hump()), ("Line", whole.first_line()),
    ):  # fmt: skip
        assert editor.expr(f"codecomplete#parts#{part}({vim(text)})") == expected, part


def test_what_stands_there_is_crossed_and_nothing_else(editor):
    for before, text, rest, expected in CASES:
        call = f"codecomplete#crossing#Length({vim(before)}, {vim(text)}, {vim(rest)})"
        left = rest.encode()[editor.expr(call) :].decode()
        assert before + text + left == expected, (before, text, rest)


def test_what_other_plugins_close_still_fits(editor):
    for *texts, fits in FITS:
        call = f"codecomplete#crossing#Fits({', '.join(map(vim, texts))})"
        assert editor.expr(call) == fits, texts


def vim(text: str) -> str:
    """A string of Vimscript."""
    return json.dumps(text, ensure_ascii=False)
