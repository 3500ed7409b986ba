"""A real federation in one process: real code and models, and nothing of the code in a message."""

from __future__ import annotations

import re

import numpy as np
import pytest

from codecomplete import engine
from codecomplete.trainer.errors import ConfigError
from codecomplete.trainer.federated import learner as learning
from codecomplete.trainer.federated.clientapp import client_app
from codecomplete.trainer.federated.learner import Task, learner
from codecomplete.trainer.federated.local import LocalGrid
from codecomplete.trainer.federated.serverapp import MODEL, carry_out
from codecomplete.trainer.federated.settings import ADAPTERS, FULL, Federation, Plan
from codecomplete.trainer.learning.compute import Compute

pytestmark = pytest.mark.slow

PLAIN = Compute(bfloat16=False, compiled=False)


@pytest.fixture(scope="module")
def learners(clients, base, short_rows):
    return [learner([folder], base, compute=PLAIN) for folder in clients[:2]]


def federation(tmp_path, base, **plan):
    chosen = {"rounds": 2, "clients": 2, "steps": 3, "rank": 4} | plan
    return Federation(Plan(**chosen), base, tmp_path / "federation")


def carried_out(tmp_path, base, learners, watch=None, **plan):
    apps = {at: client_app(own, lambda line: None) for at, own in enumerate(learners, 1)}
    grid = LocalGrid(apps, watch)
    return carry_out(federation(tmp_path, base, **plan), grid, lambda line: None)


@pytest.mark.parametrize("way", [ADAPTERS, FULL])
def test_every_client_gains_and_the_engine_loads_what_comes_of_it(tmp_path, base, learners, way):
    rounds = carried_out(tmp_path, base, learners, way=way, steps=5)
    first, last = rounds.history[0], rounds.history[-1]
    assert all(last.common[client] < first.before[client] for client in ("1", "2"))
    model = engine.load(tmp_path / "federation" / MODEL)
    assert model.directory.training["rounds"] == 2
    assert model.tuning.threshold == engine.load(base).tuning.threshold


def test_fedprox_holds_clients_nearer_to_where_they_began(base, learners):
    def distance(mu):
        task = Task(ADAPTERS, 4, 4, mu, 1)
        begun = learning.fresh_arrays(learners[0].start, task)
        arrays, _, _ = learners[0].learn(task, begun, 1)
        return sum(float(np.abs(arrays[n] - begun[n]).sum()) for n in begun)

    near, free = distance(1e5), distance(0.0)
    assert near < 0.9 * free


def test_a_round_is_the_same_function_of_what_was_sent(learners):
    task = Task(ADAPTERS, 4, 2, 0.0, 1)
    begun = learning.fresh_arrays(learners[0].start, task)
    one, two = (learners[0].learn(task, begun, 3) for _ in range(2))
    assert one[1:] == two[1:] and all(np.array_equal(one[0][n], two[0][n]) for n in begun)
    other = learners[0].learn(task, begun, 4)[0]
    assert not all(np.array_equal(one[0][n], other[n]) for n in begun)


def test_no_text_of_a_client_is_in_what_is_sent(tmp_path, base, clients, learners):
    """Neither as characters nor as the numbers of tokens, in any of the usual widths."""
    sent: list[bytes] = []

    def watch(message):
        if message.metadata.src_node_id == 1 or message.has_content():
            sent.extend(array.data for record in message.content.array_records.values()
                        for array in record.values())  # fmt: skip
            for record in (message.content.metric_records, message.content.config_records):
                sent.append(repr({name: dict(values) for name, values in record.items()}).encode())

    carried_out(tmp_path, base, learners, watch)
    everything = b"\0".join(sent)
    assert len(everything) > 10_000
    for place, text in planted(everything):
        assert place in text, "the search finds what is there"
    vocabulary = engine.load(base).tokenizer
    for folder in clients[:2]:
        for path in sorted(folder.rglob("*.py"))[:5]:
            text = path.read_text("utf-8")
            for line in re.findall(r"\S.{14,}\S", text):
                assert line.encode() not in everything
            ids = vocabulary.encode(text)
            for start in range(0, len(ids) - 6, 6):
                for width in ("<u2", "<i4", "<i8", "<f4"):
                    assert np.array(ids[start : start + 6], width).tobytes() not in everything


def planted(everything: bytes):
    yield b"num-examples", everything
    yield b"loss-after", everything


def test_metrics_of_a_client_are_numbers_and_nothing_else(tmp_path, base, learners):
    kinds = set()

    def watch(message):
        for record in message.content.metric_records.values():
            kinds.update((name, type(value)) for name, value in record.items())

    carried_out(tmp_path, base, learners, watch, rounds=1)
    assert {name for name, _ in kinds} == {"num-examples", "loss-before", "loss-after", "loss"}
    assert {kind for _, kind in kinds} <= {int, float}


def test_a_server_that_begins_with_another_model_is_answered_with_the_reason(
    tmp_path, base, learners, make_model
):
    other = Federation(Plan(rounds=1, clients=1, steps=1, rank=4, patience=0.1),
                       make_model("sliding").directory, tmp_path / "f")  # fmt: skip
    apps = {1: client_app(learners[0], lambda line: None)}
    rounds = carry_out(other, LocalGrid(apps), lambda line: None)
    assert "another model" in rounds.history[0].failed["1"]


@pytest.mark.parametrize(
    "config",
    [{"steps": 10**9}, {"rank": 10**6}, {"way": "shell"}, {"mu": float("nan")}, {"seed": -1},
     {"steps": "many"}, {"mu": None}],
)  # fmt: skip
def test_a_client_does_not_do_whatever_it_is_asked(config):
    fine = {"way": ADAPTERS, "rank": 4, "steps": 2, "mu": 0.0, "seed": 1}
    assert Task.of(fine)
    with pytest.raises(ConfigError):
        Task.of(fine | config)


@pytest.mark.parametrize("wrong", ["names", "shape", "nan"])
def test_a_client_does_not_take_whatever_it_is_sent(learners, wrong):
    task = Task(ADAPTERS, 4, 1, 0.0, 1)
    arrays = learning.fresh_arrays(learners[0].start, task)
    name = next(iter(arrays))
    if wrong == "names":
        del arrays[name]
    else:
        arrays[name] = arrays[name][:1] if wrong == "shape" else arrays[name] * np.nan
    with pytest.raises(ConfigError):
        learners[0].loss(task, arrays)


def test_a_finished_federation_costs_no_further_round(tmp_path, base, learners):
    carried_out(tmp_path, base, learners, rounds=1)
    before = (tmp_path / "federation" / "rounds" / "rounds.json").read_bytes()
    carried_out(tmp_path, base, learners, rounds=1)
    assert (tmp_path / "federation" / "rounds" / "rounds.json").read_bytes() == before
