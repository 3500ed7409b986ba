"""Names fetched when they are first used, looked up once, and unknown ones named."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from codecomplete.lazy import attributes, only_as_program


@pytest.fixture
def package(monkeypatch) -> ModuleType:
    module = ModuleType("made_up")
    monkeypatch.setitem(sys.modules, "made_up", module)
    return module


def test_a_name_is_fetched_from_its_home_and_kept(package):
    find = attributes("made_up", ["OrderedDict", "dumps"], {"dumps": "json"}, "collections")
    from collections import OrderedDict
    from json import dumps

    assert find("OrderedDict") is OrderedDict and find("dumps") is dumps
    assert vars(package)["dumps"] is dumps


def test_a_name_that_is_not_public_is_an_attribute_error(package):
    find = attributes("made_up", ["dumps"], {"dumps": "json"})
    with pytest.raises(AttributeError, match="module 'made_up' has no attribute 'loads'"):
        find("loads")


def test_a_folder_s_own_name_is_refused_with_the_right_one(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["program.py"])
    with pytest.raises(ImportError, match="from codecomplete import engine"):
        only_as_program("engine")
