"""A user's own folder: what they wrote is read, what tools put there is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codecomplete.corpus.archives import Refused, SourceFile
from codecomplete.corpus.outputs import MARKER
from codecomplete.corpus.ownfolder import read_folder

CODE = b"def f():\n    return 1\n"


def everything(path: str) -> bool:
    return True


def put(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(CODE)


def learned(root: Path) -> list[str]:
    return [one.path for one in read_folder(root, lambda path: path.endswith(".py"))]


def test_a_folder_gives_files_in_order_and_no_links(tmp_path: Path) -> None:
    root = tmp_path / "code"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "hook.py").write_bytes(CODE)
    (root / "b.py").write_bytes(CODE)
    (root / "a.py").write_bytes(CODE)
    (root / "link.py").symlink_to("/etc/passwd")
    with (root / "large.py").open("wb") as file:
        file.truncate(1 << 30)  # sparse: a gigabyte that takes no room
    os.mkfifo(root / "pipe.py")
    found = list(read_folder(root, everything))
    assert found == [
        SourceFile("code/a.py", CODE),
        SourceFile("code/b.py", CODE),
        Refused("code/large.py", "file too large", 1 << 30),
        Refused("code/link.py", "link"),
        Refused("code/pipe.py", "device"),
    ]


@pytest.mark.parametrize(
    "path",
    ["venv/lib/a.py", "node_modules/x/a.py", "build/lib/a.py", "x/__pycache__/a.py", "target/a.py",
     ".tox/a.py"],
)  # fmt: skip
def test_what_tools_put_there_is_not_learned(tmp_path: Path, path: str) -> None:
    put(tmp_path / "code", "kept.py", path)
    assert learned(tmp_path / "code") == ["code/kept.py"]


def test_an_environment_is_known_by_its_mark_whatever_its_name(tmp_path: Path) -> None:
    put(tmp_path / "code", "kept.py", "mine/lib/a.py", "mine/pyvenv.cfg")
    assert learned(tmp_path / "code") == ["code/kept.py"]


def test_what_our_own_commands_wrote_there_is_not_learned(tmp_path: Path) -> None:
    put(tmp_path / "code", "kept.py", "shards/files/test/a.py", f"shards/{MARKER}")
    assert learned(tmp_path / "code") == ["code/kept.py"]


def test_what_git_ignores_is_not_learned_here_below_and_above(tmp_path: Path) -> None:
    code = tmp_path / "code"
    put(code, "kept.py", "a_gen.py", "pkg/kept.py", "pkg/local.py", "pkg/a_gen.py", "secret/x.py")
    (code / ".git").mkdir()
    (code / ".gitignore").write_text("*_gen.py\n/secret/\n")
    (code / "pkg" / ".gitignore").write_text("local.py\n!a_gen.py\n")
    assert learned(code) == ["code/kept.py", "code/pkg/a_gen.py", "code/pkg/kept.py"]
    put(code, "pkg/sub/b_gen.py", "pkg/sub/kept.py")
    assert learned(code / "pkg" / "sub") == ["sub/kept.py"], "the checkout's rules hold below it"


def test_a_name_that_is_not_utf8_is_refused_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path / "code", "kept.py")
    Path(os.fsdecode(os.fsencode(tmp_path / "code") + b"/b\xe9.py")).write_bytes(CODE)
    found = list(read_folder(tmp_path / "code", everything))
    assert found == [
        Refused("code/b\\udce9.py", "unsafe path", len(CODE)),
        SourceFile("code/kept.py", CODE),
    ]
