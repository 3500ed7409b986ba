"""What a build needs, and what a wheel is refused for."""

from __future__ import annotations

import dataclasses
import sys
import zipfile
from pathlib import Path

import pytest

from codecomplete.engine.kernel import native

sys.path.insert(0, str(Path(__file__).parent.parent / "building"))
import backend
import compiling
import wheels

pytestmark = pytest.mark.slow


def test_a_machine_without_a_compiler_gets_one_from_pypi(monkeypatch, tmp_path):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert backend._compiler() == [backend.COMPILER]
    (tmp_path / "cc").write_text("#!/bin/sh\n")
    (tmp_path / "cc").chmod(0o755)
    assert backend._compiler() == []


def test_the_library_is_the_one_that_the_engine_looks_for():
    assert compiling.this_machine().library == native.LIBRARY.name
    assert native.LIBRARY.parent == compiling.KERNEL


def here() -> compiling.Target:
    target = compiling.this_machine()
    if (target.system, target.machine) not in wheels.MACHINES:
        pytest.skip("no wheels are built for this machine")
    return target


def test_the_library_of_this_machine_passes_the_check_of_wheels():
    wheels.check_library(native.LIBRARY.read_bytes(), here(), native.LIBRARY)


def test_a_library_for_another_processor_is_refused():
    other = {"x86_64": "aarch64", "aarch64": "x86_64"}[here().machine]
    target = dataclasses.replace(here(), machine=other)
    with pytest.raises(wheels.WheelError, match="for machine 0x"):
        wheels.check_library(native.LIBRARY.read_bytes(), target, native.LIBRARY)


def test_a_library_without_a_path_is_refused():
    data = native.LIBRARY.read_bytes().replace(b"scalar\0", b"stolen\0")
    with pytest.raises(wheels.WheelError, match="without scalar"):
        wheels.check_library(data, here(), native.LIBRARY)


def test_a_whole_wheel_for_another_system_is_built_and_checked(tmp_path):
    """For the one that is compiled soonest; ``make wheels`` builds and checks every one."""
    wheel = wheels.build("macos-arm64", tmp_path)
    wheels.check(wheel, "macos-arm64")
    for other in ("macos-x86_64", "windows-arm64", wheels.NONE):
        with pytest.raises(wheels.WheelError, match="another platform's tag"):
            wheels.check(wheel, other)
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        data = archive.read("codecomplete/engine/kernel/_kernel.dylib")
    for part in ("codecomplete", "corpus", "engine", "integrations", "trainer"):
        prefix = "codecomplete" if part == "codecomplete" else f"codecomplete/{part}"
        sources = {path.relative_to(wheels.ROOT / part) for path in modules(part)}
        assert {f"{prefix}/{path.as_posix()}" for path in sources} <= names
    assert not any(name.endswith(".pyc") for name in names)
    target = compiling.TARGETS["macos-arm64"]
    with pytest.raises(wheels.WheelError, match="without a signature"):
        wheels.check_library(data.replace(wheels.MACOS_SIGNATURE, bytes(4)), target, wheel)
    later = dataclasses.replace(target, wheel_tag="macosx_10_15_arm64")
    with pytest.raises(wheels.WheelError, match="a library for macOS 11"):
        wheels.check_library(data, later, wheel)


def modules(part: str) -> list[Path]:
    folder = wheels.ROOT / part
    return [path for path in folder.rglob("*.py") if "__pycache__" not in path.parts]


def test_a_library_for_a_later_system_than_the_tag_says_is_refused():
    name = next(
        name for name, target in compiling.TARGETS.items()
        if (target.system, target.machine) == (here().system, here().machine)
    )  # fmt: skip
    target, data = compiling.TARGETS[name], native.LIBRARY.read_bytes()
    if target.system != "linux":
        pytest.skip("glibc is of Linux")
    with pytest.raises(wheels.WheelError, match=r"needs glibc 2\.99"):
        wheels.check_library(data + b"GLIBC_2.99\0", target, native.LIBRARY)
    musl = dataclasses.replace(target, wheel_tag="musllinux_1_2_x86_64")
    with pytest.raises(wheels.WheelError, match="needs glibc"):
        wheels.check_library(data, musl, native.LIBRARY)


def test_wheels_with_different_files_are_refused(tmp_path):
    paths = [tmp_path / "one.whl", tmp_path / "two.whl", tmp_path / "three.whl"]
    for path, names in zip(paths, ("a.py a.so", "a.py a.dll", "a.py b.py"), strict=True):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names.split():
                archive.writestr(name, b"")
    wheels.check_same_files(paths[:2])
    with pytest.raises(wheels.WheelError, match=r"three\.whl: .*b\.py"):
        wheels.check_same_files(paths)


@pytest.mark.parametrize("name", ["codecomplete-0.1.0-py3-none-any.whl", "another-1-cp311.whl"])
def test_a_wheel_without_library_or_with_two_is_refused(tmp_path, name):
    wheel = tmp_path / name
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("engine/kernel/_kernel.so", b"\x7fELF")
    with pytest.raises(wheels.WheelError):
        wheels.check(wheel, wheels.NONE)
    with pytest.raises(wheels.WheelError):
        wheels.check(wheel, "linux-x86_64")
