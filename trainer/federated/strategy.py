"""Flower's FedAvg with checks: updates are checked before they count, and waiting is limited.

Flower averages whatever it receives (one client's NaN becomes everyone's), trusts the number of
examples that a client claims, and waits for a fixed number of clients forever. Here an update is
checked first (``checks.py``), a round waits as long as the plan says and then begins with the
clients present, and every round's outcome is stored (``rounds.py``). Knows messages, not what is
learned.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import Any

from flwr.app import ArrayRecord, ConfigRecord, Message, MessageType, MetricRecord, RecordDict
from flwr.serverapp import Grid
from flwr.serverapp.strategy import FedAvg

from .checks import Update, combined, epsilon, fault, outliers
from .clientapp import packed, unpacked
from .rounds import Arrays, Round, Rounds
from .settings import Plan

POLL_SECONDS = 1.0

Tell = Callable[[str], None]


class Careful(FedAvg):
    """Create one per run of the server, which continues after ``rounds``."""

    def __init__(
        self, plan: Plan, rounds: Rounds, request: dict[str, str | int | float], tell: Tell = print
    ) -> None:
        super().__init__(min_train_nodes=1, min_evaluate_nodes=1, min_available_nodes=1)
        self.plan, self.rounds, self.request, self.tell = plan, rounds, request, tell
        self.offset = rounds.done  # Flower counts from 1 after every restart
        self.sent: Arrays = rounds.arrays or {}
        self.round = Round(0)

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """Ask all clients present, once there are enough or the waiting time is over."""
        self.rounds.require_own()
        self.sent = unpacked(arrays)
        nodes = self._nodes(grid)
        self.round = Round(self.offset + server_round, asked=len(nodes))
        return self._messages(arrays, nodes, MessageType.TRAIN)

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        """The next arrays, from accepted updates; None, which keeps the old ones, if there are
        none."""
        sound = [update for reply in replies if (update := self._believed(reply)) is not None]
        strange = outliers(sound, self.sent, self.plan)
        self.round.refused |= strange
        believed = [update for update in sound if update.client not in strange]
        heard = self.round.answered + len(self.round.failed)
        self.round.missing = max(0, self.round.asked - heard)
        if not believed:
            return None, None
        self.round.changed = True
        self.sent = combined(believed, self.sent, self.plan)
        return packed(self.sent), MetricRecord({"clients": len(believed)})

    def configure_evaluate(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        """Ask all clients present for the new model's loss on their held-out files."""
        return self._messages(arrays, list(grid.get_node_ids()), MessageType.EVALUATE)

    def aggregate_evaluate(
        self, server_round: int, replies: Iterable[Message]
    ) -> MetricRecord | None:
        """Store the round."""
        for reply in replies:
            if not reply.has_error() and (loss := _number(reply, "loss")) is not None:
                self.round.common[_name(reply)] = loss
        if self.plan.noise:
            self.round.epsilon = epsilon(self.plan.noise, self.round.number, self.plan.delta)
        self.rounds.append(self.round, self.sent)
        self.tell(self.round.line())
        return None

    def _nodes(self, grid: Grid) -> list[int]:
        until, said = time.monotonic() + self.plan.patience, -1
        while len(nodes := list(grid.get_node_ids())) < self.plan.clients:
            if time.monotonic() > until and nodes:
                break
            if len(nodes) != said:
                said = len(nodes)
                self.tell(f"waiting        {said} of {self.plan.clients} clients are there")
            time.sleep(POLL_SECONDS)
        return nodes

    def _messages(self, arrays: ArrayRecord, nodes: list[int], kind: str) -> list[Message]:
        config = ConfigRecord({**self.request, "server-round": self.round.number})
        content = RecordDict({"arrays": arrays, "config": config})
        return [Message(content=content, message_type=kind, dst_node_id=node) for node in nodes]

    def _believed(self, reply: Message) -> Update | None:
        """A client's update; None, with the reason recorded, if it is missing or refused."""
        client = _name(reply)
        if reply.has_error():
            self.round.failed[client] = reply.error.reason or f"error {reply.error.code}"
            return None
        self.round.answered += 1
        try:
            arrays = unpacked(reply.content["arrays"])
            update = Update(client, arrays, float(_number(reply, "num-examples") or 0))
        except Exception as error:  # anything that a client may send
            self.round.refused[client] = f"the reply cannot be read: {type(error).__name__}"
            return None
        reason = fault(update, self.sent, self.plan)
        if reason is not None:
            self.round.refused[client] = reason
            return None
        for losses, key in ((self.round.before, "loss-before"), (self.round.after, "loss-after")):
            if (loss := _number(reply, key)) is not None:
                losses[client] = loss
        return update


def _name(reply: Message) -> str:
    return str(reply.metadata.src_node_id)


def _number(reply: Message, key: str) -> float | None:
    try:
        value: Any = reply.content["metrics"][key]
    except (KeyError, TypeError):
        return None
    sound = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if sound else None
