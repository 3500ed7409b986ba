"""Whole federations in one process: liars are refused, who is missing is counted, work is kept."""

from __future__ import annotations

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from codecomplete.trainer.federated.clientapp import packed, unpacked
from codecomplete.trainer.federated.local import LocalGrid
from codecomplete.trainer.federated.rounds import Rounds
from codecomplete.trainer.federated.settings import Plan
from codecomplete.trainer.federated.strategy import Careful

START = {"up": np.zeros((4, 3), np.float32)}
QUIET = {"clients": 1, "patience": 0.01, "steps": 1}


def toy(to: float, examples: float = 100, seen: list | None = None, **more) -> ClientApp:
    """A client that wants every number to be ``to`` and goes half of the way."""
    app = ClientApp()

    @app.train()
    def train(message, context):
        config = dict(message.content["config"])
        if seen is not None:
            seen.append(config["server-round"])
        if more.get("raises"):
            raise RuntimeError("broken laptop")
        arrays = unpacked(message.content["arrays"])
        new = {name: (array + to) / 2 for name, array in arrays.items()}
        loss = float(np.abs(arrays["up"] - to).mean())
        metrics = {"num-examples": examples, "loss-before": loss, "loss-after": loss / 2}
        content = RecordDict({"arrays": packed(new), "metrics": MetricRecord(metrics)})
        return Message(more.get("content", content), reply_to=message)

    @app.evaluate()
    def evaluate(message, context):
        loss = float(np.abs(unpacked(message.content["arrays"])["up"] - to).mean())
        return Message(RecordDict({"metrics": MetricRecord({"loss": loss})}), reply_to=message)

    return app


def federate(folder, apps, rounds=3, **plan) -> Rounds:
    chosen, kept = Plan(rounds=rounds, **(QUIET | plan)), Rounds.opened(folder)
    arrays = START if kept.arrays is None else kept.arrays
    strategy = Careful(chosen, kept, {"base": "x"}, lambda line: None)
    strategy.start(LocalGrid(apps), packed(arrays), num_rounds=rounds - kept.done)
    return kept


def test_two_honest_clients_meet_between_their_wishes(tmp_path):
    kept = federate(tmp_path, {1: toy(1.0), 2: toy(3.0)}, rounds=8)
    assert np.allclose(kept.arrays["up"], 2.0, atol=0.02)
    assert all(one.answered == one.asked == 2 and one.changed for one in kept.history)
    assert kept.history[0].before == {"1": 1.0, "2": 3.0}
    assert kept.history[-1].common["1"] == pytest.approx(1.0, abs=0.02)


NAN = RecordDict({
    "arrays": ArrayRecord({"up": Array(np.full((4, 3), np.nan, np.float32))}),
    "metrics": MetricRecord({"num-examples": 1e9}),
})  # fmt: skip
SHAPE = RecordDict({
    "arrays": ArrayRecord({"up": Array(np.ones((9, 9), np.float32))}),
    "metrics": MetricRecord({"num-examples": 1}),
})  # fmt: skip
EMPTY = RecordDict({"metrics": MetricRecord({"num-examples": 1})})


@pytest.mark.parametrize(
    ("content", "reason"), [(NAN, "not finite"), (SHAPE, "expected"), (EMPTY, "cannot be read")]
)
def test_one_liar_changes_nothing_for_the_others(tmp_path, content, reason):
    kept = federate(tmp_path / "1", {1: toy(1.0), 2: toy(1.0), 3: toy(9.0, content=content)})
    honest = federate(tmp_path / "2", {1: toy(1.0), 2: toy(1.0)})
    assert np.array_equal(kept.arrays["up"], honest.arrays["up"])
    assert all(reason in one.refused["3"] for one in kept.history)


def test_a_claim_of_many_examples_counts_up_to_the_cap(tmp_path):
    apps = {1: toy(0.0, 1000), 2: toy(2.0, 1e12)}
    kept = federate(tmp_path, apps, rounds=1, most_examples=1000)
    assert np.allclose(kept.arrays["up"], 0.5)


def test_a_client_that_breaks_is_named_and_the_others_go_on(tmp_path):
    kept = federate(tmp_path, {1: toy(1.0), 2: toy(1.0, raises=True)})
    assert "broken laptop" in kept.history[0].failed["2"]
    assert kept.history[-1].changed


def test_a_client_that_never_answers_is_counted_as_missing(tmp_path):
    class Deaf(LocalGrid):
        def send_and_receive(self, messages, *, timeout=None):
            chosen = [m for m in messages if m.metadata.dst_node_id != 2]
            return super().send_and_receive(chosen, timeout=timeout)

    plan, kept = Plan(rounds=1, **QUIET), Rounds.opened(tmp_path)
    strategy = Careful(plan, kept, {"base": "x"}, lambda line: None)
    strategy.start(Deaf({1: toy(1.0), 2: toy(1.0)}), packed(START), num_rounds=1)
    assert (kept.history[0].asked, kept.history[0].answered, kept.history[0].missing) == (2, 1, 1)


def test_a_round_without_any_answer_keeps_the_old_arrays_and_says_so(tmp_path):
    kept = federate(tmp_path, {1: toy(1.0, raises=True)}, rounds=2)
    assert np.array_equal(kept.arrays["up"], START["up"])
    assert "nothing was learned" in kept.history[0].line()


def test_a_round_begins_with_those_who_are_there_when_patience_ends(tmp_path):
    kept = federate(tmp_path, {1: toy(1.0)}, rounds=1, clients=3)
    assert kept.history[0].asked == 1


def test_a_restarted_server_goes_on_where_it_was_and_ends_with_the_same(tmp_path):
    seen: list[int] = []
    once = federate(tmp_path / "once", {1: toy(1.0), 2: toy(3.0)}, rounds=5)
    federate(tmp_path / "twice", {1: toy(1.0, seen=seen), 2: toy(3.0)}, rounds=2)
    twice = federate(tmp_path / "twice", {1: toy(1.0, seen=seen), 2: toy(3.0)}, rounds=5)
    assert seen == [1, 2, 3, 4, 5] and [r.number for r in twice.history] == [1, 2, 3, 4, 5]
    assert np.array_equal(once.arrays["up"], twice.arrays["up"])


def test_privacy_says_what_it_promises_and_promises_less_every_round(tmp_path):
    kept = federate(tmp_path, {1: toy(1.0), 2: toy(1.0)}, clip=1.0, noise=4.0)
    promised = [one.epsilon for one in kept.history]
    assert promised == sorted(promised) and 0.9 < promised[0] < 1.5
    assert "epsilon" in kept.history[0].line()


def test_without_noise_nothing_is_promised(tmp_path):
    assert federate(tmp_path, {1: toy(1.0)}, clip=1.0).history[0].epsilon is None
