"""Servers for tests, each a process of its own."""

from __future__ import annotations

import pytest

from tests.integrations.lsp.raw import Raw, fake

INLINE_CLIENT = {"textDocument": {"inlineCompletion": {}}}


@pytest.fixture
def start():
    """Start a server: ``start("quick")`` is initialized, ``start("quick", None)`` is not."""
    started: list[Raw] = []

    def make(mode: str = "quick", capabilities: dict | None = INLINE_CLIENT, **more) -> Raw:
        server = Raw(fake(mode))
        started.append(server)
        if capabilities is not None:
            server.initialize(capabilities, **more)
        return server

    yield make
    for server in started:
        server.close()
        assert b"Traceback" not in server.stderr, server.stderr.decode()
