"""Editing leaves nothing behind. The long run is ``python -m benchmarks.server_memory``."""

from __future__ import annotations

import json
import time

import pytest

from benchmarks.server_memory import sizes
from codecomplete.integrations.lsp.server import Server
from tests.integrations.fake import FakeModel
from tests.integrations.lsp.raw import INLINE, at
from tests.patience import PATIENCE

KEYS, STEP = 2_100, 700
MOST_GROWTH = 6.0  # 10^6 bytes between the first document and the third


@pytest.mark.slow
def test_memory_is_flat_while_documents_come_and_go():
    found = list(sizes(KEYS, STEP))
    assert found[-1][1] > KEYS // 10, "it suggests"
    assert found[-1][0] - found[0][0] < MOST_GROWTH, found


def test_a_closed_document_leaves_no_session_and_no_text():
    sent: list[bytes] = []
    server = Server(sent.append, lambda options: FakeModel())

    def receive(method: str, params: dict, **more) -> None:
        server.receive(json.dumps({"method": method, "params": params, **more}).encode())

    receive("initialize", {"capabilities": {}}, id=0)
    for number in range(3):
        uri = f"file:///{number}.py"
        document = {"uri": uri, "languageId": "python", "version": 1, "text": "fo"}
        receive("textDocument/didOpen", {"textDocument": document})
        receive(INLINE, at(0, 2, uri), id=number + 1)
        until = time.monotonic() + PATIENCE
        while len(sent) < number + 2 and time.monotonic() < until:
            time.sleep(0.005)
        receive("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert not list(server._documents) and not server.suggester._sessions
    server.close()
