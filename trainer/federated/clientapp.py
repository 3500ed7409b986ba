"""The client's side of a federation as Flower's ClientApp: messages in, messages out.

The one thing a client runs for a server; no code of the server's is ever run. A request for another
model, for other arrays or for more than a client is willing to do becomes an error reply.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from numpy.typing import NDArray

from ..errors import ConfigError
from .learner import Learner, Task, base_digest

Tell = Callable[[str], None]


def client_app(learner: Learner, tell: Tell = print) -> ClientApp:
    """The app of one client with its own code."""
    app = ClientApp()

    @app.train()
    def train(message: Message, context: Context) -> Message:
        task, round_ = _asked(message, learner)
        arrays = unpacked(message.content["arrays"])
        before = learner.loss(task, arrays)
        new, tokens, after = learner.learn(task, arrays, round_)
        tell(
            f"round {round_:3}   held-out loss {before:.4f} → {after:.4f} after {task.steps} steps"
        )
        metrics = MetricRecord({"num-examples": tokens, "loss-before": before, "loss-after": after})
        content = RecordDict({"arrays": packed(new), "metrics": metrics})
        return Message(content=content, reply_to=message)

    @app.evaluate()
    def evaluate(message: Message, context: Context) -> Message:
        task, round_ = _asked(message, learner)
        loss = learner.loss(task, unpacked(message.content["arrays"]))
        tell(f"round {round_:3}   held-out loss of the common model {loss:.4f}")
        metrics = MetricRecord({"num-examples": len(learner.held_out), "loss": loss})
        return Message(content=RecordDict({"metrics": metrics}), reply_to=message)

    return app


def _asked(message: Message, learner: Learner) -> tuple[Task, int]:
    config = dict(message.content["config"])
    if config.get("base") != base_digest(learner.start):
        raise ConfigError(
            "the server begins with another model than this client has; both need the same version "
            "of codecomplete, or the same --start"
        )
    return Task.of(config), int(config["server-round"])


def packed(arrays: dict[str, NDArray[Any]]) -> ArrayRecord:
    """Arrays for a message, in float32."""
    from flwr.app import Array

    return ArrayRecord({name: Array(array) for name, array in arrays.items()})


def unpacked(record: Any) -> dict[str, NDArray[Any]]:
    """The arrays of a message. Nothing in them is ever unpickled."""
    return {name: array.numpy() for name, array in record.items()}
