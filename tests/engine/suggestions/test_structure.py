"""What a text leaves open, and which closers a suggestion may not have."""

from __future__ import annotations

import pytest

from codecomplete.engine.suggestions.structure import (
    MOST_SCANNED,
    Open,
    Structure,
    ends_statement,
    needless,
)


@pytest.mark.parametrize(
    ("language", "before", "closers", "inside"),
    [
        ("python", "f(a, [1, {", (")", "]", "}"), ""),
        ("python", "x = ')' # (", (), "\n"),
        ("python", "x = f('(", (")",), "'"),
        ("python", 'def f():\n    """Say (', (), '"""'),
        ("python", 'a = "it\\"s (" + g(', (")",), ""),
        ("c", "if (x) { // (", ("}",), "\n"),
        ("c", "/* ( */ f('(', \"{\"", (")",), ""),
        ("rust", "fn f<'a>(x: &'a str", (")",), ""),
        ("javascript", "const s = `(${", (), "`"),
        (None, 'f("(", [', (")", "]"), ""),
        ("python", "f(]", (")",), ""),
    ],
)
def test_what_is_open_at_a_caret(language, before, closers, inside):
    assert Structure(language).at(before) == Open(closers, inside)


def test_typing_finds_what_a_fresh_look_finds():
    text = 'class A:\n    """Of ( and ".\n    """\n    def f(self, x=("a", [1,\n        2])):\n'
    text += "        return {  # (\n            'k': (1)}\n"
    typed = Structure("python")
    for place in range(len(text)):
        assert typed.at(text[:place]) == Structure("python").at(text[:place])


def test_an_edit_above_is_noticed():
    structure = Structure("python")
    structure.at("f(\nx = 1\n")
    assert structure.at("f[\nx = 1\n") == Open(("]",))


def test_no_more_is_kept_and_looked_at_than_a_bound():
    structure, line = Structure("python"), "value = compute(first, second)\n"
    text = line * 20_000
    structure.at(text)
    for _ in range(3_000):
        text += line
        structure.at(text)
    assert len(structure._known) <= 2 * MOST_SCANNED + len(line)
    assert structure.at(text + "f(").closers == (")",)


@pytest.mark.parametrize(
    ("text", "closers", "after", "kept"),
    [
        ("a, b):", (")",), ")", "a, b"),
        ("a, b):", (")",), "", "a, b):"),
        ("a)):", (")",), "", "a)"),
        ("f(a), b)", (")",), ")", "f(a), b"),
        ("x[')'])", (")",), ")", "x[')']"),
        ("a]", (")",), "", "a"),
        ("a))", (")", ")"), ")", "a)"),
        ("a, g(b", (")",), ")", "a, g(b"),
        ("x);\n}", ("}", ")"), "", "x);\n}"),
    ],
)
def test_a_bracket_is_closed_once(text, closers, after, kept):
    assert text[: needless(text, Open(closers), after, "python")] == kept


@pytest.mark.parametrize(
    ("text", "inside", "language", "kept"),
    [
        ("ZOO_VERSION) */", "", "c", "ZOO_VERSION) "),
        ("of it. */", "*/", "c", "of it. */"),
        ("/* a */ b */ c", "", "java", "/* a */ b "),
        ('"*/"', "", "java", '"*/"'),
        ("*/", "", "go", ""),
        ("a */ b", "\n", "rust", "a */ b"),
        ("/a*/", "", "javascript", "/a*/"),  # where that may end an expression
        ("*/", "", "python", "*/"),
    ],
)
def test_a_comment_ends_only_where_one_has_begun(text, inside, language, kept):
    open_ = Open((")",), inside) if ")" in text else Open((), inside)
    assert text[: needless(text, open_, "", language)] == kept


def test_a_block_that_began_out_of_sight_may_be_closed():
    assert needless("}", Open(whole=False), "", "java") == 1
    assert needless("}", Open(), "", "java") == 0


@pytest.mark.parametrize(
    ("line", "following", "open_", "language", "ends"),
    [
        ("x = f(1)", "y", Open(), "python", True),
        ("x = f(1,", "y", Open((")",)), "python", False),
        ("x = 1  # why", "y", Open(), "python", False),  # perhaps a block begins before it
        ("three words of prose", "y", Open((), '"""'), "python", False),
        ("", "y", Open(), "python", False),
        ("int x;", "y", Open(("}",)), "c", True),
        ("for (x = 0;", "x", Open(("}", ")")), "c", False),
        ("}", "b", Open(("}",)), "java", True),
        ("}", ".", Open(("}",)), "java", False),  # a chain of calls goes on
        ("if (x)", "y", Open(), "c", False),
        ("#endif;", "y", Open(), "c", False),
        ("x := 1", "y", Open(("}",)), "go", False),  # no sign says so
        ("x;", "y", Open(), None, False),
    ],
)
def test_a_line_is_known_to_end_a_statement(line, following, open_, language, ends):
    assert ends_statement(line, following, open_, language) == ends
