"""What expressions stand for in a session of real objects."""

from __future__ import annotations

import pandas as pd
import pytest

from codecomplete.integrations.prompt.inferring import parsed, scope_of
from codecomplete.integrations.prompt.reading import Code
from tests.integrations.prompt.objects import SESSION, Plain

FRAME = pd.DataFrame({"region": ["a", "b"], "amount": [1, 2]})
NAMES = {**SESSION, "frame": FRAME, "pd": pd}


def kind(expression: str, cell: str = "") -> str | None:
    found = scope_of(Code(cell), NAMES).thing(expression)
    return found.kind.__name__ if found is not None else None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("amount", "int"), ("plain.items", "list"), ("plain.items[0]", "int"),
        ("plain.again().again()", "Plain"), ("settings['rate'][0]", "int"),
        ("people[0].items", "list"), ("frame['amount']", "Series"), ("frame.amount", "Series"),
        ("frame.head(2)", "DataFrame"), ("frame[frame['amount'] > 1]", "DataFrame"),
        ("frame.groupby('region')['amount']", "SeriesGroupBy"),
        ("frame['region'].str", "StringMethods"), ("text.upper().split()", "list"),
        ("[1, 2]", "list"), ("{}", "dict"), ("f'{x}'", "str"), ("Plain()", "Plain"),
        ("touchy.anything", None), ("touchy()", None), ("keyed['a']", None), ("prop.value", None),
        ("nobody", None), ("a +", None), ("dynamic.x.y", None), ("frame[touchy]", None),
    ],
)  # fmt: skip
def test_what_an_expression_stands_for(expression, expected):
    assert kind(expression) == expected


@pytest.mark.parametrize(
    ("cell", "name", "expected"),
    [
        ("sum(p.x for p in people if p.", "p", "Plain"),
        ("for p in people:\n    p.", "p", "Plain"),
        ("try: x\nexcept ValueError as error:\n    error.", "error", "ValueError"),
        ("first = people\nfirst.", "first", "list"),
        ("def f(amount):\n    amount.", "amount", None),
        ("amount = amount.", "amount", "int"),  # not assigned yet
        ("x = y\ny = x\ny.", "y", None),
    ],
)
def test_names_that_the_cell_gives_a_meaning(cell, name, expected):
    assert kind(name, cell) == expected


def test_expressions_that_are_none():
    assert parsed("x = 3") is None and parsed("(" * 300) is None and parsed("\0") is None


def test_an_element_stands_for_all():
    assert scope_of(Code("for p in people:\n "), NAMES).thing("p").value is SESSION["people"][0]
    assert isinstance(SESSION["people"][0], Plain)
