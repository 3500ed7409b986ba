"""What tests of the page need: Node.js, Chromium, the kernel's WebAssembly, the built page."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integrations.npm import installed, run

ROOT = Path(__file__).parents[3]
WEB = ROOT / "integrations" / "web"
HERE = Path(__file__).parent
sys.path.insert(0, str(ROOT / "building"))
import page as building  # noqa: E402

LEAST_NODE = 20  # regular expressions with sets


def packages() -> Path:
    """The packages from npm; skips where there is no Node.js that is new enough."""
    modules = installed(WEB)
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    if int(version.strip().removeprefix("v").partition(".")[0]) < LEAST_NODE:
        pytest.skip(f"Node.js {version.strip()} here, the engine needs {LEAST_NODE}")
    return modules


def kernel(folder: Path) -> Path:
    """The kernel's WebAssembly, built into a folder; skips where no compiler can."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("needs the package ziglang, which compiles the kernel to WebAssembly")
    path = folder / "kernel.wasm"
    if not path.is_file():
        building.build_kernel(path)
    return path


def built_page(folder: Path, models: Sequence[Path] = (building.SMALL,)) -> Path:
    """The folder of a page with some models."""
    packages()
    kernel(folder)
    out = folder / "page"
    building.build(out, models, install=False)
    return out


def chromium() -> str:
    """Chromium's program; skips where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if found is None:
        pytest.skip("no chromium here (apt-get install chromium)")
    return found


def driven(scenario: str, page: Path | str, **environment: str) -> dict:
    """What a scenario of ``drive.mjs`` saw on a page: a file, or an address."""
    given = {"CHROMIUM": chromium(), "PAGE": str(page)} | environment
    done = run(HERE, "node", "drive.mjs", scenario, **given)
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict = json.loads(done.stdout.splitlines()[-1])
    return seen
