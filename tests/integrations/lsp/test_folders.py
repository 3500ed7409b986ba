"""Which of several folders a file belongs to, and what is learned beside it."""

from __future__ import annotations

import json
import time
from pathlib import Path

from codecomplete.integrations.lsp.folders import Folders
from codecomplete.integrations.lsp.server import Server
from codecomplete.integrations.shared.project import folder_of, nearby
from tests.integrations.fake import FakeModel, FakeProject
from tests.integrations.lsp.raw import INLINE, at
from tests.integrations.shared.test_project import tree
from tests.patience import PATIENCE


def test_the_nearest_folder_counts_and_folders_come_and_go():
    folders = Folders(["/a", "/a/b", None])
    assert folders.of("/a/b/c/d.py") == "/a/b"
    assert folders.of("/a/bc/d.py") == "/a"
    assert folders.of("/x.py") is None and folders.of(None) is None
    folders.change(["/a/b/c"], ["/a/b", "/not/there", None])
    assert folders.of("/a/b/c/d.py") == "/a/b/c"
    assert folders.of("/a/b/d.py") == "/a"


def found(path: Path, root: Path, opened: Path) -> list[str]:
    paths = [one for one in nearby(path, (".py",), opened) if one is not None]
    return [one.relative_to(root).as_posix() for one in paths]


def test_a_folder_inside_a_repository_bounds_what_is_read_and_the_repositorys_rules_hold(tmp_path):
    tree(tmp_path, "top.py", "part/open.py", "part/near.py", "part/made.py", "part/sub/x.py")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("made.py\n")
    part = tmp_path / "part"
    assert found(part / "open.py", tmp_path, part) == ["part/near.py", "part/sub/x.py"]


def test_a_folder_around_a_repository_does_not_widen_it(tmp_path):
    tree(tmp_path, "other/x.py", "here/open.py", "here/near.py")
    (tmp_path / "here/.git").mkdir()
    here = tmp_path / "here"
    assert found(here / "open.py", tmp_path, tmp_path) == ["here/near.py"]
    assert folder_of(here / "open.py", tmp_path) == here


def test_without_a_repository_the_folder_is_the_project(tmp_path):
    tree(tmp_path, "open.py", "deep/er/x.py")
    assert found(tmp_path / "open.py", tmp_path, tmp_path) == ["deep/er/x.py"]
    elsewhere = tmp_path / "deep"
    assert folder_of(tmp_path / "open.py", elsewhere) == folder_of(tmp_path / "open.py", None)


def test_a_home_folder_that_is_open_is_no_project(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert folder_of(tmp_path / "open.py", tmp_path) is None


class Learning(FakeModel):
    """Remembers each project that it makes, and how often a session was begun."""

    def __init__(self) -> None:
        super().__init__()
        self.projects: list[FakeProject] = []
        self.sessions = 0

    def project(self):
        self.projects.append(FakeProject())
        return self.projects[-1]

    def session(self, language, project=None, name=None):
        self.sessions += 1
        return super().session(language, project, name)


def test_a_folder_that_is_opened_later_is_learned_from(tmp_path):
    tree(tmp_path, "one/open.py", "one/beside.py", "one/deep/er.py")
    (tmp_path / "one/open.py").write_text("fo")
    model, sent = Learning(), []
    server = Server(sent.append, lambda options: model)

    def receive(method: str, params: object, **more) -> None:
        server.receive(json.dumps({"method": method, "params": params, **more}).encode())

    def wait(condition) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until
            time.sleep(0.005)

    uri = (tmp_path / "one/open.py").as_uri()
    receive("initialize", {"capabilities": {}}, id=0)
    document = {"uri": uri, "languageId": "python", "version": 1, "text": "fo\nfo"}
    receive("textDocument/didOpen", {"textDocument": document})
    receive(INLINE, at(0, 2, uri), id=1)
    wait(lambda: len(sent) == 2 and model.projects[0].learned)
    assert not any("er.py" in name for name in model.projects[0].learned), "its own folder only"
    event = {"added": [{"uri": (tmp_path / "one").as_uri(), "name": "one"}], "removed": []}
    receive("workspace/didChangeWorkspaceFolders", {"event": event})
    receive(INLINE, at(1, 2, uri), id=2)
    wait(lambda: any("er.py" in name for one in model.projects for name in one.learned))
    assert model.sessions == 2
    server.close()
