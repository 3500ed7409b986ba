"""Signatures and declared types, read without running anything."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from codecomplete.integrations.prompt.calling import (
    called,
    is_callable,
    is_subscriptable,
    parameters,
)
from codecomplete.integrations.prompt.looking import attribute
from codecomplete.integrations.prompt.things import Thing, live
from tests.integrations.prompt.objects import SESSION, Plain, plot


@dataclass
class Point:
    x: int
    y: int = 0


@functools.lru_cache
def cached(number, *, base=10):
    return number


def names(value) -> tuple[str, ...] | None:
    found = parameters(value if isinstance(value, Thing) else live(value))
    return None if found is None else found.names


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (plot, ("data_frame", "title", "show_legend")), (Point, ("x", "y")),
        (cached, ("number", "base")), (sorted, ("key", "reverse")), (Plain, ()),
        (attribute(live(Plain()), "deposit"), ("amount", "note")),
        (Plain.deposit, ("self", "amount", "note")), (Plain().deposit, ("amount", "note")),
        (3, None),
        (np.sum, ("a", "axis", "dtype", "out", "keepdims", "initial", "where")),
    ],
)  # fmt: skip
def test_parameters_that_a_call_takes_by_name(value, expected):
    assert names(value) == expected


def test_a_frame_method_has_its_keywords():
    frame = pd.DataFrame({"amount": [1]})
    assert {"by", "ascending"} <= set(names(attribute(live(frame), "sort_values")))


@pytest.mark.parametrize(
    ("value", "callable_", "subscriptable"),
    [(3, False, False), ("a", False, True), (len, True, False), (Plain, True, True),
     (Plain(), False, False), ([1], False, True)],
)  # fmt: skip
def test_what_can_be_called_and_subscripted(value, callable_, subscriptable):
    assert is_callable(live(value)) is callable_
    assert is_subscriptable(live(value)) is subscriptable


def test_of_a_type_that_is_known_only_numbers_and_containers_are_certainly_not_called():
    assert not is_callable(Thing(int)) and is_callable(Thing(Plain))


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (live(Point), Point), (live(sorted), list), (live(plot), None),
        (attribute(live(Plain()), "again"), Plain), (attribute(live("a"), "split"), list),
        (attribute(live(pd.DataFrame()), "head"), pd.DataFrame),
    ],
)  # fmt: skip
def test_the_declared_type_of_what_comes_back(thing, kind):
    found = called(thing)
    assert (found.kind if found is not None else None) is kind


def test_nothing_of_objects_that_refuse_is_run():
    touchy, of_meta = live(SESSION["touchy"]), live(SESSION["OfMeta"])
    assert parameters(touchy) is None and is_callable(touchy) and is_subscriptable(touchy)
    assert parameters(of_meta).takes_nothing and called(of_meta).kind is SESSION["OfMeta"]
    assert called(touchy) is None
