"""The extension as it is shipped: checked, bundled, run against the real server, and packed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

import codecomplete
from codecomplete.integrations.lsp.settings import Settings
from tests.integrations.npm import installed, run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
EXTENSION = ROOT / "integrations" / "vscode"
MANIFEST = EXTENSION / "package.json"
MOST_BYTES = 100_000  # of the bundle
OUTSIDE = ("unshare", "--map-root-user", "--net")  # a namespace without any network


def manifest() -> dict:
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def bundle() -> Path:
    installed(EXTENSION)
    done = run(EXTENSION, "npm", "run", "--silent", "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return EXTENSION / "dist" / "extension.js"


def test_the_source_is_checked(bundle):
    done = run(EXTENSION, "npm", "run", "--silent", "check")
    assert done.returncode == 0, done.stdout


def test_the_bundle_is_small_and_calls_nobody(bundle):
    text = bundle.read_text(encoding="utf-8")
    assert len(text) < MOST_BYTES
    needed = set(re.findall(r'require\("([^"]+)"\)', text))
    # net is vscode-jsonrpc's, for clients that want a named pipe; nothing here calls it
    assert {name.removeprefix("node:") for name in needed} <= {
        "vscode", "child_process", "fs", "path", "os", "crypto", "net", "util",
    }  # fmt: skip
    assert not re.search(r"https?://|fetch\(|telemetry|XMLHttp", text, re.IGNORECASE)


def test_it_works_with_the_real_server(bundle, tmp_path):
    scenario = Path(__file__).with_name("scenario.cjs")
    done = run(
        EXTENSION, "node", "--test", str(scenario), PYTHON=sys.executable,
        EXTENSION=str(bundle), MANIFEST=str(MANIFEST), XDG_STATE_HOME=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "# fail 0" in done.stdout and "# skipped 0" in done.stdout


def test_it_is_packed_without_a_network_and_holds_only_what_it_needs(bundle, tmp_path):
    packed = tmp_path / "codecomplete.vsix"
    outside = OUTSIDE if has_namespaces() else ()
    done = run(EXTENSION, *outside, "npm", "run", "--silent", "package", "--", "-o", str(packed))
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(packed) as archive:
        names = {name.lower() for name in archive.namelist()}
        shipped = json.loads(archive.read("extension/package.json"))
    assert names == {
        "[content_types].xml", "extension.vsixmanifest", "extension/package.json",
        "extension/readme.md", "extension/license.txt", "extension/dist/extension.js",
    }  # fmt: skip
    assert packed.stat().st_size < MOST_BYTES
    assert shipped["main"] == "./dist/extension.js"


def has_namespaces() -> bool:
    if shutil.which(OUTSIDE[0]) is None:
        return False
    return subprocess.run([*OUTSIDE, "true"], capture_output=True).returncode == 0


def test_settings_and_their_defaults_are_the_servers():
    ours = {name.removeprefix("codecomplete."): value["default"] for name, value in
            manifest()["contributes"]["configuration"]["properties"].items()}  # fmt: skip
    assert ours.pop("python") == ""
    servers = {}
    for one in fields(Settings):
        name = re.sub("_([a-z])", lambda letter: letter[1].upper(), one.name)
        default = one.default if one.default is not MISSING else one.default_factory()
        servers[name] = default
    servers.pop("completion")  # VS Code has inline completion
    assert ours == servers


def test_the_manifest_is_the_packages():
    given = manifest()
    assert given["version"] == codecomplete.__version__
    assert given["capabilities"]["untrustedWorkspaces"]["supported"] is False
    assert (EXTENSION / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    for name in ("python", "model"):  # a path that a workspace names is code, or data, of others
        properties = given["contributes"]["configuration"]["properties"]
        assert properties[f"codecomplete.{name}"]["scope"] == "machine-overridable"
    assert not given.get("dependencies"), "everything is in the bundle"


@pytest.mark.parametrize("folder", [EXTENSION, ROOT / "tests/integrations/lsp/browser"],
                         ids=lambda folder: folder.name)  # fmt: skip
def test_lock_files_pin_everything_and_name_no_registry(folder):
    lock = json.loads((folder / "package-lock.json").read_text())
    asked = json.loads((folder / "package.json").read_text())
    for name, version in {
        **asked.get("dependencies", {}),
        **asked.get("devDependencies", {}),
    }.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    for name, package in lock["packages"].items():
        assert "resolved" not in package
        assert not name or "integrity" in package, name
