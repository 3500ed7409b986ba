"""Live objects for tests: ordinary ones, and some that fail the test when any of them is run."""

from __future__ import annotations

import collections
import enum
import os
import threading
import types

import pytest


class Plain:
    shared = 1

    def __init__(self):
        self.items = [1]

    def method(self):
        return self

    def again(self) -> Plain:
        return self

    def deposit(self, amount, *, note=None):
        return amount


class Slotted:
    __slots__ = ("width",)


class Touchy:
    """Fails the test as soon as anything of it is run."""

    def fail(self, *arguments):
        raise AssertionError("code of the user's was run")

    __class__ = property(fail)
    __dict__ = property(fail)
    __eq__ = __hash__ = __bool__ = __len__ = __iter__ = __getitem__ = __call__ = fail
    __getattribute__ = __getattr__ = __dir__ = __repr__ = __contains__ = fail


class Meta(type):
    def fail(cls, *arguments):
        raise AssertionError("code of the user's was run")

    __getattribute__ = __eq__ = __hash__ = __instancecheck__ = __dir__ = fail


class Property:
    @property
    def value(self):
        raise AssertionError("a property was run")

    @property
    def declared(self) -> str:
        raise AssertionError("a property was run")


class Dynamic:
    def __getattr__(self, name):
        raise AssertionError("__getattr__ was run")


class Keyed(dict):
    def __getitem__(self, key):
        raise AssertionError("__getitem__ was run")

    __iter__ = __missing__ = keys = items = __len__ = __getitem__


class EqualToAll:
    def __hash__(self):
        return hash("name")

    def __eq__(self, other):
        raise AssertionError("__eq__ of a key was run")


def session() -> dict:
    """A namespace with traps; made here because pytest looks into a module's own."""

    class OfMeta(metaclass=Meta):
        pass

    lazy = types.ModuleType("lazy")
    lazy.__getattr__ = lambda name: pytest.fail("__getattr__ of a module was run")
    listing = types.ModuleType("listing")
    listing.__getattr__ = lazy.__getattr__
    listing.__all__ = ["promised"]
    return {
        "os": os, "plain": Plain(), "Plain": Plain, "slotted": Slotted(), "touchy": Touchy(),
        "OfMeta": OfMeta, "of_meta": type.__call__(OfMeta), "prop": Property(),
        "dynamic": Dynamic(), "lazy": lazy, "listing": listing, "keyed": Keyed(a=1),
        "counts": collections.Counter(), "numbers": [1], "amount": 3, "people": [Plain()],
        "frame_by_user": 1, "frame_total": 2, "Colour": enum.Enum("Colour", "RED"),
        "local": threading.local(), "settings": {"hidden units": 1, "rate": [2], EqualToAll(): 3},
        "plot": plot, "text": "abc",
    }  # fmt: skip


def plot(data_frame, *, title=None, show_legend=True):
    return data_frame


SESSION = session()
