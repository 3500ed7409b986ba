"""Columns of real data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from codecomplete.integrations.prompt import frames
from codecomplete.integrations.prompt.things import Thing, live

FRAME = pd.DataFrame({"region": ["a"], "amount": [1.0], 3: [2]})


class Guarded(pd.DataFrame):
    @property
    def columns(self):
        raise AssertionError("code of the user's was run")


class Coming(pd.DataFrame):
    pass


def test_columns_of_a_frame_and_labels_of_a_series():
    assert frames.labels(live(FRAME)) == ["region", "amount"]
    assert frames.labels(live(FRAME.iloc[0])) == ["region", "amount"]
    assert frames.labels(live(FRAME["amount"])) == []
    assert frames.labels(Thing(pd.DataFrame)) is None


def test_levels_of_columns_that_have_several():
    grouped = FRAME.groupby("region").agg({"amount": ["mean", "max"]})
    assert frames.labels(live(grouped)) == ["amount"]


def test_frames_that_come_from_frames_are_read_unless_they_redefine_how():
    assert frames.labels(live(Coming({"x": [1]}))) == ["x"]
    assert frames.labels(live(Guarded.__new__(Guarded))) is None
    assert not frames.is_frame(Thing(Guarded)) and frames.is_frame(Thing(Coming))


def test_a_column_is_a_series():
    assert frames.column_of(live(FRAME), "amount").kind is pd.Series
    assert frames.column_of(live(FRAME), "missing") is None


def test_the_columns_of_a_group_are_grouped():
    kind = frames.column_of_grouped(type(FRAME.groupby("region")))
    assert kind is type(FRAME.groupby("region")["amount"])
    assert frames.column_of_grouped(pd.DataFrame) is None


def test_fields_of_an_array_of_records():
    records = np.zeros(2, dtype=[("x", float), ("y", int)])
    assert frames.array_fields(live(records)) == ["x", "y"]
    assert frames.array_fields(live(np.zeros(2))) is None


def test_what_stands_for_text_methods():
    accessor = vars(pd.Series)["str"]
    assert frames.class_of_accessor(accessor).__name__ == "StringMethods"
    assert frames.class_of_accessor(property()) is None


def test_columns_of_polars():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"region": ["a"], "amount": [1.0]})
    assert frames.labels(live(frame)) == ["region", "amount"]
    assert frames.column_of(live(frame), "amount").kind is polars.Series
