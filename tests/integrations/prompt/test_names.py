"""What the session knows, and that finding out runs nothing of the user's."""

from __future__ import annotations

import collections
import enum
import os
import threading
import types

import pytest

from codecomplete.integrations.prompt.names import Found, attribute, judged, newest


class Plain:
    shared = 1

    def __init__(self):
        self.items = [1]

    def method(self):
        return self


class Slotted:
    __slots__ = ("width",)


class Touchy:
    """Fails the test as soon as anything of it is run."""

    def fail(self, *arguments):
        raise AssertionError("code of the user's was run")

    __class__ = property(fail)
    __dict__ = property(fail)
    __eq__ = __hash__ = __bool__ = __len__ = __iter__ = fail
    __getattribute__ = __getattr__ = fail


class Meta(type):
    def fail(cls, *arguments):
        raise AssertionError("code of the user's was run")

    __getattribute__ = __eq__ = __hash__ = __instancecheck__ = fail


class Property:
    @property
    def value(self):
        raise AssertionError("a property was run")


class Dynamic:
    def __getattr__(self, name):
        raise AssertionError("__getattr__ was run")


def session() -> dict:
    """A namespace with traps; made here because pytest looks into a module's own."""

    class OfMeta(metaclass=Meta):
        pass

    lazy = types.ModuleType("lazy")
    lazy.__getattr__ = lambda name: pytest.fail("__getattr__ of a module was run")
    return {
        "os": os, "plain": Plain(), "Plain": Plain, "slotted": Slotted(), "touchy": Touchy(),
        "OfMeta": OfMeta, "of_meta": type.__call__(OfMeta), "prop": Property(),
        "dynamic": Dynamic(), "lazy": lazy, "counts": collections.Counter(), "numbers": [1],
        "frame_by_user": 1, "frame_total": 2, "Colour": enum.Enum("Colour", "RED"),
        "local": threading.local(),
    }  # fmt: skip


SESSION = session()


@pytest.mark.parametrize(
    ("cell", "text", "expected"),
    [
        ("os.", "path.join(a)", True),
        ("os.", "paths.join(a)", False),
        ("os.pa", "th.join(a)", True),
        ("os.pa", "ths", False),
        ("os.path.", "joint(a)", False),
        ("x = os", ".listdirs()", False),
        ("print(", "os.listdirs())", False),
        ("plain.", "items.append(1)", True),
        ("plain.", "items.push(1)", False),
        ("plain.", "shared", True),
        ("plain.", "missing", False),
        ("plain.", "method().anything", True),  # nobody knows what it returns
        ("Plain.", "shared", True),
        ("Plain.", "missing", False),
        ("slotted.", "width", True),
        ("slotted.", "height", False),
        ("prop.", "value", True),
        ("prop.", "value.anything", True),
        ("prop.", "missing", False),
        ("dynamic.", "missing", True),
        ("lazy.", "missing", True),
        ("touchy.", "missing", True),
        ("OfMeta.", "missing", True),
        ("of_meta.", "missing", False),
        ("counts.", "most_common(3)", True),
        ("counts.", "most_commons(3)", False),
        ("numbers.", "append(1)", True),
        ("numbers.", "push(1)", False),
        ("Colour.", "GREEN", True),  # its metaclass may compute it
        ("local.", "anything", True),
        ("str.", "joins", False),
        ("unheard.", "of", True),
        ("plain.", "missing = 1", True),
        ("plain.", "missing += 1", True),
        ("plain.", "missing == 1", False),
        ("plain.missing.", "too", True),  # the user's own words
        ("f().os.", "nothing", True),
        ("os = 1\nos.", "nothing", True),
        ("import json as os\nos.", "nothing", True),
        ("def f(os):\n    os.", "nothing", True),
        ("for os in names:\n    os.", "nothing", True),
        ("for name in os.", "nothing", False),
        ("x == os.", "nothing", False),
        ("'see os.", "nothing'", True),
        ("# os.", "nothing", True),
        ('"""\nos.', "nothing", True),
        ("'it' + os.", "nothing", False),
        ("import os.", "nothing", True),
        ("from os.", "nothing", True),
        ("1.", "real", True),
    ],
)
def test_names_behind_a_dot_are_looked_up(cell, text, expected):
    assert judged(cell, text, SESSION) == (text if expected else None)


@pytest.mark.parametrize(
    ("cell", "text", "expected"),
    [
        ("print(frame_b", "uffer)", "y_user"),
        ("fra", "mework(1)", "me_total"),  # the newest that fits
        ("fra", "me_by_user + 1", "me_by_user + 1"),
        ("fra", "mework = 1", "mework = 1"),  # a new name is being given
        ("def fra", "mework():", "mework():"),
        ("for fra", "mes in x:", "mes in x:"),
        ("for x in fra", "mes:", "me_total"),
        ("f", "oo", "oo"),  # one letter says too little
        ("pri", "nt(1)", "nt(1)"),
        ("whi", "le True:", "le True:"),
        ("framework = 1\nfra", "mework", "mework"),
        ("plain.fra", "mework", None),
        ("'fra", "mework'", "mework'"),
    ],
)
def test_the_sessions_own_names_are_preferred(cell, text, expected):
    assert judged(cell, text, SESSION) == expected


def test_names_that_were_said_before_are_not_invented():
    assert judged("fra", "mework()", SESSION, "def framework(): pass\n") == "mework()"


def test_the_newest_name_wins_and_hidden_ones_do_not():
    assert newest("na", {"name": 1, "nation": 2, "na": 3}) == "nation"
    assert newest("_", {"_name": 1}) is None


@pytest.mark.parametrize("name", ["touchy", "OfMeta", "of_meta", "prop", "dynamic", "lazy"])
def test_looking_runs_nothing(name):
    found = attribute(SESSION[name], "value")
    assert type(found) is Found


def test_a_shadowed_dict_is_not_read():
    assert attribute(SESSION["touchy"], "fail") is Found.UNKNOWN
