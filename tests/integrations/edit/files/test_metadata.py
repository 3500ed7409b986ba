"""Beside its content a file keeps what it had."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

import pytest

from codecomplete.integrations.edit.files import metadata, read, save

ACL = metadata.ACCESS_LIST
FOLDER_ACL = "system.posix_acl_default"


def access_list(user: int, rights: int) -> bytes:
    """One more user with ``rights``, in the form the kernel reads."""
    anyone = 0xFFFFFFFF
    entries = [(1, 6, anyone), (2, rights, user), (4, 4, anyone), (16, 7, anyone), (32, 4, anyone)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def attribute(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f"no such attribute here: {error}")


@pytest.fixture
def path(work) -> Path:
    made = work / "file"
    made.write_bytes(b"old\n")
    return made


def replaced(path: Path) -> bool:
    inode = path.stat().st_ino
    save(read(path), "new\n")
    assert path.read_bytes() == b"new\n"
    return path.stat().st_ino != inode


def test_extended_attributes_are_kept(path):
    attribute(path, "user.origin", b"somewhere\0else")
    assert replaced(path)
    assert os.getxattr(path, "user.origin") == b"somewhere\0else"


def test_an_access_list_is_kept(path):
    attribute(path, ACL, access_list(1234, 6))
    assert replaced(path)
    assert os.getxattr(path, ACL) == access_list(1234, 6)


def test_an_access_list_that_the_folder_gives_to_new_files_is_not_added(path):
    attribute(path.parent, FOLDER_ACL, access_list(1234, 7))
    assert ACL not in os.listxattr(path)
    assert replaced(path)
    assert ACL not in os.listxattr(path)


@pytest.mark.parametrize("call", ["setxattr", "getxattr", "listxattr"])
def test_where_an_attribute_cannot_be_kept_the_file_stays(path, monkeypatch, call):
    attribute(path, "user.origin", b"somewhere")

    def refuse(*arguments, **named):
        raise OSError(errno.EPERM, "Operation not permitted")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, refuse)
        assert not replaced(path)
    assert os.getxattr(path, "user.origin") == b"somewhere"


def test_a_file_system_without_attributes_is_no_obstacle(path, monkeypatch):
    def none(*arguments, **named):
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(os, "listxattr", none)
    assert replaced(path)


def test_attributes_that_are_the_systems_to_set_may_be_lost(path, monkeypatch):
    attribute(path, "user.origin", b"x")
    monkeypatch.setattr(metadata, "_MUST_KEEP", ())

    def refuse(*arguments, **named):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "setxattr", refuse)
    assert replaced(path)
