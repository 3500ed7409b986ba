"""Classes and instances are read without running anything of theirs."""

from __future__ import annotations

import collections

import pytest

from codecomplete.integrations.prompt.things import (
    Found,
    Thing,
    in_class,
    is_dynamic,
    is_settable,
    is_type,
    live,
    stored_in,
    texts,
)
from tests.integrations.prompt.objects import SESSION, Dynamic, Plain, Slotted, Touchy


def test_a_shadowed_dictionary_is_not_read():
    assert stored_in(SESSION["touchy"]) is Found.UNKNOWN
    assert stored_in(SESSION["plain"]) == {"items": [1]}
    assert stored_in(3) is None


@pytest.mark.parametrize(
    ("name", "dynamic"),
    [("plain", False), ("dynamic", True), ("touchy", True), ("lazy", True), ("listing", False),
     ("os", False), ("Colour", True), ("OfMeta", True), ("local", True)],
)  # fmt: skip
def test_what_may_make_attributes_up(name, dynamic):
    assert is_dynamic(SESSION[name]) is dynamic


@pytest.mark.parametrize(
    ("thing", "settable"),
    [(live({}), False), (live([]), False), (live(Plain()), True), (live(Plain), True),
     (live(int), False), (live(Slotted()), False), (Thing(Plain), True), (live(1), False),
     (live(collections.Counter()), True)],
)  # fmt: skip
def test_which_attributes_can_be_assigned(thing, settable):
    assert is_settable(thing) is settable


def test_types_are_told_without_asking_them():
    assert is_type(Touchy) and is_type(SESSION["OfMeta"]) and not is_type(SESSION["touchy"])
    assert in_class(Dynamic, "missing") is Found.ABSENT


def test_only_plain_texts_of_plain_containers_are_read():
    class Text(str):
        pass

    assert list(texts(["a", Text("b"), 3])) == ["a"]
    assert list(texts(SESSION["keyed"])) == []
