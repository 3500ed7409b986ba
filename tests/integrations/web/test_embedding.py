"""The package in pages of others: CodeMirror, a textarea, Monaco."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.integrations.npm import installed, run
from tests.integrations.web import browser
from tests.integrations.web.conftest import served

CODE = "import os\n\n\nfor name in os.listdir(folder):\n    names.ap"
PAGE = """<!doctype html><meta charset="utf-8"><title>host</title><link rel="icon" href="data:,">
{}<script type="module" src="{}"></script>"""


def bundled(entry: Path, out: Path) -> None:
    done = run(browser.HERE, "node", "bundle.mjs", str(entry), str(out))
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def host(tmp_path_factory) -> Path:
    """A folder as a web server would have it: model, kernel, worker."""
    browser.packages()
    folder = tmp_path_factory.mktemp("host")
    browser.kernel(folder)
    shutil.copytree(browser.building.SMALL, folder / "small")
    bundled(browser.WEB / "src/serving/worker.mjs", folder / "worker.js")
    return folder


def test_three_lines_put_ghost_text_on_an_editor_that_is_there(host):
    bundled(browser.HERE / "embed.mjs", host / "embed.js")
    (host / "index.html").write_text(
        PAGE.format("<textarea rows=8 cols=60></textarea>", "embed.js")
    )
    with served(host) as address:
        seen = browser.driven("embedded", address, TYPED=CODE)
    assert seen["errors"] == []
    assert seen["ghost"].startswith("pend(")
    assert seen["accepted"] == CODE + seen["ghost"] and seen["undone"] == CODE
    assert seen["field"].startswith("pend(") and seen["fieldAccepted"] == CODE + seen["field"]
    assert seen["removed"] == 0, "an adapter that is taken away leaves nothing"


@pytest.mark.slow
@pytest.mark.skipif(
    "MONACO" not in os.environ, reason="MONACO is not set: Monaco is 100 MB, and tried by hand"
)
def test_ghost_text_in_monaco(host):
    folder = browser.HERE / "monaco"
    installed(folder)
    bundled(folder / "page.mjs", host / "monaco.js")
    styles = '<link rel="stylesheet" href="monaco.css"><div id="monaco" style="height:400px"></div>'
    (host / "index.html").write_text(PAGE.format(styles, "monaco.js"))
    with served(host) as address:
        seen = browser.driven("monaco", address, TYPED=CODE.replace("    ", ""))
    assert seen["before"] == CODE, "Monaco indents by itself"
    assert seen["ghost"].startswith("pend(")
    second, third, *back = seen["others"]
    assert len({seen["ghost"], second, third}) == 3 and back == [second, seen["ghost"]]
    assert seen["accepted"] == CODE + seen["ghost"] and seen["undone"] == CODE
