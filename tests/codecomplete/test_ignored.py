"""What git would leave out is left out, wherever files are looked for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codecomplete.ignored import Ignored

RULES = "*.log\n/build/\n!keep.log\ndocs/*.py\n"
NAMES = ["a.log", "keep.log", "build/x.py", "src/build/x.py", "docs/a.py", "docs/sub/a.py"]


@pytest.fixture
def project(tmp_path):
    (tmp_path / ".gitignore").write_text(RULES)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / ".gitignore").write_text("!a.log\n")
    for name in [*NAMES, "src/a.log"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return tmp_path


def by_us(root: Path, name: str) -> bool:
    ignored, path = Ignored(root), root / name
    above = [
        folder for folder in reversed(path.parents) if folder != root and root in folder.parents
    ]
    return any(ignored.is_ignored(folder, True) for folder in above) or ignored.is_ignored(
        path, False
    )


@pytest.mark.parametrize("name", [*NAMES, "src/a.log"])
def test_it_agrees_with_git(project, name):
    subprocess.run(["git", "init", "-q", project], check=True)
    git = subprocess.run(["git", "-C", project, "check-ignore", "-q", "--no-index", name])
    assert by_us(project, name) == (git.returncode == 0)


def test_a_folder_without_rules_ignores_nothing(tmp_path):
    assert not Ignored(tmp_path).is_ignored(tmp_path / "a.log", False)
