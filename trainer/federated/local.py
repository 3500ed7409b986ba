"""A federation in one process: Flower's Grid without a network.

For simulations and tests: calls the same ServerApp and ClientApps as on many machines, one after
another. A client that raises replies with an error, as in Flower. Knows only messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flwr.app import Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid
from flwr.supercore.task_identity import TaskIdentity

CLIENT_RAISED = 1  # any code will do: only this package reads it

Watch = Callable[[Message], None]


class LocalGrid(Grid):
    """Clients by node id. ``watch`` gets every message, in both directions."""

    def __init__(self, clients: Mapping[int, ClientApp], watch: Watch | None = None) -> None:
        self.clients = dict(clients)
        self._watch = watch or (lambda message: None)
        self._states = {node: RecordDict() for node in clients}
        # Flower's messages ask their process whose they are
        TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1

    def get_node_ids(self) -> Iterable[int]:
        """The ids of the clients."""
        return [*self.clients]

    def get_nodes(self) -> Any:
        """Not supported: clients here have no such description."""
        raise NotImplementedError

    def send_and_receive(
        self, messages: Iterable[Message], *, timeout: float | None = None
    ) -> Iterable[Message]:
        """The clients' replies, in order. One that has left does not reply."""
        replies = []
        for message in messages:
            client = self.clients.get(message.metadata.dst_node_id)
            if client is not None:
                self._watch(message)
                reply = self._answered(client, message)
                self._watch(reply)
                replies.append(reply)
        return replies

    def _answered(self, client: ClientApp, message: Message) -> Message:
        node = message.metadata.dst_node_id
        context = Context(1, node, {}, self._states[node], {})
        try:
            reply = client(message, context)
        except Exception as error:  # as in Flower, any error is reported to the server
            reason = f"{type(error).__name__}: {error}"
            reply = Message(Error(CLIENT_RAISED, reason), reply_to=message)
        self._states[node] = context.state
        return reply

    def set_run(self, run: Any) -> None:
        """There is one run."""

    @property
    def run(self) -> Any:
        """There is one run."""
        raise NotImplementedError

    def create_message(self, *args: Any, **kwargs: Any) -> Message:
        """Of Flower's older interface."""
        raise NotImplementedError

    def push_messages(self, messages: Iterable[Message]) -> Iterable[str]:
        """Of Flower's older interface."""
        raise NotImplementedError

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        """Of Flower's older interface."""
        raise NotImplementedError
