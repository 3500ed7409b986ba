"""Files that hold secrets are known by name, the same ones in every host; code is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codecomplete.engine.privacy.private import is_private

ROOT = Path(__file__).parents[3]
WHERE = ROOT / "integrations" / "nvim" / "runtime" / "lua" / "codecomplete" / "where.lua"


@pytest.mark.parametrize(
    "path",
    [
        "/a/.env", "/a/.env.local", "/a/prod.env", "/home/u/.netrc", "/a/.npmrc", "/a/server.pem",
        "/home/u/.ssh/config", "/home/u/.aws/config", "/a/id_ed25519", "/a/secrets.yaml",
        "/a/credentials.json", "/a/terraform.tfvars", "/a/.htpasswd", "C:\\app\\.env",
        "/a/service-account-1.json", "/dev/shm/pass.x/entry.txt",
    ],
)  # fmt: skip
def test_it_is_private(path):
    assert is_private(path)


@pytest.mark.parametrize(
    "path",
    ["/a/secrets.py", "/a/environment.py", "/a/keys.go", "/a/env.c", "/a/ids.java", "/a/x.envx",
     "/home/u/.ssh/<prompt>", "/a/key.rs", "", "Makefile"],
)  # fmt: skip
def test_it_is_not(path):
    assert not is_private(path)


def test_neovim_leaves_no_file_to_us_that_we_would_not_leave_alone():
    """Its list in Lua keeps the text from leaving Neovim; ours must hold at least as much."""
    text = WHERE.read_text(encoding="utf-8")
    names = re.findall(r"'([^']+)'", text.partition("M.private_names = {")[2].partition("}")[0])
    assert len(names) > 20
    for pattern in names:
        assert is_private("/a/" + _example(pattern)), pattern
    folders = re.findall(r"'([^']+)'", text.partition("M.private_folders = {")[2].partition("}")[0])
    assert folders and all(
        is_private(f"/home/u{_example(name)}x") for name in folders if name[0] != "^"
    )


def _example(pattern: str) -> str:
    """A name that a Lua pattern of that simple kind matches."""
    begins, ends = pattern.startswith("^"), pattern.endswith("$")
    name = pattern.strip("^$").replace("[%w_]+", "rsa").replace("?", "").replace("%", "")
    return ("" if begins else "x") + name + ("" if ends else "local")
