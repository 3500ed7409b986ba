"""The client's side of a federation, as Flower's ClientApp: messages in, messages out.

A client runs only this for a server, and never the server's code. A request for another model, for
other arrays, or for more than a client is willing to do gets an error reply.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flwr.app import Array, ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from numpy.typing import NDArray

from codecomplete.engine.modeldir.names import DEFAULT, PACKAGED

from ..errors import ConfigError
from .learner import Learner, Task, base_digest, learner

Tell = Callable[[str], None]


def node_client_app() -> ClientApp:
    """The app for Flower's own SuperNode, whose configuration names the folders, such as
    ``--node-config 'folders="/home/me/code:/home/me/more" model="/models/small"'``."""
    app, made = ClientApp(), dict[str, ClientApp]()

    def own(context: Context) -> ClientApp:
        if "app" not in made:
            made["app"] = client_app(_learner_of(dict(context.node_config)))
        return made["app"]

    @app.train()
    def train(message: Message, context: Context) -> Message:
        return own(context)(message, context)

    @app.evaluate()
    def evaluate(message: Message, context: Context) -> Message:
        return own(context)(message, context)

    return app


def _learner_of(config: dict[str, Any]) -> Learner:
    folders = [Path(name) for name in str(config.get("folders", "")).split(os.pathsep) if name]
    if not folders:
        raise ConfigError("the node's configuration names no folders with code")
    shards = config.get("replay")
    model = Path(str(config.get("model") or PACKAGED / DEFAULT))
    return learner(folders, model, Path(str(shards)) if shards else None)


def client_app(own: Learner, tell: Tell = print) -> ClientApp:
    """The app of one client, with its own code."""
    app = ClientApp()

    @app.train()
    def train(message: Message, context: Context) -> Message:
        task, round_ = _asked(message, own)
        arrays = unpacked(message.content["arrays"])
        before = own.loss(task, arrays)
        new, tokens, after = own.learn(task, arrays, round_)
        tell(
            f"round {round_:3}   held-out loss {before:.4f} → {after:.4f} after {task.steps} steps"
        )
        metrics = MetricRecord({"num-examples": tokens, "loss-before": before, "loss-after": after})
        content = RecordDict({"arrays": packed(new), "metrics": metrics})
        return Message(content=content, reply_to=message)

    @app.evaluate()
    def evaluate(message: Message, context: Context) -> Message:
        task, round_ = _asked(message, own)
        loss = own.loss(task, unpacked(message.content["arrays"]))
        tell(f"round {round_:3}   held-out loss of the common model {loss:.4f}")
        metrics = MetricRecord({"num-examples": len(own.held_out), "loss": loss})
        return Message(content=RecordDict({"metrics": metrics}), reply_to=message)

    return app


def _asked(message: Message, own: Learner) -> tuple[Task, int]:
    config: dict[str, Any] = dict(message.content.config_records["config"])
    if config.get("base") != base_digest(own.start):
        raise ConfigError(
            "the server begins with another model than this client has; both need the same version "
            "of codecomplete, or the same --start"
        )
    return Task.of(config), int(config["server-round"])


def packed(arrays: dict[str, NDArray[Any]]) -> ArrayRecord:
    """The arrays for a message, as float32."""
    return ArrayRecord({name: Array(array) for name, array in arrays.items()})


def unpacked(record: Any) -> dict[str, NDArray[Any]]:
    """The arrays of a message. Nothing in them is ever unpickled."""
    return {name: array.numpy() for name, array in record.items()}
