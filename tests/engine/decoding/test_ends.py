"""Where suggestions end."""

from __future__ import annotations

import pytest

from codecomplete.engine.decoding.ends import (
    BlockEnd,
    LineEnd,
    OpenedBlock,
    choose,
    repeats,
    whole_words,
)


@pytest.mark.parametrize(
    ("before", "rule"),
    [
        ("def f(x):\n    ", BlockEnd(4)),
        ("int main(void)\n{\n\t", BlockEnd(1)),
        ("def f(x):\n    y = 1\n    ", LineEnd()),
        ("def f(x):\n", LineEnd()),
        ("def f(", LineEnd()),
        ("", LineEnd()),
    ],
)
def test_an_empty_block_is_completed_as_a_block(before, rule):
    assert choose(before) == rule


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("def f(x):", "", OpenedBlock(0)),
        ("class A:\n    def f(self):", "\n\n    def g(self):\n", OpenedBlock(4)),
        ("    def f(self):", "\n        return 1\n", LineEnd()),
        ("void f() {", "\n}\n", OpenedBlock(0)),
        ("x = {", "}", LineEnd()),
        ("x = 1", "", LineEnd()),
    ],
)
def test_a_block_is_offered_after_the_line_that_opens_it(before, after, rule):
    assert choose(before, after) == rule


@pytest.mark.parametrize(
    ("language", "line", "opens"),
    [
        ("lua", "if x then", True),
        ("lua", "local function f(a, b)", True),
        ("lua", "foo(function()", True),
        ("lua", "foo(function() return 1 end)", False),
        ("lua", "-- what to do", False),
        ("lua", "x = undo", False),
        ("lua", "x = 1 -- and then", False),
        ("shell", "if [ $# -gt 0 ]; then", True),
        ("shell", "while read -r x; do", True),
        ("shell", "  else", True),
        ("shell", 'case "$1" in', True),
        ("shell", "  -h | --help)", True),
        ("shell", "f() {", True),
        ("shell", "f()", False),
        ("shell", "x=$(f a)", False),
        ("shell", "# what to do", False),
        ("shell", "echo undo", False),
        ("python", "what to do", False),
        (None, "if x then", False),
    ],
)
def test_words_open_blocks_in_scripts(language, line, opens):
    indent = len(line) - len(line.lstrip())
    rule = OpenedBlock(indent) if opens else LineEnd()
    assert choose(line, language=language) == rule
    inside = " " * (indent + 2)
    rule = BlockEnd(indent + 2) if opens else LineEnd()
    assert choose(f"{line}\n{inside}", language=language) == rule


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\n        return 1\n", None),
        ("\n        return 1\n\n    def g", "\n        return 1"),
        ("\n        a()\n        b()\n    c()\n", "\n        a()\n        b()"),
        ("\n    def g", ""),
        (" # why\n        x", " # why"),
        ("\n     ", None),
    ],
)
def test_an_opened_block_ends_where_it_is_left(text, kept):
    end = OpenedBlock(4).end(text)
    assert (None if end is None else text[:end]) == kept


def test_a_line_ends_at_its_end():
    assert LineEnd().end("return x") is None
    assert LineEnd().end("return x\n\n") == 8


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a = 1\n    b = 2\nc = 3", "a = 1\n    b = 2"),
        ("a = 1\n\n    b = 2", "a = 1"),
        ("if a:\n        b()\n    c()\n", None),
        ("\n".join(["    x"] * 20), "\n".join(["    x"] * 8)),
    ],
)
def test_a_block_ends_where_it_is_left(text, kept):
    end = BlockEnd(4).end(text)
    assert (None if end is None else text[:end]) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [("foo.bar", "foo."), ("foo(", "foo("), ("x = some_na", "x ="), ("word", ""), ("a, ", "a,")],
)
def test_a_cut_text_never_ends_inside_an_identifier(text, kept):
    assert whole_words(text) == kept


@pytest.mark.parametrize(
    ("ids", "period"),
    [
        ([1, 2, 3], None),
        ([7, 1, 2, 1, 2, 1, 2], 2),
        ([5] * 5, None),
        ([5] * 6, 1),
        ([1, 2, 1, 2], None),
    ],
)
def test_loops_are_noticed(ids, period):
    assert repeats(ids) == period
