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


@pytest.mark.parametrize("name", ["codecomplete-0.1.0-py3-none-any.whl", "another-1-cp311.whl"])
def test_a_wheel_without_library_or_with_two_is_refused(tmp_path, name):
    wheel = tmp_path / name
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("engine/kernel/_kernel.so", b"\x7fELF")
    with pytest.raises(wheels.WheelError):
        wheels.check(wheel, wheels.NONE)
    with pytest.raises(wheels.WheelError):
        wheels.check(wheel, "linux-x86_64")
