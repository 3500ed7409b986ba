"""The user's private folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from codecomplete.integrations.edit.files.state import folder, key


def test_it_is_where_the_user_wants_state_to_be(state):
    assert folder("recovery") == state / "codecomplete" / "recovery"


def test_without_a_wish_it_is_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder("recovery").is_relative_to(tmp_path)


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o022])
def test_only_the_user_can_look_into_it(mask):
    before = os.umask(mask)
    try:
        made = folder("recovery")
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.stat().st_mode) == stat.S_IMODE(made.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give folders away")
def test_somebody_elses_folder_is_not_used(state):
    folder("recovery")
    os.chown(state / "codecomplete", 65534, 65534)
    with pytest.raises(PermissionError, match="belongs to another user"):
        folder("recovery")


def test_a_key_is_of_the_file_and_not_of_its_spelling(work, monkeypatch):
    monkeypatch.chdir(work)
    (work / "link").symlink_to("file")
    keys = {key(Path(name)) for name in ("file", "./file", "link", str(work / "file"))}
    assert len(keys) == 1 and key(Path("other")) not in keys and key(None) not in keys


def test_any_name_has_a_key(work):
    assert key(work / "\udcff") != key(work / ("x" * 255))
