"""Packages from npm that tests need: pinned by a lock file, kept in a folder that git ignores."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.patience import LONG


def installed(folder: Path) -> Path:
    """``node_modules`` of a folder as its lock file has it; skips the test where that cannot be."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here: what runs in Node is not tested")
    modules = folder / "node_modules"
    stamp = modules / ".lock-digest"
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != digest:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
        done = run(folder, *command)
        if done.returncode:
            pytest.skip(f"npm could not install what {folder.name} needs: {done.stderr[-500:]}")
        stamp.write_text(digest)
    return modules


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LONG,
        env=os.environ | environment,
    )  # fmt: skip
