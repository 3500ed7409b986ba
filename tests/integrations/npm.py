"""Packages from npm that tests need: pinned by a lock file, kept in a folder that git ignores."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.patience import LONG, PATIENCE


def installed(folder: Path) -> Path:
    """``node_modules`` of a folder as its lock file has it; skips the test where that cannot be."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here: what runs in Node is not tested")
    lock = folder / "package-lock.json"
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # tests of other files may need them in this moment
        _install(folder, hashlib.sha256(file.read()).hexdigest())
    return folder / "node_modules"


def _install(folder: Path, digest: str) -> None:
    stamp = folder / "node_modules" / ".lock-digest"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    done = run(folder, *command)
    if done.returncode:
        pytest.skip(f"npm could not install what {folder.name} needs: {done.stderr[-500:]}")
    stamp.write_text(digest)


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command there; PATIENCE_MS tells it how long to wait for what will happen."""
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LONG,
        env=os.environ | {"PATIENCE_MS": str(int(1000 * PATIENCE))} | environment,
    )  # fmt: skip
