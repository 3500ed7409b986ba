"""The extension in VS Code's own workbench, in a browser. Not part of an ordinary run: building the
workbench takes minutes (``workbench.sh``); to be run before a release."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.integrations.npm import installed, run
from tests.integrations.vscode.test_extension import EXTENSION, ROOT, bundle  # noqa: F401

BUILT = os.environ.get("CODE_SERVER")
PICTURE = os.environ.get("PICTURE")
BROWSER = ROOT / "tests/integrations/lsp/browser"
SETTINGS = {
    "codecomplete.python": sys.executable,
    "security.workspace.trust.enabled": True,
    "workbench.startupEditor": "none",
    "editor.minimap.enabled": False,
    "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},
    "workbench.colorTheme": "Default Dark Modern",
    "workbench.tips.enabled": False,
}
CODE = '''\
import os


def names(folder):
    """The Python files of a folder."""
    found = []
    '''
TYPED = "for name in os.li"


@pytest.mark.slow
@pytest.mark.skipif(
    BUILT is None, reason="CODE_SERVER names no workbench (workbench.sh builds one)"
)
def test_ghost_text_in_visual_studio_code(bundle, tmp_path):  # noqa: F811
    packed = tmp_path / "codecomplete.vsix"
    done = run(EXTENSION, "npm", "run", "--silent", "package", "--", "-o", str(packed))
    assert done.returncode == 0, done.stderr
    home, folder = tmp_path / "home", tmp_path / "project"
    user = home / "data" / "User"
    user.mkdir(parents=True)
    folder.mkdir()
    (user / "settings.json").write_text(json.dumps(SETTINGS))
    (folder / "example.py").write_text(CODE)
    done = run(
        Path(__file__).parent, "node", "workbench.mjs", CODE_SERVER=BUILT,
        CHROMIUM=shutil.which("chromium"), MODULES=str(installed(BROWSER)), HOME_FOLDER=str(home),
        FOLDER=str(folder), VSIX=str(packed), TYPED=TYPED,
        PICTURE=PICTURE or str(tmp_path / "picture.png"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    print(seen)
    assert "error" not in seen, seen
    assert seen["before"] == 0, "nothing runs before the workspace is trusted"
    whole = "    " + TYPED + seen["ghost"]
    assert seen["along"] == seen["ghost"][1:]
    assert len(seen["hump"]) > len("    " + TYPED) + 1 and whole.startswith(seen["hump"])
    assert seen["hump"] + seen["rest"] == whole
    assert seen["accepted"] == whole
    assert seen["undone"] == seen["hump"]
