"""The checks on a finished build find what is there, and write it where it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from codecomplete.corpus.documents import read_json, write_json
from codecomplete.corpus.duplicates import shingles
from codecomplete.corpus.measure import overlap, record, similarity, throughput
from codecomplete.corpus.packages import Package
from codecomplete.corpus.reports import figures, plot, write_figures
from tests.corpus.helpers import package, program, small_profile, tar, work_with
from tests.corpus.test_build import build, packages  # noqa: F401  (a fixture)


def test_a_build_has_no_overlap(packages: list[Package], tmp_path: Path) -> None:  # noqa: F811
    out = build(packages, tmp_path / "work")
    found = overlap(out)
    assert (found["documents"], found["exact"], found["near"]) == (2, 0, 0)


def test_overlap_is_found_where_it_is(tmp_path: Path) -> None:
    """Shards whose training texts are named test texts too: nothing may hide that."""
    members = [(f"x/m{seed}.py", program(seed).encode()) for seed in range(3)]
    out = build([package(tar(tmp_path / "x.tar.gz", members))], tmp_path / "work")
    description = read_json(out / "shards.json")
    description["splits"]["test"] = description["splits"]["train"]
    write_json(out / "shards.json", description)
    found = overlap(out)
    assert found["exact"] == found["near"] == found["documents"] == 3


def test_similarity_is_jaccards() -> None:
    one, other = shingles("a b c d e f g"), shingles("a b c d e f h")
    assert similarity(one, other) == pytest.approx(2 / 4)
    assert similarity(one, one) == 1.0


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # datatrove's own
def test_every_way_to_run_gives_the_same_shards(
    packages: list[Package],  # noqa: F811
    tmp_path: Path,
) -> None:
    pytest.importorskip("datatrove")
    work = work_with(tmp_path / "work", [tmp_path / one.archives[0].file for one in packages])
    result = throughput(small_profile(), packages, work, 2)
    assert result["same_shards"]
    assert list(result["ways"]) == [
        "plain loop",
        "1 worker",
        "2 workers",
        "datatrove, 2 workers",
    ]


def test_figures_go_between_the_marks_of_a_page(
    packages: list[Package],  # noqa: F811
    tmp_path: Path,
) -> None:
    out = build(packages, tmp_path / "work")
    record(out, "overlap", [overlap(out)])
    page = tmp_path / "page.md"
    page.write_text("# Title\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nend\n")
    write_figures(out, page)
    text = page.read_text()
    assert text.startswith("# Title\n")
    assert text.endswith("end\n")
    assert "old" not in text
    assert "| python |" in text
    assert "0 exact copies and 0 near ones of 2 documents" in text


def test_the_plot_is_a_picture(packages: list[Package], tmp_path: Path) -> None:  # noqa: F811
    pytest.importorskip("matplotlib")
    out = build(packages, tmp_path / "work")
    plot(out, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert figures(out).startswith("| language |")
