"""A client's connection to a SuperLink: messages in, our own app's replies out.

Flower's SuperNode runs any app that its server sends. This module does the network part of a
SuperNode, with Flower's own connection (TLS, a node key, heartbeats), but never requests an app:
only the given ClientApp replies. It reconnects after a restart of the server. Because it uses
internals of Flower's SuperNode, Flower's version is pinned.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from flwr.app import Context, Error, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.supercore.inflatable.inflatable_object import (
    get_all_nested_objects,
    get_object_tree,
    no_object_id_recompute,
)
from flwr.supercore.inflatable.inflatable_utils import (
    pull_and_inflate_object_from_tree,
    push_objects,
)
from flwr.supercore.run import RunNotRunningException
from flwr.supercore.task_identity import TaskIdentity
from flwr.supernode import fleet_http_connection

from ..errors import TrainerError
from .certificates import node_keys

POLL_SECONDS = 2.0
AGAIN_SECONDS = 5.0
TRIES = 5  # of each step over the network, before it reconnects
RAISED = 1  # the code of an error reply

Tell = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Server:
    """A server's address, and how the server and this client identify each other."""

    address: str  # host:port
    authority: Path  # certificate of the server's authority
    key: Path  # this client's private key
    attempts: int | None = None  # to connect; None: no limit


def take_part(
    server: Server,
    app: ClientApp,
    tell: Tell = print,
    over: Callable[[], bool] = lambda: False,
) -> None:
    """Answer a server's messages until ``over()``. Raises TrainerError if the server refuses us."""
    state, left = RecordDict(), server.attempts
    tell(f"waiting for {server.address} to answer")
    vars(fleet_http_connection)["flwr_exit"] = _no_connection
    while not over():
        try:
            _connected(server, app, state, tell, over)
        except NoConnection as error:
            left = None if left is None else left - 1
            if left == 0:
                raise TrainerError(_why(server, error)) from error
            tell(f"no connection to {server.address} yet ({error}); trying again")
        if not over():
            time.sleep(AGAIN_SECONDS)


class NoConnection(Exception):
    """A server does not answer, or refuses the connection."""


def _no_connection(code: int, message: str | None = None, **_: Any) -> NoReturn:
    """Replaces Flower's exit, which would end the whole process: a client waits for its server."""
    said = (message or f"code {code}").strip().splitlines()
    raise NoConnection(said[-1])


def _why(server: Server, error: NoConnection) -> str:
    return (
        f"{server.address}: no connection ({error}): the server is not running, its "
        f"certificate is not signed by {server.authority}, or it was not given {server.key}.pub"
    )


def _connected(
    server: Server, app: ClientApp, state: RecordDict, tell: Tell, over: Callable[[], bool]
) -> None:
    connection = fleet_http_connection.http_request_response(
        server.address,
        insecure=False,
        root_certificates=server.authority.read_bytes(),
        authentication_keys=node_keys(server.key),
        max_retries=None if server.attempts is None else server.attempts,
    )
    with connection as (node, receive, send, _run, _code, pull, push, confirm):
        tell(f"connected to {server.address} as {node}")
        while not over():
            received = receive()
            if received is None:
                time.sleep(POLL_SECONDS)
                continue
            try:
                message = insisted(partial(_pulled, node, *received, pull, confirm), tell)
                begun = time.monotonic()
                reply = _answered(app, message, state)
                seconds = time.monotonic() - begun
                insisted(partial(_sent, reply, seconds, send, push), tell)
            except RunNotRunningException:
                tell("the server has ended this run")


def insisted(step: Callable[[], T], tell: Tell) -> T:
    """The result of a step over the network, which is repeated if it fails: a server that was busy
    for a moment would otherwise wait for the lost reply until its time limit."""
    for _ in range(TRIES - 1):
        try:
            return step()
        except RunNotRunningException:
            raise
        except Exception as error:  # of many libraries
            tell(f"the server is busy ({_first_line(error)}); trying again")
            time.sleep(AGAIN_SECONDS)
    return step()


def _first_line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__


def _pulled(node: int, head: Message, tree: Any, pull: Any, confirm: Any) -> Message:
    run = head.metadata.run_id
    TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = run, node, 1
    message: Message = pull_and_inflate_object_from_tree(
        tree, partial(pull, run), partial(confirm, run), return_type=Message
    )
    message.metadata.__dict__["_message_id"] = (
        tree.object_id
    )  # as Flower does: the message lacks it
    return message


def _answered(app: ClientApp, message: Message, state: RecordDict) -> Message:
    metadata = message.metadata
    context = Context(metadata.run_id, metadata.dst_node_id, {}, state, {})
    try:
        return app(message, context)
    except Exception as error:  # a client continues after any request
        return Message(Error(RAISED, f"{type(error).__name__}: {error}"), reply_to=message)


def _sent(reply: Message, seconds: float, send: Any, push: Any) -> None:
    run = reply.metadata.run_id
    reply.metadata.__dict__["_message_id"] = reply.object_id
    with no_object_id_recompute():
        objects = get_all_nested_objects(reply)
        wanted, session = send(reply, get_object_tree(reply), seconds)
        push_objects(objects, partial(push, run, session), object_ids_to_push=wanted)
