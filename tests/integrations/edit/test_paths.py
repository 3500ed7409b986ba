"""Names as they are typed: what they stand for does not change while the editor runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.integrations.edit.paths import BadName, Paths


def test_a_name_stands_for_the_same_place_wherever_one_goes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    paths = Paths()
    monkeypatch.chdir("/")
    assert paths.absolute("a/b") == tmp_path / "a/b"
    assert paths.absolute("~/b") == tmp_path / "home/b"
    assert paths.shown(tmp_path / "a/b") == "a/b" and paths.shown(Path("/etc/x")) == "/etc/x"
    assert paths.shown(None) == ""


def test_a_name_that_is_shown_can_be_typed_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/etc")
    paths = Paths()
    for path in (tmp_path / "a", Path("/etc/passwd"), Path("/usr/x")):
        assert paths.absolute(paths.shown(path)) == path


@pytest.mark.parametrize("name", ["~nouser/x", "a\0b"])
def test_what_names_nothing_says_why(name):
    with pytest.raises(BadName):
        Paths().absolute(name)


def test_without_a_folder_whole_names_can_still_be_used(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    paths = Paths()
    with pytest.raises(BadName, match="removed"):
        paths.absolute("a")
    assert paths.absolute("/a") == Path("/a") and paths.shown(Path("/a")) == "/a"


def test_a_name_is_completed_with_what_is_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("alpha.py", "alpine.py", ".hidden"):
        (tmp_path / name).write_text("")
    (tmp_path / "alps").mkdir()
    (tmp_path / "alps/peak.py").write_text("")
    paths = Paths()
    assert paths.completions("al") == ["alpha.py", "alpine.py", "alps/"]
    assert paths.completions("") == ["alpha.py", "alpine.py", "alps/"]
    assert paths.completions(".h") == [".hidden"]
    assert paths.completions("alps/") == ["alps/peak.py"]
    assert paths.completions(f"{tmp_path}/alps/p") == [f"{tmp_path}/alps/peak.py"]
    assert paths.completions("nothing/x") == paths.completions("~nouser/") == []
