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


def test_without_a_remedy_the_loss_explodes_and_is_drawn(shards, tmp_path):
    options = argparse.Namespace(data=shards, work=tmp_path, steps=12)
    row = stability.attempt("none", options)
    assert row["steps taken"] == 12 and row["steps skipped"] == 0
    assert row["highest training loss"] > 9, "it began with the 8.3 nats of a guess"
    log = tmp_path / stability.slug("none") / runlog.LOG
    stability.draw({"none": log}, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
