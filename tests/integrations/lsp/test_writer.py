"""Everything arrives in order, whatever its size, and a client that does not read blocks nobody."""

from __future__ import annotations

import os
import select
import threading

import pytest

from codecomplete.integrations.lsp.writer import Writer
from tests.patience import PATIENCE


@pytest.fixture
def pipe():
    read, write = os.pipe()
    open_ = {read, write}
    yield read, write, open_
    for number in open_:
        os.close(number)


def received(read: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        assert select.select([read], [], [], PATIENCE)[0], f"{len(data)} of {size} bytes came"
        data += os.read(read, 1 << 16)
    return data


def test_what_fits_is_written_at_once_and_without_a_thread(pipe):
    read, write, _ = pipe
    before = set(threading.enumerate())
    Writer(write).send(b"small")
    assert select.select([read], [], [], 0)[0] and os.read(read, 100) == b"small"
    assert set(threading.enumerate()) <= before  # some of other tests' may end meanwhile


def test_a_client_that_does_not_read_blocks_nobody_and_loses_nothing(pipe):
    read, write, _ = pipe
    writer = Writer(write)
    parts = [bytes([65 + i % 26]) * (1_000_000 if i % 3 == 0 else 10) for i in range(12)]
    for part in parts:
        writer.send(part)  # returns, although nobody reads
    writer.flush(0.01)  # does not wait for ever either
    whole = b"".join(parts)
    assert received(read, len(whole)) == whole
    writer.flush(PATIENCE)
    writer.send(b"end")
    assert received(read, 3) == b"end"


def test_after_the_client_is_gone_sending_does_nothing(pipe):
    read, write, open_ = pipe
    os.close(read)
    open_.discard(read)
    writer = Writer(write)
    for _ in range(3):
        writer.send(b"x")
        writer.send(b"x" * 1_000_000)
    writer.flush(PATIENCE)
