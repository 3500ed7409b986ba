"""Unfinished cells: strings, brackets, expressions, names."""

from __future__ import annotations

import pytest

from codecomplete.integrations.prompt.reading import Code, bindings, closing_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x = 'it'  # no", 'x = """"      '),
        ("f'{a}' + b", '"""""" + b'),
        ('"a\\"b" + c', '"""""" + c'),
        ('"""a\nb""" + c', '""""\n"""" + c'),
        ("'open", '"""""'),
    ],
)
def test_strings_and_comments_are_taken_out_position_by_position(text, code):
    assert Code(text).code == code


@pytest.mark.parametrize(
    ("text", "letters"),
    [("x['ab", "ab"), ("x['a']", None), ('"""ab', "ab"), ("rb'ab", "ab"), ("# it's", None),
     ("x['a' + \"b", "b")],
)  # fmt: skip
def test_the_string_that_the_caret_stands_in(text, letters):
    string = Code(text).string
    assert (None if string is None else text[string.start :]) == letters


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("x = a.b(c)[0]", "a.b(c)[0]"), ("print(a", "a"), ("not x", "x"), ("return [x]", "[x]"),
        ("in (x)", "(x)"), ("f().os", "f().os"), ("'a'.join", "'a'.join"), ("x + ", ""),
        ("a . b", "a . b"), ("d['k'].v", "d['k'].v"), ("x)", ""),
    ],
)  # fmt: skip
def test_the_expression_before_a_place(text, expression):
    assert Code(text).primary_before(len(text)) == expression


def test_a_name_is_typed_only_where_the_caret_stands_right_after_it():
    assert Code("x = na").typed == "na"
    assert Code("x = name\n").typed == ""


def test_brackets_and_the_line_that_they_continue():
    cell = Code("x = 1\ny = f(a,\n  [b")
    assert [cell.text[place] for place in cell.open] == ["(", "["]
    assert cell.text[cell.line_start :].startswith("y = ")
    assert closing_of("(a(b)c)", 0) == 6 and closing_of("(a", 0) is None


def bound(text: str) -> dict[str, str]:
    code = Code(text)
    found: dict[str, str] = {}
    for binding in bindings(code, len(text)):
        meaning = binding.each_of or binding.instance_of or binding.equals
        found[binding.name] = meaning or found.get(binding.name, "")
    return found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("for a, b in x:", {"a": "", "b": ""}),
        ("[t.x for t in tasks if t", {"t": ""}),
        ("def f(x, *, y=1):", {"f": "", "x": "", "y": ""}),
        ("import os.path as p, sys", {"os": "", "path": "", "p": "", "sys": ""}),
        ("with open(x) as h:", {"h": ""}),
        ("except ValueError as e:", {"e": ""}),
        ("a = b = f(c)\n", {"a": "f(c)", "b": "f(c)"}),
        ("x: int = 3\n", {"x": "3"}),
        ("x.y = 3\n", {}),
        ("d['k'] = 3\n", {}),
        ("if (n := 3) == x:", {"n": ""}),
        ("lambda q: q", {"q": ""}),
        ("x == y", {}),
        ("print(a, b=c)", {}),
    ],
)
def test_names_that_a_cell_binds(text, names):
    assert set(bound(text)) == set(names)
    for name, value in names.items():
        assert not value or bound(text)[name] == value


def test_what_bound_names_stand_for():
    assert bound("[t for t in tasks.open if t]")["t"] == "tasks.open"
    assert bound("try: f()\nexcept ValueError as e:\n  ")["e"] == "ValueError"
    assert bound("current = first\nwhile current")["current"] == "first"


def test_a_deep_or_broken_text_never_fails():
    for text in ("((((" * 500, "]])}", "'" * 99, "\\", "def (", "for in", "\0"):
        code = Code(text)
        list(bindings(code, len(text)))
        assert len(code.code) == len(text) and code.primary_before(len(text)) is not None
