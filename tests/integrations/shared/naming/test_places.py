"""Where in Python somebody is asked for names."""

from __future__ import annotations

import pytest

from codecomplete.integrations.shared.naming.places import Kind, place_at


@pytest.mark.parametrize(
    ("before", "kind", "typed"),
    [
        ("os.", Kind.ATTRIBUTE, ""),
        ("x = os.path.jo", Kind.ATTRIBUTE, "jo"),
        ("f(a)[0].ke", Kind.ATTRIBUTE, "ke"),
        ("'a'.", Kind.ATTRIBUTE, ""),
        ("(a\n    .b\n    .c", Kind.ATTRIBUTE, "c"),
        ("import o", Kind.IMPORT, "o"),
        ("import os.pa", Kind.IMPORT, "pa"),
        ("import os, sy", Kind.IMPORT, "sy"),
        ("x = 1\n    from os import pa", Kind.IMPORT, "pa"),
        ("from os import path as p, se", Kind.IMPORT, "se"),
        ("from os import (path,\n    se", Kind.IMPORT, "se"),
        ("from .", Kind.IMPORT, ""),
        ("from ..a import ", Kind.IMPORT, ""),
        ("open(path, enc", Kind.ARGUMENT, "enc"),
        ("f(\n    enc", Kind.ARGUMENT, "enc"),
    ],
)
def test_names_are_asked_for(before, kind, typed):
    place = place_at(before)
    assert place is not None and (place.kind, place.typed) == (kind, typed)
    assert place.stem + place.typed == before


@pytest.mark.parametrize(
    "before", ["", "x", "x = val", "f(", "1.", "3.1", "a, ", "if x", "os.\n", "...", "x = (va"]
)
def test_elsewhere_nobody_is_asked(before):
    assert place_at(before) is None


def test_the_place_is_the_same_after_every_letter():
    stems = {place_at("os.path.join"[:end]).stem for end in range(8, 13)}
    assert stems == {"os.path."}
