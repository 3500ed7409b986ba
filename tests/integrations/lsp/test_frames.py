"""Bytes to bodies, however they arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codecomplete.integrations.lsp.frames import (
    MOST_BODY,
    MOST_HEADER,
    Frames,
    FramingError,
    framed,
)

BODIES = [b'{"id": 1}', b"", b'{"text": "\xc3\xa9\r\n\r\nContent-Length: 3"}', b"x" * 5000]


def fed(*parts: bytes) -> list[bytes]:
    frames = Frames()
    return [body for part in parts for body in frames.feed(part)]


@given(st.lists(st.sampled_from(BODIES), max_size=5), st.data())
def test_it_does_not_matter_where_the_bytes_are_cut(bodies, data):
    stream = b"".join(map(framed, bodies))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    parts = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert fed(*parts) == bodies
    assert fed(*(bytes([byte]) for byte in stream)) == bodies


@pytest.mark.parametrize(
    "header",
    [
        b"content-length: 2\r\n\r\n",
        b"Content-Length:2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
        b"X: y\r\nCONTENT-LENGTH:   2  \r\n\r\n",
    ],
)
def test_headers_may_be_written_in_several_ways(header):
    assert fed(header + b"{}") == [b"{}"]


@pytest.mark.parametrize(
    "fault",
    [
        b"Content-Type: x\r\n\r\n",
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: many\r\n\r\n",
        b"\r\n\r\n",
        b"Content-Length: 3\r\n\r\n{}",  # too long by one: takes from the next header
        b"Content-Length: 1\r\n\r\n{\"a\": 1}",  # too short
        b"y" * 3 * MOST_HEADER + b"\r\n\r\n",
    ],
)  # fmt: skip
def test_after_a_fault_the_next_messages_are_read(fault):
    last = [b'{"id": 7}', b'{"id": 8}']
    bodies = fed(fault + b"".join(map(framed, [b"{}", *last])))
    assert bodies[-2:] == last


def test_a_header_without_a_length_is_told():
    assert fed(b"Content-Type: x\r\n\r\n", framed(b"{}")) == [b"", b"{}"]


def test_rubbish_without_end_takes_no_memory():
    frames = Frames()
    for _ in range(100):
        assert list(frames.feed(b"z" * 65_536)) == []
    assert len(frames._data) <= MOST_HEADER


def test_a_length_that_no_message_has_is_refused():
    with pytest.raises(FramingError, match=str(MOST_BODY + 1)):
        fed(b"Content-Length: %d\r\n\r\n" % (MOST_BODY + 1))
