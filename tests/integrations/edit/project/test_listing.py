"""Which files there are: git, where it is, and we ourselves agree."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codecomplete.integrations.edit.project import listing


@pytest.fixture
def project(tmp_path) -> Path:
    folder = tmp_path / "project"
    for name in ("a.py", "lib/b.py", "lib/c.log", "made/d.py", ".hidden", "lib/.gitignore"):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(name)
    (folder / ".gitignore").write_text("made/\n")
    (folder / "lib/.gitignore").write_text("*.log\n")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


WANTED = [".gitignore", ".hidden", "a.py", "lib/.gitignore", "lib/b.py"]


def test_what_git_ignores_is_left_out_with_git_and_without(project, monkeypatch):
    assert listing.files(project) == WANTED
    monkeypatch.setattr(listing, "GIT", ("no-such-program",))
    assert listing.files(project) == WANTED


def test_a_folder_of_a_project_is_listed_alone_by_its_own_names(project):
    assert listing.files(project / "lib") == [".gitignore", "b.py"]


def test_listing_runs_no_program_that_the_project_names(project):
    made = project / "ran"
    subprocess.run(["git", "config", "core.fsmonitor", f"touch {made}; false"], cwd=project,
                   check=True)  # fmt: skip
    listing.files(project)
    assert not made.exists()


def test_a_folder_that_is_no_project_is_walked_and_the_walk_can_be_stopped(tmp_path):
    for name in ("x.txt", "node_modules/y.js", "sub/z.txt"):
        (tmp_path / "plain" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plain" / name).touch()
    folder = tmp_path / "plain"
    assert listing.files(folder) == ["sub/z.txt", "x.txt"]
    assert listing.files(folder, lambda: True) == [] and len(listing.files(folder, most=1)) == 1


def test_the_folder_around_a_file_is_its_project_or_the_one_given(project, tmp_path):
    assert listing.folder_around(project / "lib/b.py", None) == project
    alone = tmp_path / "alone" / "sub" / "a.txt"
    assert listing.folder_around(alone, tmp_path / "alone") == tmp_path / "alone"
    assert listing.folder_around(alone, tmp_path / "other") == alone.parent
    assert listing.folder_around(None, tmp_path) == tmp_path
