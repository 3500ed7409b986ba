"""What stands around a caret decides what a suggestion must lead to and how much of it fits."""

from __future__ import annotations

import pytest

from codecomplete.engine.suggestions.caret import NEAR, Caret
from codecomplete.engine.suggestions.structure import Open, Structure


def test_the_line_and_the_rest_are_the_carets_own():
    caret = Caret("a\n  b", "c\nd")
    assert (caret.line, caret.rest) == ("  b", "c")


@pytest.mark.parametrize(
    ("before", "after", "goal"),
    [
        ("f(", "b, c)\nd", "b, c)\nd"),  # the rest of the line
        ("f(", ")\nd", ")"),  # closers that an editor put there: not what comes after them
        ('f("', '")\nd', '")'),
        ("f(a)\n    ", "\n    g()\n", "\n    g()\n"),  # an empty line: the next one
        ("f(a)\n", "\n\n", ""),
        ("f(a) + ", "\ng()\n", ""),  # the end of a line is open
        ("", "", ""),
    ],
)
def test_a_suggestion_must_lead_to(before, after, goal):
    assert Caret(before, after).goal() == goal


@pytest.mark.parametrize(
    ("caret", "text", "fitting"),
    [
        (Caret("f(", ")\n", "python", Open((")",))), "a, b)", "a, b"),  # closed already
        (Caret("f(", "\n", "python", Open((")",))), "a, b)", "a, b)"),
        (Caret("#if ", "\n", "c"), "A */", "A"),  # no blanks are left before what is cut off
        (Caret("x = ", "\nx = 1\n"), "1", ""),  # what the next line says
        (Caret("x = ", "\ny = 1\n"), "1", "1"),
        (Caret("x = ", "\n\n\n\na\nb\nc\nx = 1\n"), "1", "1"),  # too far below
        (Caret("\tif a:\n\t\tb\n\tif c:", ""), "\n\t    d", "\n\t\td"),  # the file's own unit
    ],
)
def test_of_a_suggestion_there_is_inserted(caret, text, fitting):
    assert caret.fit(text) == fitting


@pytest.mark.parametrize(
    ("before", "text", "language", "fitting"),
    [
        ("if a:\n    x = f(1)\n", "        y = 2", "python", ""),
        ("if a:\n    x = f(1)\n    ", "    y = 2", "python", ""),
        ("if a:\n    x = f(1)\n\n", "    y = 2", "python", "    y = 2"),  # no deeper
        ("if a:\n    x = f(1)\n        ", "y = 2", "python", "y = 2"),  # the user's own choice
        ("if a:\n    if b:\n", "        y = 2", "python", "        y = 2"),
        ("if a:\n    if b:  # why\n", "        y = 2", "python", "        y = 2"),
        ("x = 1 + \\\n", "    y", "python", "    y"),
        ("class A {\n    int a;\n", "        int b;", "java", ""),
        ("class A {\n    void f() {\n    }\n", "        int b;", "java", ""),
        ("class A {\n    void f() {\n    }\n", "        .g();", "java", "        .g();"),
        ("void f() {\n\tif (a)\n", "\t\tg();", "c", "\t\tg();"),
        ("#define A\n", "    g();", "c", "    g();"),
        ("if a {\n    f()\n", "        g()", "go", "        g()"),  # nothing says that it ended
    ],
)
def test_a_line_begins_no_deeper_than_the_statement_above(before, text, language, fitting):
    open_ = Structure(language).at(before)
    assert Caret(before, "", language, open_).fit(text) == fitting


def test_within_brackets_or_a_docstring_a_line_may_begin_deeper():
    for before, text in (("f(a=1,\n  b=2\n", "    , c=3"), ('"""One.\n\n  two\n', "    three")):
        assert Caret(before, "", "python", Structure("python").at(before)).fit(text) == text


def test_a_name_is_near_on_either_side_but_not_where_it_is_typed():
    assert Caret("item = 1\nit", "").is_near("item")
    assert Caret("it", "\nitem").is_near("item")
    assert not Caret("items = 1\nitem", "").is_near("item")
    assert not Caret("item" + " " * NEAR, "").is_near("item")


@pytest.mark.parametrize(
    ("before", "typed"), [("x = ite", "ite"), ("x = item\n", ""), ("x1", "x1"), ("1", ""), ("", "")]
)
def test_letters_are_typed_of_a_name_that_ends_at_the_caret(before, typed):
    """Not of the one that the line above ends with."""
    assert Caret(before).typed == typed


def test_code_that_opens_a_hole_fits_only_where_its_user_wants_it():
    line = "requests.get(url, ver"
    assert Caret(line, "", "python").fit("ify=False)") == ""
    assert Caret(line, "", "python", allow_unsafe=True).fit("ify=False") == "ify=False"
