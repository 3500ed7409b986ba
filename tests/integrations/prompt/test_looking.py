"""What objects have, and that finding out runs nothing of the user's."""

from __future__ import annotations

import pytest

from codecomplete.integrations.prompt.looking import (
    attribute,
    attribute_names,
    element,
    item,
    keys,
    look,
    may_have_other_keys,
    may_have_others,
)
from codecomplete.integrations.prompt.things import Found, Thing, live
from tests.integrations.prompt.objects import SESSION, Plain, Property


def of(name: str) -> Thing:
    return live(SESSION[name])


@pytest.mark.parametrize("name", sorted(SESSION))
def test_looking_at_anything_runs_nothing(name):
    thing = of(name)
    attribute(thing, "value")
    attribute(thing, "missing")
    attribute_names(thing)
    may_have_others(thing)
    keys(thing)
    item(thing, "name")
    item(thing, 0)
    element(thing)


@pytest.mark.parametrize(
    ("name", "attribute_name", "found"),
    [
        ("plain", "items", list), ("plain", "shared", int), ("plain", "missing", Found.ABSENT),
        ("prop", "value", Found.UNKNOWN), ("prop", "declared", str),
        ("dynamic", "missing", Found.UNKNOWN), ("touchy", "missing", Found.UNKNOWN),
        ("lazy", "missing", Found.UNKNOWN), ("listing", "missing", Found.ABSENT),
        ("listing", "promised", Found.UNKNOWN), ("slotted", "width", Found.UNKNOWN),
        ("slotted", "height", Found.ABSENT), ("Colour", "GREEN", Found.UNKNOWN),
        ("OfMeta", "missing", Found.UNKNOWN), ("of_meta", "missing", Found.ABSENT),
        ("Plain", "missing", Found.ABSENT), ("numbers", "push", Found.ABSENT),
        ("local", "anything", Found.UNKNOWN),
    ],
)  # fmt: skip
def test_attributes_are_found_where_they_are_stored(name, attribute_name, found):
    result = attribute(of(name), attribute_name)
    assert result is found or (isinstance(result, Thing) and result.kind is found)


def test_methods_are_bound_on_objects_and_not_on_classes():
    assert attribute(of("plain"), "method").bound
    assert not attribute(of("Plain"), "method").bound


def test_names_of_a_class_come_from_it_and_what_it_comes_from():
    assert {"shared", "method", "items"} <= attribute_names(of("plain"))
    assert "items" not in attribute_names(of("Plain"))
    assert "promised" in attribute_names(of("listing"))


def test_of_what_is_only_known_to_be_of_a_class_instances_may_hold_more():
    assert may_have_others(Thing(Plain)) and not may_have_others(Thing(str))
    assert attribute(Thing(str), "joins") is Found.ABSENT
    assert attribute(Thing(Property), "anything") is Found.UNKNOWN


def test_keys_are_texts_and_their_neighbours_are_not_compared():
    assert keys(of("settings")) == ["hidden units", "rate"]
    assert item(of("settings"), "rate").value == [2]
    assert item(of("settings"), "name") is None
    assert keys(of("keyed")) is None and keys(of("numbers")) is None
    assert may_have_other_keys(of("counts")) and not may_have_other_keys(of("settings"))


def test_items_and_elements_of_plain_containers():
    assert item(of("numbers"), 0).value == 1 and item(of("numbers"), 5) is None
    assert element(of("people")).kind is Plain
    assert element(live([])) is None and element(of("touchy")) is None


def test_names_come_from_the_session_and_then_from_python():
    assert look("amount", SESSION).value == 3
    assert look("len", SESSION).value is len
    assert look("nobody", SESSION) is None
