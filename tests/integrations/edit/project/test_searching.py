"""Text in files: ripgrep and our own search find the same."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from codecomplete.integrations.edit.project import searching
from codecomplete.integrations.edit.project.searching import BadPattern, Match, found
from codecomplete.integrations.edit.text.search import Query
from tests.patience import work_below


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "a.py").write_text("total = 1\nprint(Total, total)\n")
    (folder / "lib/ä.txt").write_bytes("ähm, total\r\nsubtotal\r\n".encode())
    (folder / "lib/latin.txt").write_bytes(b"gr\xfcn total\n")
    (folder / "binary").write_bytes(b"total\0total\n")
    (folder / "ignored.log").write_text("total\n")
    (folder / ".gitignore").write_text("*.log\n")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


@pytest.fixture(params=["ripgrep", "our own"])
def way(request, monkeypatch):
    if request.param == "our own":
        monkeypatch.setattr(searching, "PROGRAM", "no-such-program")
    elif shutil.which("rg") is None:
        pytest.skip("no ripgrep here (apt-get install ripgrep)")
    return request.param


def places(*arguments) -> list[tuple[str, int, int]]:
    return sorted((one.name, one.line, one.column) for one in found(*arguments))


EVERYWHERE = [("a.py", 1, 1), ("a.py", 2, 7), ("a.py", 2, 14), ("lib/latin.txt", 1, 6),
              ("lib/ä.txt", 1, 6), ("lib/ä.txt", 2, 4)]  # fmt: skip


def test_every_place_is_found_by_line_and_character(folder, way):
    assert places(folder, Query("total")) == EVERYWHERE


def test_case_words_and_patterns_narrow_it(folder, way):
    assert ("a.py", 2, 7) not in places(folder, Query("total", case=True))
    assert ("lib/ä.txt", 2, 4) not in places(folder, Query("total", word=True))
    assert places(folder, Query("t[ao]t.l,", regex=True)) == [("a.py", 2, 7)]
    assert places(folder, Query(r"(?<=sub)total", regex=True)) == [("lib/ä.txt", 2, 4)]
    assert places(folder, Query("t[ao]t.l,")) == []


def test_the_line_is_shown_without_its_end_and_of_a_long_one_what_is_near(folder, way):
    (folder / "long.js").write_text("x" * 5000 + "needle" + "y" * 5000)
    first = next(iter(found(folder, Query("ähm"))))
    assert first == Match("lib/ä.txt", 1, 1, "ähm, total")
    needle = next(iter(found(folder, Query("needle"))))
    assert "needle" in needle.text and len(needle.text) <= searching.MOST_SHOWN


def test_a_text_that_is_open_counts_in_place_of_its_file(folder, way):
    found_now = places(folder, Query("total"), {"a.py": "nothing\nmore total"})
    assert found_now == [("a.py", 2, 6), *EVERYWHERE[3:]]


def test_a_wrong_pattern_is_said(folder, way):
    with pytest.raises(BadPattern):
        list(found(folder, Query("(", regex=True)))


def test_a_search_that_is_not_wanted_any_more_ends(folder, way):
    (folder / "many.txt").write_text("total\n" * 1000)
    seen = found(folder, Query("total"), {}, lambda: True)
    with work_below(30):
        assert len(list(seen)) <= 1000


def test_there_is_a_most(folder, way, monkeypatch):
    monkeypatch.setattr(searching, "MOST_MATCHES", 3)
    assert len(places(folder, Query("total"))) == 3
