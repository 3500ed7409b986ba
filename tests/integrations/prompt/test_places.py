"""What kind of place the caret stands at."""

from __future__ import annotations

import pytest

from codecomplete.integrations.prompt.places import Kind, calls_around, given_in, place_of
from codecomplete.integrations.prompt.reading import Code


@pytest.mark.parametrize(
    ("cell", "kind", "typed", "of"),
    [
        ("acc", Kind.NAME, "acc", ""), ("x = acc", Kind.NAME, "acc", ""),
        ("a.b.c", Kind.ATTRIBUTE, "c", "a.b"), ("f(x).", Kind.ATTRIBUTE, "", "f(x)"),
        ("d['k'].", Kind.ATTRIBUTE, "", "d['k']"), ("1.", Kind.PROSE, "", ""),
        ('d["ab c', Kind.KEY, "ab c", "d"), ("d[", Kind.KEY, "", "d"),
        ('d[["a", "b', Kind.KEY, "b", "d"), ('d.loc[d["x"] > 1, "', Kind.KEY, "", "d.loc"),
        ('["a', Kind.PROSE, "", ""), ('f("a', Kind.TEXT_ARGUMENT, "a", "f"),
        ('x = "a', Kind.PROSE, "", ""), ("# a", Kind.PROSE, "", ""), ('f("""a', Kind.PROSE, "", ""),
        ('f(f"a', Kind.PROSE, "", ""), ("import nu", Kind.MODULE, "nu", ""),
        ("import os, js", Kind.MODULE, "js", ""), ("from os.pa", Kind.MODULE, "os.pa", ""),
        ("from os import pa", Kind.MEMBER, "pa", "os"),
        ("from os import path, wa", Kind.MEMBER, "wa", "os"),
        ("import os as o", Kind.BINDING, "", ""), ("def f", Kind.BINDING, "f", ""),
        ("def f(a, b", Kind.BINDING, "b", ""), ("def f(a, b=c", Kind.NAME, "c", "f"),
        ("for a", Kind.BINDING, "a", ""), ("for a in b", Kind.NAME, "b", ""),
        ("lambda a", Kind.BINDING, "a", ""), ("x ", Kind.OPERATOR, "", "x"),
        ("x = ", Kind.NAME, "", ""), ("return ", Kind.NAME, "", ""), ("12", Kind.PROSE, "", ""),
    ],
)  # fmt: skip
def test_the_place_at_the_end_of_a_cell(cell, kind, typed, of):
    place = place_of(Code(cell))
    assert (place.kind, place.typed) == (kind, typed)
    assert kind in (Kind.NAME, Kind.OPERATOR) or place.of == of


def test_arguments_know_their_call_and_what_it_has():
    place = place_of(Code("plot(path, title='x', sh"))
    assert (place.of, place.is_argument, place.given) == ("plot", True, ("title",))
    assert not place_of(Code("plot(path, title=sh")).is_argument
    assert not place_of(Code("(a, sh")).is_argument
    assert given_in(Code("f(a=1, g(b=2), c=[d == 3], ")) == ("a", "c")
    assert calls_around(Code("f(g(h[")) == ("g", "f")


def test_lines_begin_where_python_sees_them_begin():
    assert place_of(Code("x = 1\nac")).begins_line
    assert not place_of(Code("f(\nac")).begins_line
    assert place_of(Code("account.de")).begins_line and not place_of(Code("x = a.de")).begins_line
