"""The same C outside Python: under sanitizers, on another processor, in WebAssembly.

Each runs the cases of ``cases.py`` and compares its logits, bit by bit, with those of the native
library. What a machine lacks a tool for is skipped, and says which.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codecomplete.engine.kernel import Native
from tests.engine.kernel.cases import BITS, CONFIGS, make_case, write_vectors

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
sys.path.insert(0, str(ROOT / "building"))
import compiling  # noqa: E402

pytestmark = pytest.mark.slow

HAS_ZIG = importlib.util.find_spec("ziglang") is not None
ZIG = pytest.mark.skipif(not HAS_ZIG, reason="needs the package ziglang")


@pytest.fixture(scope="module")
def vectors(tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("vectors"), BITS)


def written(folder: Path, many_bits: tuple[int, ...]) -> Path:
    cases = [make_case(config, bits, folder) for config in CONFIGS.values() for bits in many_bits]
    assert write_vectors(folder / "vectors.bin", cases, Native()) > 50
    return folder / "vectors.bin"


def run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=3_000
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def build_program(
    folder: Path,
    command: list[str],
    target: compiling.Target,
    *options: str,
    left_out: tuple[str, ...] = (),
    name: str = "run_vectors",
) -> Path:
    """``run_vectors.c``, or another, with the kernel as one program."""
    objects = compiling.compile_objects(folder, target, command, options, left_out)
    sources = [HERE / f"{name}.c", *objects]
    own = [*target.options, "-O1", *options, f"-I{compiling.KERNEL}", "-std=gnu11"]
    run(*command, *own, "-o", folder / name, *sources, "-lpthread", "-lm")
    return folder / name


def build_bare_program(folder: Path) -> Path:
    """The same for 64-bit Arm under Linux, with ``bare.c`` in place of a C library."""
    target = compiling.Target("linux", "aarch64", ("-target", "aarch64-linux-musl"))
    command = [*compiling.zig(), *target.options]
    options = [f"-I{compiling.KERNEL}", "-std=gnu11", "-O1", "-fno-builtin"]
    objects = compiling.compile_objects(folder, target, compiling.zig())
    for name in ("run_vectors", "bare"):
        run(*command, *options, "-c", HERE / f"{name}.c", "-o", folder / f"{name}.o")
        objects.append(folder / f"{name}.o")
    run(*command, "-static", "-nostdlib", "-o", folder / "run_vectors", *objects)
    return folder / "run_vectors"


def sanitizer_runs(folder: Path, command: list[str], kind: str) -> bool:
    (folder / "empty.c").write_text("int main(void) { return 0; }\n")
    options = [f"-fsanitize={kind}", str(folder / "empty.c"), "-o", str(folder / "empty")]
    if subprocess.run([*command, *options], capture_output=True).returncode:
        return False
    return subprocess.run([str(folder / "empty")], capture_output=True).returncode == 0


def sanitized(
    folder: Path, kind: str, left_out: tuple[str, ...] = (), name: str = "run_vectors"
) -> Path:
    """A program with a sanitizer; skips the test where there is none."""
    command = compiling.system_compiler()
    if command is None or not sanitizer_runs(folder, command, kind):
        pytest.skip(f"no C compiler here that can run programs with -fsanitize={kind}")
    options = (f"-fsanitize={kind}", "-fno-sanitize-recover=all", "-g1", "-Og", "-DNOT_INLINED")
    machine = compiling.this_machine()
    return build_program(folder, command, machine, *options, left_out=left_out, name=name)


def check(shown: str, cases: int) -> None:
    assert shown.count(f": {cases} cases") == len(shown.splitlines()) > 0


# Threads divide the rows of every path, and of weights in every number of bits, in the same way:
# two of the paths, and one of the numbers, tell as much as all.


def test_the_sanitizer_of_memory_has_no_complaint(vectors, tmp_path):
    program = sanitized(tmp_path, "address,undefined")
    check(run(program, vectors, "1"), len(CONFIGS) * len(BITS))
    check(run(program, written(tmp_path, BITS[:1]), "3"), len(CONFIGS))


def test_mixing_in_local_text_touches_nothing_else(tmp_path):
    """One path of the step is enough: it is not used."""
    program = sanitized(tmp_path, "address,undefined", compiling.OPTIONAL, "run_mixing")
    assert run(program) == "mixing: 2000 places\n"


def test_the_sanitizer_of_threads_has_no_complaint(tmp_path):
    program = sanitized(tmp_path, "thread", left_out=compiling.OPTIONAL)
    check(run(program, written(tmp_path, BITS[:1]), "3"), len(CONFIGS))


@ZIG
def test_an_arm_processor_finds_the_same_bits(vectors, tmp_path):
    if shutil.which("qemu-aarch64") is None:
        pytest.skip("needs qemu-user")
    shown = run("qemu-aarch64", build_bare_program(tmp_path), vectors)
    assert [line.partition(":")[0] for line in shown.splitlines()] == list(compiling.ARM_PATHS)


@ZIG
def test_webassembly_finds_the_same_bits(vectors, tmp_path):
    if shutil.which("node") is None:
        pytest.skip("needs Node.js")
    compiling.build_wasm(tmp_path / "kernel.wasm", compiling.zig())
    assert (tmp_path / "kernel.wasm").stat().st_size < 64_000
    shown = run("node", HERE / "run_vectors.mjs", tmp_path / "kernel.wasm", vectors)
    assert f"wasm: {len(CONFIGS) * len(BITS)} cases" in shown


@ZIG
def test_another_compiler_finds_the_same_bits(vectors, tmp_path):
    program = build_program(tmp_path, compiling.zig(), compiling.this_machine())
    assert "scalar" in run(program, vectors)


def test_a_compiler_that_lacks_an_instruction_set_leaves_its_path_out(tmp_path):
    command = compiling.system_compiler()
    if command is None or compiling.this_machine().machine != "x86_64":
        pytest.skip("needs a C compiler, and an x86-64 processor")
    old = tmp_path / "old-compiler"
    old.write_text(
        '#!/bin/sh\ncase "$*" in *-mavxvnni*|*-mavx512f*) exit 1;; esac\n'
        # which paths there are, not how fast they are
        f'exec {" ".join(command)} "$@" -O0 -DNOT_INLINED\n'
    )
    old.chmod(0o755)
    from codecomplete.engine.kernel import native

    compiling.build_library(tmp_path / "_kernel.so", command=[str(old)])
    found = native.paths(native.open_library(tmp_path / "_kernel.so"))
    assert "avx2" in found or "sse2" in found
    assert not {"avxvnni", "avx512"} & {*found}
