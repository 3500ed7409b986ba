"""What the session has for a place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from codecomplete.integrations.prompt.inferring import scope_of
from codecomplete.integrations.prompt.offers import offers_at
from codecomplete.integrations.prompt.places import place_of
from codecomplete.integrations.prompt.reading import Code
from tests.integrations.prompt.objects import SESSION

FRAME = pd.DataFrame({"region": ["a"], "sales total": [1], 'od"d': [2]})
NAMES = {**SESSION, "frame": FRAME, "np": np, "pd": pd}


def offered(cell: str) -> list[str]:
    """Whole texts that would be inserted."""
    code = Code(cell)
    offers = offers_at(place_of(code), scope_of(code, NAMES))
    return [offer.name[len(offers.typed) :] + offer.end for offer in offers.fitting]


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("plain.dep", ["osit("]),
        ("plain.meth", ["od()"]),
        ("plain.it", ["ems"]),
        ('settings["hid', ['den units"]']),
        ("settings[", ['"hidden units"]', '"rate"]']),
        ('settings.get("ra', ['te"']),
        ("plot(frame, sh", ["ow_legend="]),
        ("plot(frame, title=1, ti", []),
        ('frame["re', ['gion"]']),
        ('frame[["region", "sa', ['les total"']),
        ('frame.loc[0, "re', ['gion"']),
        ('frame.groupby("re', ['gion"']),
        ('frame.sort_values(by="sa', ['les total"']),
        ('frame[frame["region"] == 1].groupby("re', ['gion"']),
        ("frame.sort_v", ["alues("]),
        ("frame.reg", ["ion"]),
        ("from os import getc", ["wd", "wdb"]),
        ("amo", ["unt"]),
        ("for p in people:\n    p.dep", ["osit("]),
        ("sum(q.dep for q in people if q.it", ["ems"]),
        ("keyed[", []),
        ("def amo", []),
        ("'amo", []),
        ("12", []),
        ("raise ValueErr", ["or"]),
        ("numbers.app", ["end("]),
    ],
)
def test_what_is_true_there(cell, texts):
    assert offered(cell) == texts


def test_keywords_are_offered_at_a_call():
    assert {"data_frame=", "title=", "show_legend="} <= set(offered("plot("))


def test_hidden_names_are_offered_once_their_underscore_is_typed():
    assert not [text for text in offered("plain.") if text.startswith("_")]
    assert "_init__()" in offered("plain._")


def test_a_deleted_name_is_gone():
    names = dict(NAMES)
    del names["amount"]
    code = Code("amo")
    assert offers_at(place_of(code), scope_of(code, names)).fitting == []


def test_file_names_stand_in_strings_that_name_files(tmp_path, monkeypatch):
    (tmp_path / "orders.csv").write_text("")
    (tmp_path / "orderly").mkdir()
    monkeypatch.chdir(tmp_path)
    assert sorted(offered('pd.read_csv("ord')) == ["erly/", 'ers.csv"']
    assert offered('print("ord') == [] and offered('print("./orders') == ['.csv"']
    assert offered('open("nowhere/x') == []
