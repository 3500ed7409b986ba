"""The study of a federation: whose losses are whose, and what is compared with what."""

from __future__ import annotations

import argparse

import pytest

from codecomplete.trainer.federated.rounds import Round, Rounds
from codecomplete.trainer.studies import federation
from codecomplete.trainer.studies.federation import Outcome, Real, draw, outcome, row

HISTORY = [
    Round(1, before={"11": 3.0, "22": 2.0}, common={"11": 2.5, "22": 1.9}),
    Round(2, before={"11": 2.5}, common={"11": 2.4}),
    Round(3, before={"11": 2.4, "22": 1.8}, common={"11": 2.3, "22": 1.7}),
]
ALONE = [(0, 2.0), (1, 1.6), (2, 1.5), (3, 1.4)]
OPTIONS = argparse.Namespace(steps=6, rounds=3)


def test_a_client_that_was_away_is_compared_with_as_much_training_alone():
    found = outcome(HISTORY, {"tmux": "22"}, {"tmux": ALONE})["tmux"]
    assert found.heard == 2 and found.common == [(0, 2.0), (1, 1.9), (3, 1.7)]
    cells = row(found, OPTIONS)
    assert cells["round 2"] == "away" and cells["round 3"] == "1.700"
    assert cells["alone, as many tokens"] == "1.500", "after two rounds, not three"
    assert cells["own tokens"] == f"{2 * 6 * 6 * 512:,}"


def test_a_client_is_known_by_the_last_name_that_the_server_gave_it(tmp_path):
    (tmp_path / "tmux.log").write_text(
        "connected to 127.0.0.1:1 as 7\nconnected to 127.0.0.1:1 as 22\nround 1\n"
    )
    real = Real(argparse.Namespace(work=tmp_path), {"tmux": tmp_path})
    assert real.nodes() == {"tmux": "22"}


def test_a_finished_federation_is_not_carried_out_again(tmp_path, monkeypatch):
    rounds = Rounds.opened(tmp_path / federation.FEDERATION / federation.ROUNDS)
    for one in HISTORY:
        rounds.append(one, {})
    monkeypatch.setattr(federation.subprocess, "Popen", pytest.fail)
    Real(argparse.Namespace(work=tmp_path, rounds=3), {"tmux": tmp_path}).carry_out()


def test_training_alone_is_read_from_its_rounds(tmp_path):
    place = tmp_path / federation.ALONE / "tmux"
    rounds = Rounds.opened(place / federation.ROUNDS)
    for number in (1, 2):
        rounds.append(Round(number, before={"1": 2.0}, common={"1": 2.0 - number / 10}), {})
    options = argparse.Namespace(work=tmp_path, rounds=2)
    assert federation.trained_alone(options, "tmux", tmp_path) == [(0, 2.0), (1, 1.9), (2, 1.8)]


def test_the_picture_has_a_panel_for_each_client(tmp_path):
    one = Outcome([(0, 2.0), (1, 1.9)], ALONE, 1)
    draw({"a": one, "b": one}, tmp_path / "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
