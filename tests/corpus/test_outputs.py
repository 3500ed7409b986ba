"""Nothing that is not ours is written over, whatever folder or file a command is given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codecomplete.corpus.errors import OutputError
from codecomplete.corpus.outputs import Kind, adopt, claim, fresh, fresh_file
from tests.corpus.helpers import digests

RESULT, OTHER = Kind("results of a test"), Kind("other results")


def write(folder: Path, kind: Kind = RESULT, **files: str) -> None:
    with fresh(folder, kind) as place:
        for name, text in files.items():
            (place / name).write_text(text)


def thesis(folder: Path) -> Path:
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "thesis.txt").write_text("years of work")
    return folder


@pytest.mark.parametrize("prepare", [lambda folder: None, Path.mkdir], ids=["missing", "empty"])
def test_a_new_folder_holds_what_was_written(
    prepare: Callable[[Path], None], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    prepare(out)
    write(out, a="1")
    assert (out / "a").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"], "nothing is left beside it"


def test_results_of_the_same_kind_are_replaced_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, old="1", both="1")
    write(out, new="2", both="2")
    assert {path.name for path in out.iterdir() if not path.name.startswith(".")} == {"new", "both"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (thesis, r"holds files; expected nothing, or results of a test"),
        (lambda out: write(out, OTHER, a="1"), "holds other results; expected nothing"),
        (lambda out: (write(out, a="1"), thesis(out)), r"besides .* holds files/thesis\.txt"),
        (lambda out: (write(out, a="1"), (out / "mine").mkdir()), r"holds mine, which would be"),
        (lambda out: (write(out, a="1"), (out / "home").symlink_to("/")), "holds home, which"),
        (lambda out: out.write_text("text"), "is a file; expected a folder"),
    ],
    ids=["somebody's", "another kind", "with more in it", "empty folder", "link", "file"],
)
def test_what_is_not_ours_stays_and_is_named(
    prepare: Callable[[Path], object], told: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    prepare(out)
    before = digests(tmp_path)
    with pytest.raises(OutputError, match=told):
        write(out, b="2")
    assert digests(tmp_path) == before


def test_a_failure_leaves_what_stood_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, a="1")
    before = digests(tmp_path)
    with pytest.raises(KeyboardInterrupt), fresh(out, RESULT) as place:
        (place / "a").write_text("half")
        raise KeyboardInterrupt
    assert digests(tmp_path) == before


def test_what_a_killed_command_left_beside_is_cleared_and_another_s_is_not(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from codecomplete.corpus.outputs import Kind, fresh\n"
        "with fresh(Path(sys.argv[1]), Kind('results of a test')) as place:\n"
        "    (place / 'half').write_text('x'); os.kill(os.getpid(), 9)"
    )
    out = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", code, str(out)], check=False)
    assert done.returncode == -9 and not out.exists()
    write(out, a="1")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    thesis(tmp_path / ".out.writing")
    with pytest.raises(OutputError, match="is in the way and was not written by this command"):
        write(out, a="2")
    assert (tmp_path / ".out.writing" / "files" / "thesis.txt").exists()


def test_a_source_is_never_written_over(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, a="1")
    (tmp_path / "link").symlink_to(source)
    for out in (source, tmp_path / "link", source / "below"):
        with pytest.raises(OutputError, match="which is read"), fresh(out, RESULT, source):
            pass
    assert (source / "a").read_text() == "1"


def test_a_link_to_a_folder_stays_one(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    write(tmp_path / "out", a="1")
    assert (tmp_path / "out").is_symlink() and (tmp_path / "disk" / "a").exists()


def test_a_file_added_later_is_ours_once_adopted(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, a="1")
    (out / "measures").write_text("1")
    adopt(out, "measures")
    write(out, a="2")
    assert not (out / "measures").exists()


def test_a_folder_that_grows_is_claimed_once(tmp_path: Path) -> None:
    claim(tmp_path / "work", RESULT)
    (tmp_path / "work" / "more").write_text("1")
    claim(tmp_path / "work", RESULT)
    with pytest.raises(OutputError, match="holds results of a test; expected nothing"):
        claim(tmp_path / "work", OTHER)
    with pytest.raises(OutputError, match="holds files; expected nothing"):
        claim(thesis(tmp_path / "mine"), RESULT)
    assert (tmp_path / "work" / "more").read_text() == "1"


def test_a_file_of_another_kind_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "plot.png"
    path.write_text("notes")
    with (
        pytest.raises(OutputError, match="begins with b'note', expected"),
        fresh_file(path, b"\x89PNG"),
    ):
        pass
    path.write_bytes(b"\x89PNG old")
    with pytest.raises(ValueError, match="half"), fresh_file(path, b"\x89PNG") as partial:
        partial.write_bytes(b"\x89P")
        raise ValueError("half")
    assert path.read_bytes() == b"\x89PNG old"
    with fresh_file(path, b"\x89PNG") as partial:
        partial.write_bytes(b"\x89PNG new")
    assert path.read_bytes() == b"\x89PNG new" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "locked" / "out", a="1")


def test_the_marker_says_the_same_for_the_same_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, b="1", a="1")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    marker = json.loads((tmp_path / "one" / ".codecomplete.json").read_text())
    assert marker == {"kind": "results of a test", "files": ["a", "b"]}
