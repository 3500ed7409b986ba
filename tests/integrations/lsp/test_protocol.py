"""What a client may send, in any order and any shape: each request is answered, once."""

from __future__ import annotations

import json

import pytest

from tests.integrations.lsp.raw import INLINE, URI, Raw, at, fake
from tests.patience import FOREVER

FRAMED = b"Content-Length: %d\r\n\r\n%b"
PARSE, INVALID, METHOD, PARAMS = -32700, -32600, -32601, -32602
EARLY, CANCELLED = -32002, -32800
SLOW = str(FOREVER)


def code(server: Raw, number: int | None) -> int:
    return server.answer(number)["error"]["code"]


@pytest.fixture(scope="module")
def quick():
    """One process for tests that leave it as it was."""
    server = Raw(fake())
    server.initialize({"textDocument": {"inlineCompletion": {}}})
    yield server
    server.close()
    assert server.stderr == b"", "parameters that make no sense are no bug of the server"


def alive(server: Raw) -> bool:
    return "state" in server.request("codecomplete/status")


@pytest.mark.parametrize("kind", [1, 2])
@pytest.mark.parametrize("text", ["fo", "nothing here"])
def test_every_request_has_one_answer(quick, kind, text):
    server = quick
    server.open(text)
    numbers = [server.ask(INLINE, at(0, len(text), kind=kind)) for _ in range(20)]
    for number in numbers:
        assert "error" not in server.answer(number)
    assert alive(server)
    assert not [message for message in server.received if "id" in message]


def test_before_initialize_only_that_is_answered(start):
    server = start(capabilities=None)
    server.open("fo")  # a notification: dropped
    assert code(server, server.ask(INLINE, at(0, 2))) == EARLY
    assert code(server, server.ask("shutdown")) == EARLY
    server.initialize()
    assert server.nothing(0, 2), "the document was opened too early"
    assert code(server, server.ask("initialize", {})) == INVALID


def test_after_shutdown_nothing_is_answered_and_exit_ends_well(start):
    server = start()
    server.open("fo")
    assert server.request("shutdown") is None
    assert code(server, server.ask(INLINE, at(0, 2))) == INVALID
    assert code(server, server.ask("initialize", {})) == INVALID
    server.open("fo", "file:///other.py")
    server.notify("exit")
    assert server.ended() == 0


def test_a_shutdown_leaves_no_request_open(start):
    server = start(SLOW)
    server.open("fo")
    waiting = server.ask(INLINE, at(0, 2))
    server.ask("shutdown")
    assert server.answer(waiting)["result"] is None


def test_exit_without_shutdown_is_a_failure(start):
    server = start()
    server.notify("exit")
    assert server.ended() == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", PARSE), (b"{", PARSE), (b"\xff\xfe{}", PARSE), (b"[" * 100_000, PARSE),
        (b'{"id": 1' + b"0" * 5000 + b', "method": "x"}', PARSE),
        (b"[]", INVALID), (b"17", INVALID), (b"null", INVALID), (b"{}", INVALID),
        (b'{"method": 7, "id": 1}', INVALID), (b'{"method": "shutdown", "id": null}', INVALID),
        (b'{"method": "shutdown", "id": {}}', INVALID),
        (b'{"method": "shutdown", "id": true}', INVALID),
    ],
)  # fmt: skip
def test_what_is_no_message_is_named_and_the_next_one_read(quick, body, expected):
    server = quick
    server.bytes(FRAMED % (len(body), body))
    assert code(server, None) == expected
    assert alive(server)


def test_headers_that_lie_cost_at_most_the_next_message(quick):
    server = quick
    for length in (1, 20, 200):
        server.bytes(b"Content-Length: %d\r\n\r\n" % length + b'{"jsonrpc": "2.0"}')
        server.bytes(b"Content-Type: rubbish\r\n\r\n")
        server.notify("$/setTrace", {"value": "off"})
        server.ask("codecomplete/status")
        server.ask("codecomplete/status")
        assert alive(server)


