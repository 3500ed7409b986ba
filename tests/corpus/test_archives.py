"""Hostile and broken archives cost their own entries, with a reason, and nothing else."""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from codecomplete.corpus import archives
from codecomplete.corpus.archives import Refused, read_archive, unsafe_path
from codecomplete.corpus.errors import ArchiveError
from tests.corpus.helpers import tar

CODE = b"def f():\n    return 1\n"


def everything(path: str) -> bool:
    return True


def entry(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def reasons(path: Path) -> dict[str, str | None]:
    return {
        found.path: found.reason if isinstance(found, Refused) else None
        for found in read_archive(path, everything)
    }


@pytest.mark.parametrize(
    ("path", "unsafe"),
    [
        ("a/b.py", False),
        ("a/../b.py", True),
        ("../b.py", True),
        ("/etc/b.py", True),
        ("..\\b.py", True),
        ("C:\\b.py", True),
        ("a\nb.py", True),
        ("a/\udce9.py", True),
        ("", True),
        ("a..b/c.py", False),
    ],
)
def test_unsafe_paths(path: str, unsafe: bool) -> None:
    assert unsafe_path(path) is unsafe


def test_a_tar_gives_its_files_and_refuses_the_rest(tmp_path: Path) -> None:
    path = tar(
        tmp_path / "x.tar.gz",
        [
            ("x/a.py", CODE),
            ("../../climb.py", CODE),
            ("x/link.py", entry("x/link.py", tarfile.SYMTYPE, "/etc/passwd")),
            ("x/hard.py", entry("x/hard.py", tarfile.LNKTYPE, "x/a.py")),
            ("x/device.py", entry("x/device.py", tarfile.CHRTYPE)),
            ("x/fifo.py", entry("x/fifo.py", tarfile.FIFOTYPE)),
            ("x/b.py", CODE),
        ],
    )
    assert reasons(path) == {
        "x/a.py": None,
        "../../climb.py": "unsafe path",
        "x/link.py": "link",
        "x/hard.py": "link",
        "x/device.py": "device",
        "x/fifo.py": "device",
        "x/b.py": None,
    }


def test_a_zip_gives_its_files_and_refuses_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "x.whl"
    link = zipfile.ZipInfo("x/link.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/a.py", CODE)
        archive.writestr("../climb.py", CODE)
        archive.writestr(link, "/etc/passwd")
        archive.writestr("x/big.py", b"#" * (archives.LARGEST_FILE + 1))
    assert reasons(path) == {
        "x/a.py": None,
        "../climb.py": "unsafe path",
        "x/link.py": "link",
        "x/big.py": "file too large",
    }


def test_a_huge_file_is_passed_over_without_being_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.tar.gz"
    huge = tarfile.TarInfo("x/huge.c")
    huge.size = 200 << 20
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(huge.tobuf())
        for _ in range(200):
            file.write(bytes(1 << 20))
        last = tarfile.TarInfo("x/a.py")
        last.size = len(CODE)
        file.write(last.tobuf() + CODE.ljust(512, b"\0") + bytes(1024))
    assert reasons(path) == {"x/huge.c": "file too large", "x/a.py": None}


def test_a_decompression_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "SMALLEST_ALLOWANCE", 1 << 20)
    path = tar(tmp_path / "bomb.tar.gz", [("x/a.py", CODE), ("x/zeros.bin", bytes(64 << 20))])
    with pytest.raises(ArchiveError, match=r"bomb\.tar\.gz: grows beyond 200 times"):
        reasons(path)


def test_a_zip_bomb_of_many_files_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "SMALLEST_ALLOWANCE", 1 << 20)
    path = tmp_path / "bomb.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"{number}.py", bytes(1 << 20))
    with pytest.raises(ArchiveError, match=r"bomb\.whl: grows beyond"):
        reasons(path)


@pytest.mark.parametrize("data", [b"", b"no archive at all", b"\x1f\x8b\x08broken", b"PK\x05\x06"])
def test_a_damaged_archive_is_an_archive_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match=r"x\.tar\.gz"):
        reasons(path)


def test_a_truncated_archive_is_an_archive_error(tmp_path: Path) -> None:
    path = tar(tmp_path / "x.tar.gz", [("x/a.py", os.urandom(5000)), ("x/b.py", CODE)])
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ArchiveError, match=r"x\.tar\.gz"):
        reasons(path)


def test_only_wanted_entries_are_read(tmp_path: Path) -> None:
    path = tar(tmp_path / "x.tar.gz", [("x/a.py", CODE), ("x/b.txt", CODE)])
    found = read_archive(path, lambda name: name.endswith(".py"))
    assert [one.path for one in found] == ["x/a.py"]


def test_plain_tars_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(gzip.decompress(tar(tmp_path / "y.tar.gz", [("x/a.py", CODE)]).read_bytes()))
    assert reasons(path) == {"x/a.py": None}
