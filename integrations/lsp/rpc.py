"""JSON-RPC 2.0 with LSP's rules: each request gets one answer, whatever happens.

A handler answers through its ``Reply``, now or later and on any thread; a request that is cancelled
before is answered here, immediately. Knows no method but ``$/cancelRequest``, and no transport.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from enum import IntEnum
from itertools import count
from typing import Any

log = logging.getLogger("codecomplete")

Id = int | str


class Code(IntEnum):
    """Error codes of JSON-RPC and LSP."""

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL_ERROR = -32603
    NOT_INITIALIZED = -32002
    CANCELLED = -32800


class RpcError(Exception):
    """An error with which a request is answered."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code


class InvalidParams(RpcError):
    """The parameters do not fit the method."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.INVALID_PARAMS, message)


class Reply:
    """The answer to one request; only the first counts."""

    def __init__(self, peer: Peer, number: Id) -> None:
        self._peer, self._number = peer, number
        self._cancelled: Callable[[], None] | None = None

    def result(self, value: Any) -> None:
        self._peer._answer(self, self._number, {"result": value})

    def error(self, error: RpcError) -> None:
        body = {"code": int(error.code), "message": str(error)}
        self._peer._answer(self, self._number, {"error": body})

    def when_cancelled(self, call: Callable[[], None]) -> None:
        """Set what is called when the client cancels the request."""
        self._cancelled = call

    def cancel(self) -> None:
        """The client has cancelled the request: answer with the error that LSP asks for."""
        self.error(RpcError(Code.CANCELLED, "cancelled"))
        if self._cancelled is not None:
            self._cancelled()


Request = Callable[[Any, Reply], None]
Notification = Callable[[Any], None]
Admit = Callable[[str, bool], RpcError | None]
"""Why a method (and whether it is a request) may not be called now; None if it may."""


class Peer:
    """The other end of the connection. ``receive`` is for one thread only, all else for any."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        requests: Mapping[str, Request],
        notifications: Mapping[str, Notification],
        admit: Admit,
    ) -> None:
        self._send, self._admit = send, admit
        self._requests, self._notifications = requests, notifications
        self._lock = threading.Lock()
        self._open: dict[Id, Reply] = {}  # the other end's requests without an answer
        self._asked: dict[int, Callable[[Any], None]] = {}  # our requests without an answer
        self._numbers = count(1)

    def notify(self, method: str, params: Any) -> None:
        self._write({"method": method, "params": params})

    def ask(self, method: str, params: Any, then: Callable[[Any], None]) -> None:
        """Send a request; ``then`` gets the result, unless it is an error."""
        number = next(self._numbers)
        self._asked[number] = then
        self._write({"id": number, "method": method, "params": params})

    def receive(self, body: bytes) -> None:
        """Handle one message; never raises, whatever it is."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            self._complain(None, RpcError(Code.PARSE_ERROR, f"not JSON: {error}"))
            return
        if not isinstance(message, dict):
            self._complain(None, RpcError(Code.INVALID_REQUEST, "expected one JSON object"))
        elif "method" in message:
            self._called(message)
        elif "id" in message and ("result" in message or "error" in message):
            self._answered(message)
        else:
            self._complain(None, RpcError(Code.INVALID_REQUEST, "neither a method nor an answer"))

    @property
    def open(self) -> int:
        """How many requests have no answer yet."""
        return len(self._open)

    # Messages of the other end

    def _called(self, message: dict[str, Any]) -> None:
        method, number = message["method"], message.get("id")
        if not isinstance(method, str):
            self._complain(None, RpcError(Code.INVALID_REQUEST, "the method is not a string"))
        elif "id" not in message:
            self._notified(method, message.get("params"))
        elif not isinstance(number, int | str) or isinstance(number, bool):
            self._complain(
                None, RpcError(Code.INVALID_REQUEST, "an id must be a number or a string")
            )
        elif number in self._open:
            self._complain(number, RpcError(Code.INVALID_REQUEST, "this id is still in use"))
        else:
            self._requested(method, number, message.get("params"))

    def _requested(self, method: str, number: Id, params: Any) -> None:
        reply = self._open[number] = Reply(self, number)
        refused = self._admit(method, True)
        handler = self._requests.get(method)
        if refused is None and handler is None:
            refused = RpcError(Code.METHOD_NOT_FOUND, f"no method {method}")
        if refused is not None or handler is None:
            reply.error(refused or RpcError(Code.INTERNAL_ERROR, method))
            return
        try:
            handler(params, reply)
        except RpcError as error:
            reply.error(error)
        except Exception as error:  # a bug: this request fails, later ones need not
            log.error("%s failed", method, exc_info=error)
            reply.error(RpcError(Code.INTERNAL_ERROR, f"{type(error).__name__}: {error}"))

    def _notified(self, method: str, params: Any) -> None:
        if method == "$/cancelRequest":
            self._cancelled(params)
            return
        handler = self._notifications.get(method)
        if handler is None or self._admit(method, False) is not None:
            return  # LSP lets it be ignored
        try:
            handler(params)
        except RpcError as error:
            log.warning("%s was not understood: %s", method, error)
        except Exception as error:
            log.error("%s failed", method, exc_info=error)

    def _cancelled(self, params: Any) -> None:
        number = params.get("id") if isinstance(params, dict) else None
        reply = self._open.get(number) if isinstance(number, int | str) else None
        if reply is not None:  # otherwise its answer has crossed this message
            reply.cancel()

    # Answers, of both sides

    def _answered(self, message: dict[str, Any]) -> None:
        number = message["id"]
        then = self._asked.pop(number, None) if isinstance(number, int) else None
        if then is None or "error" in message:
            log.debug("not an answer: %s", message.get("error"))
            return
        try:
            then(message["result"])
        except Exception as error:
            log.error("the answer to %s was not understood", number, exc_info=error)

    def _answer(self, reply: Reply, number: Id, outcome: dict[str, Any]) -> None:
        with self._lock:
            if self._open.get(number) is not reply:
                return
            del self._open[number]
        self._write({"id": number, **outcome})

    def _complain(self, number: Id | None, error: RpcError) -> None:
        body = {"code": int(error.code), "message": str(error)}
        self._write({"id": number, "error": body})

    def _write(self, message: dict[str, Any]) -> None:
        # ASCII: a lone surrogate in a text must not make an answer impossible.
        self._send(json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode())
