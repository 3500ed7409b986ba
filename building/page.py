"""Builds the page with the engine in it: ``make web``.

    python building/page.py [--out FOLDER] [--inline NAME,…] [MODEL_DIRECTORY …]

Needs Node.js with npm, and the package ziglang, which compiles the kernel to WebAssembly. The npm
packages are those in ``integrations/web/package-lock.json``. Writes a folder for a web server and,
in it, one file that works from disk; and the page without a model that ``python -m codecomplete
web`` serves and that wheels contain.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import compiling

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "integrations" / "web"
SHELL = WEB / "built"
SMALL = ROOT / "engine" / "models" / "small"
CHARACTERS = ROOT / "engine" / "models" / "characters-tiny"


class PageError(Exception):
    """The page could not be built; the message says what is missing."""


def build(out: Path, models: Sequence[Path] = (SMALL,), inline: str | None = None) -> None:
    """Build the page with some models in ``out``, which must be new, empty or a page.

    Without models, it is a page to which a server adds some.
    """
    install_packages()
    with tempfile.TemporaryDirectory() as folder:
        kernel = Path(folder) / "kernel.wasm"
        build_kernel(kernel)
        bundle(out, models, kernel, inline)


def bundle(out: Path, models: Sequence[Path], kernel: Path, inline: str | None = None) -> None:
    """The same with a kernel that was compiled before, and packages that are installed."""
    chosen = ["--inline", inline] if inline else []
    directories = [path.resolve() for path in models]
    options = ["--kernel", kernel, "--out", out.resolve(), *chosen, *directories]
    _run(["node", WEB / "build.mjs", *options])


def build_kernel(output: Path) -> None:
    """The kernel as WebAssembly."""
    zig = compiling.zig()
    if zig is None:
        raise PageError("the kernel needs the package ziglang: pip install 'codecomplete[web]'")
    compiling.build_wasm(output, zig)


def install_packages() -> None:
    """Install the packages of the lock file, if they are not installed yet."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise PageError(f"no {program} here: install Node.js 20 or later")
    stamp = WEB / "node_modules" / ".lock-digest"
    digest = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
        stamp.write_text(digest)


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run([str(part) for part in command], cwd=WEB, capture_output=True, text=True)
    if done.returncode:
        raise PageError((done.stderr or done.stdout).strip()[-2000:])


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the page with the engine in it.")
    parser.add_argument(
        "models", nargs="*", type=Path, help="model directories (the packaged ones)"
    )
    parser.add_argument("--out", type=Path, default=WEB / "dist", help="(%(default)s)")
    parser.add_argument("--inline", help="models in the single file, by name (the first)")
    options = parser.parse_args()
    try:
        build(options.out, options.models or [SMALL, CHARACTERS], options.inline)
        build(SHELL, ())
    except (PageError, compiling.CompileError) as error:
        print(f"building/page.py: {error}", file=sys.stderr)
        return 1
    for path in (options.out / "index.html", options.out / "codecomplete.html"):
        print(f"{path.stat().st_size:>10,} bytes  {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
