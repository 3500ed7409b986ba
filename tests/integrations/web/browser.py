"""What tests of the page need: Node.js, Chromium, the kernel's WebAssembly, the built page."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.integrations.chromium import chromium
from tests.integrations.npm import installed
from tests.patience import LONG, PATIENCE

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
    """The kernel's WebAssembly in a folder; skips where no compiler can build it."""
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("needs the package ziglang, which compiles the kernel to WebAssembly")
    path = folder / "kernel.wasm"
    path.write_bytes(_kernel())
    return path


@functools.cache
def _kernel() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kernel.wasm"
        building.build_kernel(path)
        return path.read_bytes()


def built_page(folder: Path, models: Sequence[Path] = (building.SMALL,)) -> Path:
    """The folder of a page with some models."""
    packages()
    out = folder / "page"
    building.bundle(out, models, kernel(folder))
    return out


def driven(scenario: str, page: Path | str, **given: str) -> dict:
    """What a scenario of ``drive.mjs`` saw on a page: a file, or an address."""
    line = json.dumps({"scenario": scenario, "given": {"PAGE": str(page), **given}})
    answer: dict = json.loads(_driver().ask(line))
    assert "failed" not in answer, answer["failed"]
    seen: dict = answer["seen"]
    return seen


def close() -> None:
    """End the browser; the next scenario starts another."""
    if _driver.cache_info().currsize:
        _driver().close()
        _driver.cache_clear()


@functools.cache
def _driver() -> Driver:
    return Driver()


class Driver:
    """One Chromium for all scenarios: to start it takes longer than most of them."""

    def __init__(self) -> None:
        given = {"CHROMIUM": chromium(), "PATIENCE_MS": str(int(1000 * PATIENCE))}
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  (as long as the browser)
        self._node = subprocess.Popen(
            ["node", "drive.mjs"], cwd=HERE, env=os.environ | given, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip

    def ask(self, line: str) -> str:
        """The line that answers a line."""
        guard = threading.Timer(LONG, self._node.kill)
        guard.start()
        try:
            print(line, file=self._node.stdin, flush=True)
            answer: str = self._node.stdout.readline()
        finally:
            guard.cancel()
        assert answer, self._said()
        return answer

    def _said(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-3000:]

    def close(self) -> None:
        self._node.communicate(timeout=LONG)
        self._errors.close()
