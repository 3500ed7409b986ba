"""A client's connection: what fails for a moment is tried again, so that no reply is lost."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from flwr.app import ConfigRecord, Message, RecordDict
from flwr.clientapp import ClientApp
from flwr.supercore.run import RunNotRunningException

from codecomplete.trainer.federated import node
from codecomplete.trainer.federated.certificates import node_key, server_files


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(node, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(node, "POLL_SECONDS", 0.0)


def test_what_fails_for_a_moment_is_tried_again():
    said: list[str] = []
    answers = iter([OSError("database is locked\nmore"), ValueError(), "done"])

    def step():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert node.insisted(step, said.append) == "done"
    assert "database is locked" in said[0] and "ValueError" in said[1] and len(said) == 2


def test_what_goes_on_failing_is_an_error_and_an_ended_run_is_one_at_once():
    tried = []

    def failing():
        tried.append(1)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        node.insisted(failing, str)
    assert len(tried) == node.TRIES

    def ended():
        tried.clear()
        raise RunNotRunningException

    with pytest.raises(RunNotRunningException):
        node.insisted(ended, str)


def test_a_reply_whose_sending_fails_arrives_all_the_same(tmp_path, monkeypatch):
    """Flower's connection swallows what is raised within it, and the reply would be gone."""
    arrived: list[str] = []
    over: list[int] = []
    swallowed: list[Exception] = []

    @contextmanager
    def connection(*arguments, **options):
        inbox = ["one"]

        def receive():
            return (inbox.pop(), None) if inbox else over.append(1)

        def send(reply, tree, seconds):
            arrived.append("tried")
            if len(arrived) == 1:
                raise OSError("database is locked")
            return set(), "session"

        try:
            yield 1, receive, send, None, None, None, lambda *_: None, None
        except Exception as error:
            swallowed.append(error)
            over.append(1)

    def pulled(number, head, tree, pull, confirm):
        identity = node.TaskIdentity
        identity.run_id, identity.node_id, identity.task_id = 1, 1, 1
        content = RecordDict({"config": ConfigRecord({"x": 1})})
        return Message(content, dst_node_id=1, message_type="train")

    app = ClientApp()

    @app.train()
    def train(message, context):
        return Message(RecordDict(), reply_to=message)

    monkeypatch.setattr(node.fleet_http_connection, "http_request_response", connection)
    monkeypatch.setattr(node, "_pulled", pulled)
    files = server_files(tmp_path / "keys", ["127.0.0.1"])
    server = node.Server("127.0.0.1:1", files.authority, node_key(tmp_path / "k"))
    node.take_part(server, app, str, lambda: bool(over))
    assert not swallowed and arrived == ["tried", "tried"]
