"""A plan that cannot be carried out is refused, and one that can survives being written down."""

from __future__ import annotations

import pytest

from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.federated.settings import FULL, Federation, Plan, for_clients


@pytest.mark.parametrize(
    "wrong",
    [{"rounds": 0}, {"clients": 0}, {"steps": 10**9}, {"rank": 0}, {"way": "x"}, {"average": "x"},
     {"strategy": "x"}, {"trim": 0.5}, {"mu": -1.0}, {"noise": 1.0}, {"patience": 0.0},
     {"clip": 1.0, "noise": 1.0, "average": "median"}],
)  # fmt: skip
def test_impossible_plans_are_refused(wrong):
    with pytest.raises(ConfigError, match="impossible federation"):
        Plan(**wrong)


def test_all_problems_are_named_at_once():
    with pytest.raises(ConfigError, match=r"way is .*rounds is .*trim is"):
        Plan(way="x", rounds=0, trim=0.9)


def test_a_federation_is_read_as_it_was_written(tmp_path):
    plan = Plan(rounds=7, way=FULL, clip=1.0, noise=2.0)
    federation = Federation(plan, tmp_path / "model", tmp_path)
    assert Federation.load(federation.save(tmp_path / "f.json")) == federation


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"plan": {"rounds": "x"}}'])
def test_other_files_are_no_federation(tmp_path, text):
    (tmp_path / "f.json").write_text(text)
    with pytest.raises(ConfigError, match="not the settings"):
        Federation.load(tmp_path / "f.json")


def test_only_fedprox_holds_clients_near():
    assert for_clients(Plan(mu=0.5), "x")["mu"] == 0
    assert for_clients(Plan(mu=0.5, strategy="fedprox"), "x")["mu"] == 0.5
