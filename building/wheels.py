"""Wheels for Linux, macOS and Windows on x86-64 and Arm, from any machine; one without a library.

    make wheels

or ``pip install '.[wheels]'`` and ``python building/wheels.py --out dist``. The kernel is
cross-compiled by Zig, the page for browsers is bundled by Node.js. Each wheel is opened again and
checked: it must contain one library, of the right kind, for the right processor, that the oldest
system of the wheel's tag accepts, with the kernel's functions and all of its paths; the page; and
apart from the library, the same files as every wheel.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import compiling
import page

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("building", "codecomplete", "corpus", "engine", "integrations", "plugin", "trainer")
NONE = "none"
FUNCTIONS = (b"kernel_step", b"kernel_move", b"kernel_abi", b"kernel_pool_open", b"kernel_mix")
MACOS_SIGNATURE = b"\xfa\xde\x0c\xc0"
BROWSER = ("index.html", "page-", "worker-", "kernel-", "licences.txt")  # files of its page
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
"""What pip does to build a wheel, without an environment of its own."""
LIBRARIES = (".so", ".dylib", ".dll", ".pyd", ".o", ".a", ".lib", ".pdb")
MACHINES = {  # by their numbers in headers of libraries
    ("linux", "x86_64"): 62,
    ("linux", "aarch64"): 183,
    ("darwin", "x86_64"): 0x01000007,
    ("darwin", "aarch64"): 0x0100000C,
    ("win32", "x86_64"): 0x8664,
    ("win32", "aarch64"): 0xAA64,
}


class WheelError(Exception):
    """A wheel does not contain what it should."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("dist"))
    parser.add_argument("--without-page", action="store_true", help="where there is no Node.js")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(compiling.TARGETS))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.without_page:
        page.build(page.SHELL, ())
    built = []
    for name in options.targets or [*compiling.TARGETS, NONE]:
        built.append(build(name, options.out))
        check(built[-1], name)
        if not options.without_page:
            check_page(built[-1])
        print(f"{built[-1].name}: {built[-1].stat().st_size:,} bytes, checked")
    check_same_files(built)
    return 0


def build(name: str, out: Path) -> Path:
    """The wheel for a target, or for none, built from a clean copy of the sources."""
    with tempfile.TemporaryDirectory() as folder:
        source, built = copy_sources(Path(folder) / "source"), Path(folder) / "built"
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(built)], cwd=source, stdout=subprocess.DEVNULL,
            env=os.environ | {"CODECOMPLETE_TARGET": name},
        )  # fmt: skip
        if done.returncode:
            raise WheelError(f"{name}: the build ended with status {done.returncode}")
        (wheel,) = built.glob("*.whl")
        return Path(shutil.move(wheel, out / wheel.name))


def copy_sources(to: Path) -> Path:
    """Copy the sources of a wheel, without a library that was compiled in place."""
    ignored = shutil.ignore_patterns(
        "__pycache__", "_kernel.*", "*.egg-info", "node_modules", "stems"
    )
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy2(path, to / path.name)
    return to


def check(wheel: Path, name: str) -> None:
    """Raise WheelError unless the wheel's name, tag and library are those of the target."""
    with zipfile.ZipFile(wheel) as archive:
        found = libraries(archive)
        target = compiling.TARGETS.get(name)
        tag = f"py3-none-{target.wheel_tag if target else 'any'}"
        named = wheel.stem.endswith(f"-{tag}") and f"Tag: {tag}\n" in _metadata(archive)
        _expect(wheel, named, f"another platform's tag, expected {tag}")
        if target is None:
            _expect(wheel, not found, f"libraries {found}, expected none")
            return
        _expect(wheel, len(found) == 1 and found[0].endswith(target.library), f"libraries {found}")
        check_library(archive.read(found[0]), target, wheel)


def check_page(wheel: Path) -> None:
    """Raise WheelError unless the page that ``codecomplete web`` serves is in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = [Path(one).name for one in archive.namelist() if "/integrations/web/built/" in one]
    missing = [one for one in BROWSER if not any(name.startswith(one) for name in names)]
    _expect(wheel, not missing, f"a page without {', '.join(missing)}")


def check_same_files(wheels: list[Path]) -> None:
    """Raise WheelError unless all wheels contain the same files, apart from the library."""
    lists = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            lists[wheel] = {*archive.namelist()} - {*libraries(archive)}
    for wheel, files in lists.items():
        other = files ^ lists[wheels[0]]
        _expect(wheel, not other, f"files that {wheels[0].name} has not, or lacks: {sorted(other)}")


def libraries(archive: zipfile.ZipFile) -> list[str]:
    """The compiled files in a wheel."""
    return [one for one in archive.namelist() if one.endswith(LIBRARIES)]


def _metadata(archive: zipfile.ZipFile) -> str:
    names = [name for name in archive.namelist() if name.endswith(".dist-info/WHEEL")]
    return archive.read(names[0]).decode().replace("\r", "") if names else ""


def check_library(data: bytes, target: compiling.Target, where: Path) -> None:
    """Raise WheelError unless a library is for the target, and contains all of the kernel."""
    machine = library_machine(data)
    wanted = MACHINES[target.system, target.machine]
    _expect(where, machine == wanted, f"a library for machine {machine:#x}, expected {wanted:#x}")
    paths = [path.encode() + b"\0" for path in compiling.PATHS[target.machine]]
    missing = [part.decode() for part in (*FUNCTIONS, *paths) if part not in data]
    _expect(where, not missing, f"a library without {', '.join(missing)}")
    if target.wheel_tag:
        check_system(data, target, where)


def check_system(data: bytes, target: compiling.Target, where: Path) -> None:
    """Raise WheelError if a system that the wheel's tag names would refuse the library."""
    kind, *numbers = re.findall(r"^[a-z]+|(?<=_)\d+(?=_)", target.wheel_tag)
    if kind == "manylinux":
        glibc = max((int(one) for one in re.findall(rb"GLIBC_2\.(\d+)", data)), default=0)
        _expect(where, 0 < glibc <= int(numbers[1]), f"a library that needs glibc 2.{glibc}")
    elif kind == "musllinux":
        _expect(where, b"GLIBC_" not in data, "a library that needs glibc")
    elif kind == "macosx":
        oldest = macos_version(data)
        _expect(where, oldest == int(numbers[0]), f"a library for macOS {oldest}")
        signed = target.machine != "aarch64" or MACOS_SIGNATURE in data
        _expect(where, signed, "a library without a signature, which macOS on Arm refuses")


def macos_version(data: bytes) -> int:
    """The oldest macOS on which a library runs, from the load command LC_BUILD_VERSION."""
    start = 32  # after the header
    for _ in range(struct.unpack_from("<I", data, 16)[0]):
        command, size = struct.unpack_from("<II", data, start)
        if command == 0x32:
            return int(struct.unpack_from("<I", data, start + 12)[0]) >> 16
        start += size
    return 0


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
