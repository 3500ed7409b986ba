"""Wheels for Linux, macOS and Windows on x86-64 and Arm, from any machine; one without a library.

    pip install '.[wheels]'
    python building/wheels.py --out dist

The kernel is cross-compiled by Zig. What comes out is opened again and checked: one library, of
the right kind, for the right processor, with the kernel's functions and all of its paths in it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import compiling

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("building", "corpus", "engine", "integrations", "plugin", "trainer")
NONE = "none"
FUNCTIONS = (b"kernel_step", b"kernel_move", b"kernel_abi", b"kernel_pool_open")
LIBRARIES = (".so", ".dylib", ".dll", ".pyd", ".o", ".a", ".lib", ".pdb")
MACHINES = {  # as headers of libraries number them
    ("linux", "x86_64"): 62,
    ("linux", "aarch64"): 183,
    ("darwin", "x86_64"): 0x01000007,
    ("darwin", "aarch64"): 0x0100000C,
    ("win32", "x86_64"): 0x8664,
    ("win32", "aarch64"): 0xAA64,
}


class WheelError(Exception):
    """A wheel does not hold what it should."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("dist"))
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(compiling.TARGETS))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.targets or [*compiling.TARGETS, NONE]:
        wheel = build(name, options.out)
        check(wheel, name)
        print(f"{wheel.name}: {wheel.stat().st_size:,} bytes, checked")
    return 0


def build(name: str, out: Path) -> Path:
    """The wheel for a target, or for none, built from a clean copy of the sources."""
    with tempfile.TemporaryDirectory() as folder:
        source, built = copy_sources(Path(folder) / "source"), Path(folder) / "built"
        options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet"]
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", *options, "-w", str(built), str(source)],
            env=os.environ | {"CODECOMPLETE_TARGET": name},
            check=True,
        )
        (wheel,) = built.glob("*.whl")
        return Path(shutil.move(wheel, out / wheel.name))


def copy_sources(to: Path) -> Path:
    """What a wheel is built from; no library that was compiled in place."""
    ignored = shutil.ignore_patterns("__pycache__", "_kernel.*", "*.egg-info", "node_modules")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, to / path.name)
    return to


def check(wheel: Path, name: str) -> None:
    """Raise WheelError unless the wheel's name and library are those of the target."""
    with zipfile.ZipFile(wheel) as archive:
        found = [one for one in archive.namelist() if one.endswith(LIBRARIES)]
        if name == NONE:
            _expect(wheel, found == [] and wheel.stem.endswith("py3-none-any"), f"{found}")
            return
        target = compiling.TARGETS[name]
        _expect(
            wheel, wheel.stem.endswith(f"py3-none-{target.wheel_tag}"), "another platform's tag"
        )
        _expect(wheel, len(found) == 1 and found[0].endswith(target.library), f"libraries {found}")
        check_library(archive.read(found[0]), target, wheel)


def check_library(data: bytes, target: compiling.Target, where: Path) -> None:
    """Raise WheelError unless a library is one of the target's, with all of the kernel in it."""
    machine = library_machine(data)
    wanted = MACHINES[target.system, target.machine]
    _expect(where, machine == wanted, f"a library for machine {machine:#x}, expected {wanted:#x}")
    paths = [path.encode() + b"\0" for path in compiling.PATHS[target.machine]]
    missing = [part.decode() for part in (*FUNCTIONS, *paths) if part not in data]
    _expect(where, not missing, f"a library without {', '.join(missing)}")


def library_machine(data: bytes) -> int:
    """The processor in the header of an ELF, Mach-O or PE file."""
    if data[:4] == b"\x7fELF":
        return int(struct.unpack_from("<H", data, 18)[0])
    if data[:4] == b"\xcf\xfa\xed\xfe":
        return int(struct.unpack_from("<I", data, 4)[0])
    if data[:2] == b"MZ":
        start = struct.unpack_from("<I", data, 0x3C)[0]
        return int(struct.unpack_from("<H", data, start + 4)[0])
    raise WheelError(f"a library that begins with {data[:4]!r}")


def _expect(where: Path, is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise WheelError(f"{where.name}: {otherwise}")


if __name__ == "__main__":
    sys.exit(main())
