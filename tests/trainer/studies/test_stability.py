"""The study of instability, at toy length: it explodes, and each remedy is a recipe."""

from __future__ import annotations

import argparse
import dataclasses

import pytest

from codecomplete.trainer.learning import runlog
from codecomplete.trainer.studies import stability


@pytest.mark.parametrize("name", stability.REMEDIES)
def test_every_remedy_is_a_recipe_of_its_own(name):
    changed = dataclasses.replace(stability.EXPLODING, **stability.REMEDIES[name])
    assert (changed == stability.EXPLODING) is (name == "none")


def test_an_attempt_is_measured_and_drawn(shards, tmp_path):
    options = argparse.Namespace(data=shards, work=tmp_path, steps=12)
    row = stability.attempt("none", options)
    assert row["steps taken"] == 12 and row["steps skipped"] == 0
    assert row["highest training loss"] > 8.2, "it began with the nats of a guess among 4,096"
    assert row["validation loss"] is not None
    log = tmp_path / stability.slug("none") / runlog.LOG
    stability.draw({"none": log}, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
