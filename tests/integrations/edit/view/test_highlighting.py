"""Colours: every language has them, edits keep them right, and only visible rows cost."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codecomplete.integrations.edit.files.languages import EXTENSIONS
from codecomplete.integrations.edit.view import highlighting, themes
from codecomplete.integrations.edit.view.document import CodeDocument
from codecomplete.integrations.edit.view.highlighting import GRAMMARS, Syntax

SAMPLES = {
    "c": ("int f() { return 1; } // c\nchar *s = \"x\";\n", {"return", "// c", '"x"', "1"}),
    "cpp": ("class A { virtual int f(); }; // c\nauto s = \"x\";", {"class", "// c", '"x"'}),
    "go": ("func f() string { return \"x\" } // c", {"func", "return", '"x"', "// c"}),
    "java": ("class A { int f() { return 1; } } // c", {"class", "return", "1", "// c"}),
    "javascript": ("const s = `x`; // c\nfunction f() {}", {"const", "// c", "function"}),
    "json": ('{"a": [1, "x", null]}', {'"x"', "1", "null"}),
    "kotlin": ('fun f(): Int { val s = "x"; return 1 } // c', {"fun", "val", "return", "// c"}),
    "markdown": ("# Title\n\n> quote\n\n```\ncode\n```\n", {"# Title"}),
    "php": ("<?php\nfunction f() { return 'x'; } // c\n", {"function", "return", "'x'", "// c"}),
    "python": ("def f():\n    return 'x'  # c\n", {"def", "return", "'x'", "# c"}),
    "rust": ("fn f() -> i32 { return 1; } // c\nlet s = \"x\";", {"fn", "return", "// c", '"x"'}),
    "toml": ("[a]\nb = 1 # c\nd = \"x\"\n", {"1", "# c", '"x"'}),
    "tsx": ("const a: number = 1; // c\nconst b = <p>x</p>;", {"const", "// c"}),
    "typescript": ("interface A { b: number } // c\nconst s = 'x';", {"interface", "// c", "'x'"}),
    "csharp": ("class A { int F(string s) { return 1; } } // c\nvar t = \"x\";",
               {"class", "return", "int", "// c", '"x"', "1", "A", "F"}),
    "css": ("a.b { color: #fff; width: 10px; } /* c */", {"/* c */", "a", "10px"}),
    "dockerfile": ("FROM debian:12 AS base\n# c\nRUN make\n", {"FROM", "# c", "RUN"}),
    "html": ("<p class=\"x\">a</p> <!-- c -->", {"p", "class", "<!-- c -->"}),
    "lua": ("local function f() return 'x' end -- c\n", {"local", "return", "'x'", "-- c", "f"}),
    "make": ("CC := gcc\nall: a.o\n\t$(CC) -o $@ # c\nifdef X\nendif\n", {"CC", "ifdef"}),
    "ruby": ("def f\n  return 'x' # c\nend\n", {"def", "return", "'x'", "# c", "end"}),
    "shell": ("for i in 1 2; do echo \"x\"; done # c\n", {"for", "do", '"x"', "# c"}),
    "sql": ("SELECT a FROM t WHERE b = 'x'; -- c\n", {"SELECT", "FROM", "'x'", "-- c"}),
    "yaml": ("a: 1 # c\nb: \"x\"\n", {"1", "# c", '"x"'}),
}  # fmt: skip


def coloured(text: str, syntax: Syntax, dark: bool = True) -> dict[str, str]:
    """What is coloured, and as what."""
    lines = text.split("\n")
    return {
        lines[row][first:last]: kind
        for row in range(len(lines))
        for first, last, kind in syntax.spans(row, text, lines)
        if themes.style(kind, dark) is not None
    }


def test_there_is_a_sample_for_every_grammar_and_a_grammar_for_every_language():
    assert SAMPLES.keys() == GRAMMARS.keys()
    assert EXTENSIONS.keys() <= GRAMMARS.keys()


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("name", GRAMMARS)
def test_every_language_has_colours(name, dark):
    text, expected = SAMPLES[name]
    assert expected <= coloured(text, Syntax(name), dark).keys()


EDITS = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 5), st.text("a(\"'\n/*é}", max_size=4)),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(EDITS)
def test_after_edits_the_colours_are_those_of_a_fresh_parse(edits):
    document = CodeDocument('int f(char *s) {\n  /* é */ return "ä"[1];\n}\n\nint g;\n')
    document.syntax = Syntax("c")
    coloured(document.text, document.syntax)
    for at, length, inserted in edits:
        text = document.text
        first, last = min(at, len(text)), min(at + length, len(text))
        places = [(text[:i].count("\n"), len(text[:i].rpartition("\n")[2])) for i in (first, last)]
        document.replace_range(*places, inserted)
    tree, fresh = document.syntax, Syntax("c")
    coloured(document.text, tree), coloured(document.text, fresh)
    assert str(tree._tree.root_node) == str(fresh._tree.root_node)
    if not fresh._tree.root_node.has_error:
        assert coloured(document.text, tree) == coloured(document.text, fresh)


def test_only_the_rows_that_are_asked_for_are_queried(monkeypatch):
    monkeypatch.setattr(highlighting, "SECONDS_TO_OPEN", 60.0)  # a busy machine is no fault
    text = "int f() { return 1; }\n" * 20_000
    syntax, lines = Syntax("c"), text.split("\n")
    with mock.patch.object(syntax, "_query_rows", wraps=syntax._query_rows) as query:
        for row in range(10_000, 10_040):
            assert syntax.spans(row, text, lines)
    assert query.call_count <= 4, "for 40 rows, of which a block has 16"


def test_a_text_that_takes_too_long_to_parse_ends_its_colours(monkeypatch):
    monkeypatch.setattr(highlighting, "SECONDS_TO_OPEN", 0.0)
    syntax = Syntax("c")
    syntax.spans(0, "int a;", ["int a;"])
    assert syntax.too_slow


def test_slow_edits_end_the_colours_only_if_they_follow_each_other(monkeypatch):
    document = CodeDocument("int a;\n")
    document.syntax = Syntax("c")
    document.syntax.spans(0, document.text, document.lines)
    for limit in (0.0, 0.0, 10.0, 0.0, 0.0):
        monkeypatch.setattr(highlighting, "SECONDS_TO_EDIT", limit)
        document.replace_range((0, 0), (0, 0), "x")
        document.syntax.spans(0, document.text, document.lines)
    assert not document.syntax.too_slow
    document.replace_range((0, 0), (0, 0), "x")
    document.syntax.spans(0, document.text, document.lines)
    assert document.syntax.too_slow


def test_a_very_long_line_has_no_colours():
    text = "int a; " * 1000
    assert Syntax("c").spans(0, text, [text]) == []


@pytest.mark.parametrize("kind", ["string.special.regex", "function.method.call", "keyword.x.y"])
def test_an_unknown_kind_has_the_style_of_its_beginning(kind):
    assert themes.style(kind, True) is not None
    assert themes.style("nothing.of.it", True) is None
