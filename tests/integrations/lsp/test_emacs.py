"""Real Emacs: our ghost text in it, and plain completion in Eglot and lsp-mode."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integrations.lsp.raw import ROOT, fake
from tests.patience import LONG, PATIENCE

FOLDER = Path(__file__).with_name("emacs")
GHOST = ROOT / "integrations" / "lsp" / "clients" / "codecomplete.el"
PACKAGES = Path("/usr/share/emacs/site-lisp/elpa")


def emacs(tmp_path: Path, *arguments: str, **environment: str) -> str:
    """What Emacs says in the end; skips where there is none."""
    program = shutil.which("emacs")
    if program is None:
        pytest.skip("no Emacs here (apt-get install emacs-nox)")
    folder = str(tmp_path)
    given = {"HOME": folder, "XDG_STATE_HOME": folder, "FOLDER": folder, "PATH": "/usr/bin:/bin",
             "CC_LSP": json.dumps(fake()), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8",
             "PATIENCE": str(PATIENCE)}  # fmt: skip
    done = subprocess.run(
        [program, "-Q", "--batch", *arguments], env=given | environment, capture_output=True,
        text=True, timeout=LONG,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr.rstrip().rpartition("\n")[2]


def test_ghost_text_is_typed_through_accepted_dismissed_and_undone(tmp_path):
    assert emacs(tmp_path, "-l", str(GHOST), "-l", str(FOLDER / "ghost.el")) == "all seen"


def test_our_file_compiles_without_a_warning(tmp_path):
    copy = shutil.copy(GHOST, tmp_path)
    compiled = f'(unless (byte-compile-file "{copy}") (kill-emacs 1))'
    emacs(tmp_path, "--eval", "(setq byte-compile-error-on-warn t)", "--eval", compiled)


@pytest.mark.parametrize("client", ["eglot", "lsp-mode"])
def test_plain_completion(tmp_path, client):
    if not list(PACKAGES.glob(f"{client}-*")):
        pytest.skip(f"no {client} here (apt-get install elpa-{client})")
    assert emacs(tmp_path, "-l", str(FOLDER / "plain.el"), CLIENT=client) == "all seen"
