"""Choosing a model once is enough for whoever loads one without naming it, and can be undone."""

from __future__ import annotations

import logging
import shutil

import pytest

from codecomplete import engine
from codecomplete.engine.modeldir import chosen
from codecomplete.integrations.shared.options import Options
from codecomplete.integrations.shared.suggester import load_engine


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data" / "codecomplete"


@pytest.fixture
def mine(tmp_path, make_model):
    return shutil.copytree(make_model("sliding").directory, tmp_path / "mine")


def test_nothing_chosen_is_the_packaged_model_and_costs_no_file(data):
    assert chosen.chosen() is None
    assert engine.load().name == "small"
    assert not data.exists()


def test_every_host_loads_what_was_chosen(mine):
    chosen.choose(mine)
    assert load_engine(Options()).directory.path == mine == engine.load().directory.path


def test_a_named_model_counts_more_than_the_chosen_one(mine, make_model):
    chosen.choose(mine)
    other = make_model("block").directory
    assert load_engine(Options(model=str(other))).directory.path == other


def test_each_choice_can_be_taken_back_down_to_the_packaged_model(mine, tmp_path):
    other = shutil.copytree(mine, tmp_path / "other")
    chosen.choose(mine)
    chosen.choose(other)
    assert chosen.take_back() == str(mine)
    assert engine.load().directory.path == mine
    assert chosen.take_back() == "packaged"
    assert chosen.chosen() is None
    assert chosen.take_back() is None


def test_choosing_the_same_twice_is_one_choice(mine):
    chosen.choose(mine)
    chosen.choose(mine)
    assert chosen.choices() == [str(mine), "packaged"]


@pytest.mark.parametrize("damage", ["gone", "altered", "empty"])
def test_a_chosen_model_that_cannot_be_loaded_costs_no_suggestion(mine, damage, caplog):
    chosen.choose(mine)
    if damage == "gone":
        shutil.rmtree(mine)
    elif damage == "altered":
        (mine / "weights.bin").write_bytes(b"0" * (mine / "weights.bin").stat().st_size)
    else:
        (mine / "model.json").write_text("")
    with caplog.at_level(logging.WARNING, "codecomplete"):
        assert engine.load().name == "small"
    assert "packaged one is used" in caplog.text


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\n", b"relative/path\n", b"\n\n", b"\0" * 99])
def test_a_damaged_choice_is_none(data, content):
    data.mkdir(parents=True)
    (data / "model").write_bytes(content)
    assert chosen.chosen() is None


def test_a_path_that_is_two_lines_is_refused(mine):
    with pytest.raises(ValueError, match="line end"):
        chosen.choose(mine / "a\nb")
