"""Compiles the kernel: one C source, as several paths, into one shared library.

Used by the package's build (``setup.py``), by the wheels for other machines (``wheels.py``) and by
tests. Knows compilers and their options, but nothing of Python packages.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

KERNEL = Path(__file__).resolve().parent.parent / "engine" / "kernel"
OPTIONS = (
    *("-std=gnu11", "-O3", "-Wall", "-Wextra"),
    "-ffp-contract=off",  # a fused product and sum would round differently on different paths
    "-fno-math-errno",  # square roots are instructions, not calls
)
SHARED = ("-fPIC", "-fvisibility=hidden")

X86_PATHS = {
    "scalar": ("-DPATH_SCALAR",),
    "sse2": (),
    "avx2": ("-mavx2",),
    "avxvnni": ("-mavx2", "-mavxvnni"),
    "avx512": (
        *("-mavx512f", "-mavx512bw", "-mavx512vl", "-mavx512dq", "-mavx512vnni"),
        "-mprefer-vector-width=512",
    ),
}
ARM_PATHS = {
    "scalar": ("-DPATH_SCALAR",),
    "neon": (),
    "dotprod": ("-mcpu=generic+dotprod",),
}
PATHS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "x86_64": X86_PATHS,
    "aarch64": ARM_PATHS,
    "wasm32": {"wasm": ("-msimd128", "-mbulk-memory")},
}
OTHER_PATHS = {"scalar": ("-DPATH_SCALAR",)}
OPTIONAL = ("avxvnni", "avx512", "dotprod")  # paths that an old compiler may not support


class CompileError(Exception):
    """The kernel could not be compiled; has the compiler's message."""


@dataclass(frozen=True)
class Target:
    """A machine for which the library is compiled."""

    system: str  # linux, darwin or win32, as in sys.platform
    machine: str  # x86_64 or aarch64
    options: tuple[str, ...] = field(default=())  # for a cross compiler
    wheel_tag: str = ""

    @property
    def library(self) -> str:
        """The file's name, for which engine/kernel/native.py looks."""
        suffix = {"win32": "dll", "darwin": "dylib"}.get(self.system, "so")
        return f"_kernel.{suffix}"


def _zig(system: str, machine: str, triple: str, tag: str) -> Target:
    return Target(system, machine, ("-target", triple), tag)


TARGETS = {
    "linux-x86_64": _zig("linux", "x86_64", "x86_64-linux-gnu.2.17", "manylinux_2_17_x86_64"),
    "linux-aarch64": _zig("linux", "aarch64", "aarch64-linux-gnu.2.17", "manylinux_2_17_aarch64"),
    "musl-x86_64": _zig("linux", "x86_64", "x86_64-linux-musl", "musllinux_1_2_x86_64"),
    "musl-aarch64": _zig("linux", "aarch64", "aarch64-linux-musl", "musllinux_1_2_aarch64"),
    "macos-x86_64": _zig("darwin", "x86_64", "x86_64-macos.11.0", "macosx_11_0_x86_64"),
    "macos-arm64": _zig("darwin", "aarch64", "aarch64-macos.11.0", "macosx_11_0_arm64"),
    "windows-x86_64": _zig("win32", "x86_64", "x86_64-windows-gnu", "win_amd64"),
    "windows-arm64": _zig("win32", "aarch64", "aarch64-windows-gnu", "win_arm64"),
}


def this_machine() -> Target:
    """The machine that this process runs on."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    return Target(sys.platform, machine)


def system_compiler() -> list[str] | None:
    """The machine's C compiler, if it has one that supports GCC's vector types."""
    if os.environ.get("CC"):
        return shlex.split(os.environ["CC"])
    if sys.platform == "win32":
        return None
    found = next(filter(shutil.which, ("cc", "gcc", "clang")), None)
    return [found] if found else None


def zig() -> list[str] | None:
    """The compiler in the package ``ziglang``, if it is installed."""
    try:
        import ziglang  # noqa: F401
    except ImportError:
        return None
    return [sys.executable, "-m", "ziglang", "cc"]


def compiler() -> list[str]:
    """A compiler for this machine. Raises CompileError, which says how to get one."""
    found = system_compiler() or zig()
    if found is None:
        raise CompileError("no C compiler: install one, or the package ziglang")
    return found


def build_library(
    output: Path, target: Target | None = None, command: Sequence[str] | None = None
) -> None:
    """Compile the kernel into the shared library ``output``."""
    target, command = target or this_machine(), command or compiler()
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shared = () if target.system == "win32" else SHARED
        objects = compile_objects(Path(folder), target, command, shared)
        library = Path(folder) / target.library
        threads = ["-lpthread"] if target.system == "linux" else []
        _run([*command, *target.options, "-shared", "-o", library, *objects, "-s", *threads])
        shutil.move(library, output)


def compile_objects(
    folder: Path,
    target: Target,
    command: Sequence[str],
    extra: Sequence[str] = (),
    left_out: Sequence[str] = (),
) -> list[Path]:
    """Object files of all paths that the compiler supports, and of the code that calls them.

    ``left_out`` names optional paths to omit.
    """
    options = [*target.options, *OPTIONS, *extra]
    objects, missing = [], []
    for path, own in PATHS.get(target.machine, OTHER_PATHS).items():
        output = folder / f"step-{path}.o"
        if path not in left_out and _compiles(command, target, options, path, own, output):
            objects.append(output)
        else:
            missing.append(f"-DWITHOUT_{path.upper()}")
    for source in ("kernel.c", "pool.c", "mixing.c"):
        output = folder / Path(source).with_suffix(".o")
        _compile(command, [*options, *missing], source, output)
        objects.append(output)
    return objects


def _compiles(
    command: Sequence[str],
    target: Target,
    options: Sequence[str],
    path: str,
    own: Sequence[str],
    output: Path,
) -> bool:
    """Compile one path; False if it is optional and this machine's compiler does not support it."""
    try:
        _compile(command, [*options, f"-DPATH={path}", *own], "step.c", output)
    except CompileError:
        if path not in OPTIONAL or target.options:
            raise
        return False
    return True


def build_wasm(output: Path, command: Sequence[str]) -> None:
    """Compile the kernel into one WebAssembly module, with Clang or Zig and without a C library."""
    target = Target("wasm", "wasm32", ("-target", "wasm32-freestanding"))
    with tempfile.TemporaryDirectory() as folder:
        objects = compile_objects(Path(folder), target, command)
        link = ("-nostdlib", "-Wl,--no-entry", "-Wl,--export=__heap_base", "-Wl,--strip-all")
        _run([*command, *target.options, *link, "-o", output, *objects])


def _compile(command: Sequence[str], options: Sequence[str], source: str, output: Path) -> None:
    _run([*command, *options, "-c", KERNEL / source, "-o", output])


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise CompileError(f"{shlex.join(map(str, command))}\n{done.stderr.strip()[:2000]}")