@pytest.mark.parametrize(
    "params",
    [
        None, [], {}, "x", {"textDocument": 1}, {"textDocument": {"uri": 5}},
        {"textDocument": {"uri": URI}}, at(-1, 0), at(0, -1), at(True, 0), at(0.5, 0), at("0", 0),
        at(0, None), at(0, 0) | {"context": {"selectedCompletionInfo": {"text": "x"}}},
        at(0, 0) | {"context": {"selectedCompletionInfo": {"range": {}, "text": "x"}}},
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(quick, params):
    server = quick
    server.open("fo")
    assert code(server, server.ask(INLINE, params)) == PARAMS
    assert server.texts(0, 2) == ["r index in range(10):"]


def test_unknown_methods_are_refused_and_unknown_notifications_ignored(quick):
    server = quick
    server.notify("textDocument/didSave", {})
    server.notify("$/what", [])
    assert code(server, server.ask("textDocument/hover", {})) == METHOD
    assert code(server, server.ask("$/what", {})) == METHOD


def test_answers_that_nobody_asked_for_are_ignored(quick):
    server = quick
    for number in (99, "x", None, {}):
        server.send({"jsonrpc": "2.0", "id": number, "result": None})
        server.send({"jsonrpc": "2.0", "id": number, "error": {"code": 1, "message": ""}})
    assert alive(server)


def test_numbers_and_texts_are_ids(quick):
    server = quick
    for number in (0, -3, 2**53, "abc", ""):
        server.send({"jsonrpc": "2.0", "id": number, "method": "codecomplete/status"})
        assert "result" in server.answer(number)


def test_a_cancelled_request_is_answered_at_once(start):
    server = start(SLOW)
    server.open("fo")
    waiting = server.ask(INLINE, at(0, 2))
    server.notify("$/cancelRequest", {"id": waiting})
    assert code(server, waiting) == CANCELLED
    server.notify("$/cancelRequest", {"id": waiting})
    server.notify("$/cancelRequest", {"id": 12345})
    server.notify("$/cancelRequest", {"id": []})
    server.notify("$/cancelRequest")
    assert alive(server)


def test_the_newest_request_wins_and_the_others_get_nothing(start):
    server = start(SLOW)
    server.open("fo\nfor\n")
    numbers = [server.ask(INLINE, at(line, 2 + line)) for line in (0, 1, 0)]
    assert [server.answer(number)["result"] for number in numbers[:2]] == [None, None]
    assert not [message for message in server.received if message.get("id") == numbers[2]]


def test_of_thousands_of_requests_the_one_in_ten_that_is_not_cancelled_is_answered(start):
    server = start()
    server.open("fo\n")
    numbers, kept = [], []
    for count in range(3_000):
        numbers.append(server.ask(INLINE, at(0, 2)))
        if count % 10:
            server.notify("$/cancelRequest", {"id": numbers[-1]})
        else:
            kept.append(numbers[-1])
    answers = server.answers(numbers)
    for number in numbers:
        answer = answers[number]
        if number in kept:
            assert "result" in answer
        else:
            assert "result" in answer or answer["error"]["code"] == CANCELLED
    assert server.texts(0, 2) == ["r index in range(10):"]
    assert not server.received


def test_a_message_of_ten_megabytes_is_read(start):
    server = start("digest")
    server.open("# " + 10_000_000 * "x" + "\nfo", "file:///large.py")
    server.open("fo")
    whole = [{"text": "# ñ😀\r\n" * 1_000_000 + "fo"}]
    server.change(*whole)
    assert server.nothing(1, 0, "file:///large.py"), "it is left alone"
    assert server.nothing(1_000_000, 2)
    server.change({"text": "fo"})
    assert server.texts(0, 2)


def test_a_client_that_does_not_read_stops_nothing(start):
    """It writes a megabyte first; whoever waits for it to read would wait for ever."""
    server = start("digest")
    server.open("x")
    for character in range(5_000):
        server.ask("codecomplete/status", {"padding": character * "", "x": "y" * 200})
    assert alive(server)


def test_nothing_but_protocol_is_on_stdout(start):
    """Every byte is read by ``Raw``, which takes nothing else; a print goes to stderr."""
    server = start("printing")
    server.open("fo")
    assert server.texts(0, 2) == ["r index in range(10):"]
    server.request("shutdown")
    server.notify("exit")
    server.ended()
    server.close()
    assert b"printed on purpose" in server.stderr


def test_answers_are_ascii_whatever_the_text(quick):
    server = quick
    server.bytes(FRAMED % (64, json.dumps(
        {"jsonrpc": "2.0", "id": "\ud83d", "method": "x"}).ljust(64).encode()))  # fmt: skip
    assert code(server, "\ud83d") == METHOD
