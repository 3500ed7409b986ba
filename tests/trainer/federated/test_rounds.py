"""A server that was ended goes on after the last whole round, and damage is found."""

from __future__ import annotations

import numpy as np
import pytest

from codecomplete.trainer.errors import CheckpointError, StoppedError
from codecomplete.trainer.federated.rounds import Round, Rounds

ARRAYS = {"a.b": np.arange(6, dtype=np.float32).reshape(2, 3)}


def test_nothing_kept_is_no_round(tmp_path):
    found = Rounds.opened(tmp_path / "nothing")
    assert found.done == 0 and found.arrays is None


def test_what_was_kept_is_there_again(tmp_path):
    rounds = Rounds.opened(tmp_path)
    rounds.append(Round(1, asked=3, answered=2, refused={"7": "no"}), ARRAYS)
    rounds.append(Round(2, asked=3, answered=3, changed=True), {"a.b": ARRAYS["a.b"] + 1})
    found = Rounds.opened(tmp_path)
    assert [one.number for one in found.history] == [1, 2]
    assert found.history[0].refused == {"7": "no"}
    assert np.array_equal(found.arrays["a.b"], ARRAYS["a.b"] + 1)


def test_a_write_that_was_cut_off_leaves_the_round_before(tmp_path, monkeypatch):
    rounds = Rounds.opened(tmp_path)
    rounds.append(Round(1), ARRAYS)
    monkeypatch.setattr(np, "savez", lambda file, **_: file.write(b"half") and 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rounds.append(Round(2), ARRAYS)
    assert Rounds.opened(tmp_path).done == 1


def test_old_arrays_are_cleared_away(tmp_path):
    rounds = Rounds.opened(tmp_path)
    for number in range(1, 6):
        rounds.append(Round(number), ARRAYS)
    assert len(list(tmp_path.glob("arrays-*"))) == 2


@pytest.mark.parametrize("damage", ["arrays", "history", "gone"])
def test_damage_is_found(tmp_path, damage):
    Rounds.opened(tmp_path).append(Round(1), ARRAYS)
    name = "rounds.json" if damage == "history" else "arrays-00001.npz"
    if damage == "gone":
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(b"x" + (tmp_path / name).read_bytes()[1:])
    with pytest.raises(CheckpointError):
        Rounds.opened(tmp_path)


def test_a_round_says_who_was_missing_and_why_others_did_not_count():
    line = Round(
        3, asked=5, answered=2, missing=2, failed={"1": "broke"}, refused={"2": "NaN"}
    ).line()
    for said in (
        "2 of 5 clients",
        "2 missing",
        "1 refused (NaN)",
        "1 failed (broke)",
        "nothing was",
    ):
        assert said in line


def test_whoever_claimed_the_rounds_last_may_write_them(tmp_path):
    """A run of a server that was killed may live on, and must not mix its rounds into the next."""
    left = Rounds.opened(tmp_path)
    left.claim()
    left.append(Round(1), ARRAYS)
    following = Rounds.opened(tmp_path)
    following.claim()
    with pytest.raises(StoppedError, match="another process is running these rounds"):
        left.append(Round(2), ARRAYS)
    following.append(Round(2), ARRAYS)
    assert Rounds.opened(tmp_path).done == 2
