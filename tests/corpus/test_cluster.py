"""The same stages through datatrove: the same bytes, and honest refusals."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from codecomplete.corpus.build import stages as plan
from codecomplete.corpus.cluster import RunCalls, run_on_cluster
from codecomplete.corpus.errors import CorpusError
from codecomplete.corpus.packages import Package
from tests.corpus.helpers import digests, small_profile, work_with
from tests.corpus.test_build import build, packages  # noqa: F401  (a fixture)


def test_a_rank_runs_every_nth_call() -> None:
    seen: list[int] = []
    step = RunCalls(tuple((seen.append, (number,)) for number in range(5)))
    step(None, rank=1, world_size=2)
    step(None, rank=0, world_size=2)
    assert seen == [1, 3, 0, 2, 4]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # datatrove's own
def test_two_datatrove_workers_give_the_bytes_of_a_plain_run(
    packages: list[Package],  # noqa: F811
    tmp_path: Path,
) -> None:
    pytest.importorskip("datatrove")
    plain = build(packages, tmp_path / "plain")
    archives = [tmp_path / one.archives[0].file for one in packages]
    work = work_with(tmp_path / "cluster", archives)
    out = tmp_path / "cluster" / "out"
    run_on_cluster(plan(small_profile(), packages, work, out), "local", 2, tmp_path / "logs")
    assert digests(out) == digests(plain)


@pytest.mark.filterwarnings("default")
def test_slurm_needs_a_partition_and_gets_one_job_a_stage(
    packages: list[Package],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("datatrove")
    stages = plan(small_profile(), packages, work_with(tmp_path / "w", []), tmp_path / "out")
    monkeypatch.delenv("SBATCH_PARTITION", raising=False)
    with pytest.raises(CorpusError, match="set SBATCH_PARTITION"):
        run_on_cluster(stages, "slurm", 2, tmp_path / "logs")
    submitted = tmp_path / "submitted"
    fake = tmp_path / "bin" / "sbatch"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\necho "$@" >> {submitted}\necho Submitted batch job 7\n')
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    monkeypatch.setenv("SBATCH_PARTITION", "cpu")
    run_on_cluster(stages, "slurm", 2, tmp_path / "logs")
    assert len(submitted.read_text().splitlines()) >= 4
    assert submitted.read_text().count("--dependency=afterok:7") >= 3
