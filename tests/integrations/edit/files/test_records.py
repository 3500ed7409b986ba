"""Records are read whole or not at all."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codecomplete.integrations.edit.files import records
from codecomplete.integrations.edit.files.records import Record, read_abandoned, write

RECORD = Record({"path": "a\udcff\n", "at": 1.5, "none": None}, (b"one\n", b"", b"\0\xff"))


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(st.text(), st.none() | st.integers() | st.text(st.characters())),
    st.lists(st.binary()).map(tuple),
)
def test_what_was_written_is_read(work, facts, parts):
    os.close(write(work / "it", Record(facts, parts)))
    assert read_abandoned(work / "it") == Record(facts, parts)


def test_a_record_in_use_is_not_read(work):
    held = write(work / "it", RECORD)
    assert read_abandoned(work / "it") is None
    os.close(held)
    assert read_abandoned(work / "it") == RECORD


def test_a_record_that_was_cut_off_anywhere_is_none(work):
    os.close(write(work / "it", RECORD))
    whole = (work / "it").read_bytes()
    for end in range(len(whole)):
        (work / "it").write_bytes(whole[:end])
        assert read_abandoned(work / "it") is None


def test_a_record_with_one_wrong_bit_is_never_read_as_another(work):
    os.close(write(work / "it", RECORD))
    whole = (work / "it").read_bytes()
    for at in range(len(whole)):
        (work / "it").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert read_abandoned(work / "it") in (None, RECORD)


def test_a_record_of_another_format_is_none(work, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(records, "FORMAT", 2)
        os.close(write(work / "it", RECORD))
    assert read_abandoned(work / "it") is None


def test_a_link_is_not_followed(work):
    (work / "secret").write_bytes(b"x")
    (work / "it").symlink_to("secret")
    with pytest.raises(OSError, match="symbolic links"):
        read_abandoned(work / "it")
