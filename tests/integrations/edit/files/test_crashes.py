"""Whatever call a save dies or fails at, the file is the old or the new one, or can be restored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.patience import LONG

ROOT = Path(__file__).parents[4]
IN_ONE_STEP = ("existing", "new", "symlink", "attributes")
IN_PLACE = ("hardlink", "folder")
LEAST_CALLS = 20  # of the file system, that one save makes


@cache
def outcomes(scenario: str) -> tuple[dict, ...]:
    """The save without a fault first; then one for each fault."""
    if scenario == "attributes" and not hasattr(os, "setxattr"):
        pytest.skip("no extended attributes here")
    quick = Path("/dev/shm")  # in memory: flushing a thousand times takes a while on a disk
    with tempfile.TemporaryDirectory(dir=quick if quick.is_dir() else None) as folder:
        Path(folder).chmod(0o755)
        run = subprocess.run(
            [sys.executable, "-m", "tests.integrations.edit.files.faults", scenario, f"{folder}/f"],
            cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False,
        )  # fmt: skip
    if "not supported" in run.stderr:
        pytest.skip("no extended attributes here")
    assert not run.returncode, run.stderr
    return tuple(json.loads(line) for line in run.stdout.splitlines())


def killed(scenario: str) -> list[dict]:
    return [one for one in outcomes(scenario)[1:] if one["fault"][1] != "error"]


def failed(scenario: str) -> list[dict]:
    return [one for one in outcomes(scenario)[1:] if one["fault"][1] == "error"]


def old(scenario: str) -> str:
    return "none" if scenario == "new" else "old"


@pytest.mark.parametrize("scenario", IN_ONE_STEP + IN_PLACE)
def test_without_a_fault_it_is_saved_and_nothing_is_left(scenario):
    one = outcomes(scenario)[0]
    assert (one["said"], one["content"], one["text"]) == ("saved", "new", "new")
    assert not one["litter"] and not one["found"] and not one["state_left"]
    assert len(one["calls"]) > LEAST_CALLS and {"write", "fsync"} <= set(one["calls"])
    assert ("replace" in one["calls"] and "pwrite" not in one["calls"]) == (scenario in IN_ONE_STEP)


@pytest.mark.parametrize("scenario", IN_ONE_STEP)
def test_the_content_is_flushed_before_it_replaces_and_the_folder_after(scenario):
    calls = [one for one in outcomes(scenario)[0]["calls"] if one in ("write", "fsync", "replace")]
    assert calls == ["write", "fsync", "replace", "fsync"]


@pytest.mark.parametrize("scenario", IN_PLACE)
def test_in_place_both_contents_are_flushed_elsewhere_before_and_the_file_itself_after(scenario):
    steps = ("write", "fsync", "replace", "pwrite", "ftruncate", "unlink")
    calls = [one for one in outcomes(scenario)[0]["calls"] if one in steps]
    noted = ["write", "write", "write", "fsync", "replace", "fsync"]
    assert calls == [*noted, "pwrite", "ftruncate", "fsync", "unlink"]


@pytest.mark.parametrize("scenario", IN_ONE_STEP)
def test_killed_at_any_call_the_file_is_the_old_or_the_new_one(scenario):
    assert {one["content"] for one in killed(scenario)} == {old(scenario), "new"}
    assert all(one["killed"] for one in killed(scenario))


@pytest.mark.parametrize("scenario", IN_PLACE)
def test_killed_at_any_call_in_place_what_was_saved_can_be_restored(scenario):
    assert all(one["killed"] for one in killed(scenario))
    damaged = [one for one in killed(scenario) if one["content"] == "damaged"]
    assert damaged
    for one in damaged:
        assert (one["found"], one["before"]) == (["new"], ["old"])
        assert "was interrupted" in one["sentences"][0]


@pytest.mark.parametrize("scenario", IN_PLACE)
def test_a_save_in_place_that_was_killed_once_begun_is_offered_again(scenario):
    begun = [one for one in killed(scenario) if one["calls"] == [""]]
    offered = [one for one in begun if one["content"] == "old" and one["found"]]
    assert all(one["found"] == ["new"] for one in offered) and offered
    assert not any(one["found"] for one in begun if one["content"] == "new")


@pytest.mark.parametrize("scenario", IN_ONE_STEP + IN_PLACE)
def test_at_most_one_file_is_left_and_the_next_start_clears_it_up(scenario):
    everything = outcomes(scenario)
    assert all(len(one["litter"]) <= 1 for one in everything)
    assert not any(one["left"] or one["state_left"] for one in everything)
    assert any(one["litter"] for one in everything) == (scenario in IN_ONE_STEP)


@pytest.mark.parametrize("scenario", IN_ONE_STEP + IN_PLACE)
def test_a_failing_call_leaves_no_litter(scenario):
    assert not any(one["litter"] or one["state_left"] for one in failed(scenario))


@pytest.mark.parametrize("scenario", IN_ONE_STEP + IN_PLACE)
def test_what_is_said_about_a_failing_call_is_true(scenario):
    for one in failed(scenario):
        said = one["said"]
        if said == "saved" or "written, but perhaps not on disk" in said:
            assert one["content"] == "new", one
        elif "may be damaged" in said:
            assert one["found"] == ["new"] or one["content"] == "new", one
        else:
            assert said.startswith(("SaveFailed", "NotAllowed", "FileChanged")), one
            assert one["content"] == old(scenario) and not one["found"], one


def test_a_full_disk_is_named():
    said = {one["said"].partition("not saved: ")[2] for one in failed("existing")}
    assert "No space left on device." in said


@pytest.mark.parametrize("scenario", IN_ONE_STEP + IN_PLACE)
def test_the_mode_is_kept_whatever_happens(scenario):
    modes = {one["mode"] for one in outcomes(scenario)}
    assert modes == ({"0o640"} if scenario != "new" else {None, oct(0o666 & ~umask())})


def test_attributes_are_kept_whatever_happens():
    assert {one["kept"] for one in outcomes("attributes")} == {"kept"}


def test_unsaved_work_that_is_put_aside_is_the_earlier_or_the_newer_one():
    assert {tuple(one["found"]) for one in killed("recovery")} == {("earlier",), ("new",)}
    assert {tuple(one["found"]) for one in failed("recovery")} == {("earlier",), ("new",)}
    assert not any(one["state_left"] for one in outcomes("recovery"))


def umask() -> int:
    now = os.umask(0o022)
    os.umask(now)
    return now
