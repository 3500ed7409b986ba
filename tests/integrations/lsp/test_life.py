"""The process lives exactly as long as its client, and talks to nobody else."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress

import pytest

from codecomplete.integrations.lsp.server import Server
from tests.integrations.lsp.raw import INLINE, REAL, ROOT, Raw, at, fake
from tests.patience import FOREVER, PATIENCE


def test_it_ends_when_its_input_does(start):
    server = start()
    server.process.stdin.close()
    assert server.ended() == 1, "the client went without a word"


def test_it_ends_in_the_middle_of_a_message(start):
    server = start()
    server.bytes(b"Content-Length: 1000\r\n\r\n{")
    server.process.stdin.close()
    assert server.ended() == 1


def test_it_ends_while_the_model_is_at_work(start):
    server = start(str(FOREVER))
    server.open("fo")
    server.ask(INLINE, at(0, 2))
    server.process.stdin.close()
    assert server.ended() == 1


def test_it_ends_with_the_clients_process_though_its_input_stays_open():
    client = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    server = Raw(fake())
    server.initialize(processId=client.pid)
    client.communicate(b"\n")
    assert server.ended() == 1
    server.close()


def test_a_client_is_watched_before_it_is_answered():
    """It may end as soon as it has its answer, and whoever looked for it then would find nobody."""
    happened: list[object] = []
    server = Server(
        lambda body: happened.append("answered"),
        lambda options: None,
        lambda client: happened.append(client.process),
    )
    asked = {"processId": 42, "capabilities": {}}
    server.receive(json.dumps({"id": 1, "method": "initialize", "params": asked}).encode())
    assert happened == [42, "answered"]
    server.close()


def test_a_client_on_another_computer_is_not_waited_for(start):
    server = start(processId=2**22 + 17)
    assert server.request("codecomplete/status")


def test_an_interrupt_is_meant_for_others_and_a_termination_is_not(start):
    server = start()
    server.process.send_signal(signal.SIGINT)
    assert server.request("codecomplete/status")
    server.process.send_signal(signal.SIGTERM)
    assert server.ended() == -signal.SIGTERM


def test_no_document_reaches_the_log():
    server = Raw((*fake("broken"), "--verbose"))
    server.initialize()
    server.open("password_of_the_king = fo")
    server.inline(0, 24)
    server.change({"text": 5})
    server.bytes(b"Content-Length: 9\r\n\r\nking of {")
    server.answer(None)
    server.close()
    assert b"broken on purpose" in server.stderr and b"king" not in server.stderr


# A loopback socket, when asked for


def listening(tmp_path, token: str | None = None):
    environment = os.environ | ({"CODECOMPLETE_TOKEN": token} if token else {})
    process = subprocess.Popen([*REAL, "--listen", "0"], cwd=ROOT, stdout=subprocess.PIPE,
                               env=environment)  # fmt: skip
    said = json.loads(process.stdout.readline())
    return process, said["port"], said["token"]


def connected(port: int, greeting: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), PATIENCE)
    client.sendall(greeting)
    return client


INITIALIZE = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}).encode()


def test_a_socket_is_for_the_one_who_knows_the_token(tmp_path):
    process, port, token = listening(tmp_path)
    assert len(token) > 20
    message = b"Content-Length: %d\r\n\r\n%b" % (len(INITIALIZE), INITIALIZE)
    for wrong in (b"wrong\n", token[:-1].encode() + b"\n", message, b"\n", b"x" * 5000):
        with connected(port, wrong) as client, suppress(ConnectionResetError):
            assert client.recv(1) == b""
    with connected(port, token.encode() + b"\r\n" + message) as client:
        assert client.recv(17).startswith(b"Content-Length")
        with pytest.raises(OSError):  # one client only
            socket.create_connection(("127.0.0.1", port), 1)
    assert process.wait(PATIENCE) == 1
    process.stdout.close()


def test_the_token_may_come_from_who_starts_it(tmp_path):
    process, port, token = listening(tmp_path, "chosen")
    assert token == "chosen"
    connected(port, b"chosen\n").close()
    assert process.wait(PATIENCE) == 1
    process.stdout.close()


@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace here")
def test_over_stdio_no_socket_is_opened(tmp_path):
    log = tmp_path / "log"
    server = Raw(("strace", "-f", "-e", "trace=socket,connect,bind", "-o", str(log), *REAL))
    server.initialize()
    server.open("import os\nfor name in os.")
    server.inline(1, 15)
    server.request("shutdown")
    server.notify("exit")
    assert server.ended() == 0
    server.close()
    assert "socket" not in log.read_text() and "connect" not in log.read_text()


def test_the_command_explains_itself():
    done = subprocess.run([sys.executable, "-m", "codecomplete", "lsp", "--help"], cwd=ROOT,
                          capture_output=True, text=True, timeout=PATIENCE)  # fmt: skip
    assert done.returncode == 0 and "cc-lsp" in done.stdout and "Protocol" in done.stdout
    assert "--clientProcessId" not in done.stdout
    for extra in (("--stdio", "--clientProcessId=5"), ("--stdio",)):
        server = Raw((*REAL, *extra))
        server.request("initialize", {})
        server.close()
