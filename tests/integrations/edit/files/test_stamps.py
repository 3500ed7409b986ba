"""Whether a file is still the one that was read; its content is looked at only if need be."""

from __future__ import annotations

import os

import pytest

from codecomplete.integrations.edit.files import changed_on_disk, read, stamps


@pytest.fixture
def file(work):
    path = work / "it"
    path.write_bytes(b"text\n")
    return read(path)


@pytest.fixture
def digests(monkeypatch) -> list:
    """The files whose content was looked at."""
    looked, real = [], stamps.digest_on_disk

    def digest(path):
        looked.append(path)
        return real(path)

    monkeypatch.setattr(stamps, "digest_on_disk", digest)
    return looked


def test_an_untouched_file_is_unchanged_and_not_read(file, digests):
    assert not changed_on_disk(file) and not digests


def test_a_touched_file_with_the_same_content_is_unchanged(file, digests):
    os.utime(file.path, ns=(1, 1))
    assert not changed_on_disk(file) and len(digests) == 1


def test_a_file_of_another_size_is_changed_without_being_read(file, digests):
    file.path.write_bytes(b"longer text\n")
    assert changed_on_disk(file) and not digests


def test_other_content_of_the_same_size_and_time_is_a_change(file):
    status = file.path.stat()
    file.path.write_bytes(b"TEXT\n")
    os.utime(file.path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert changed_on_disk(file)


def test_a_replaced_file_with_the_same_content_is_unchanged(file):
    other = file.path.with_name("other")
    other.write_bytes(b"text\n")
    other.replace(file.path)
    assert not changed_on_disk(file)


def test_a_removed_file_is_changed(file):
    file.path.unlink()
    assert changed_on_disk(file)


def test_a_file_that_became_a_directory_is_changed(file):
    file.path.unlink()
    file.path.mkdir()
    assert changed_on_disk(file)


def test_a_new_file_is_changed_once_somebody_else_made_it(work):
    file = read(work / "new")
    assert not changed_on_disk(file)
    (work / "new").touch()
    assert changed_on_disk(file)
