"""The engine in the browser does what the Python engine does, key by key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integrations.npm import run
from tests.integrations.web import browser, vectors
from tests.integrations.web.conftest import served

pytestmark = pytest.mark.slow

CLOSE = 0.005  # how much confidences may differ: exponentials are not the same to the last bit


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Model directories, traces of the Python engine and the kernel."""
    browser.packages()
    place = tmp_path_factory.mktemp("vectors")
    browser.kernel(place)
    vectors.write(place)
    return place


def check(report: dict) -> None:
    print(report)
    assert report["differences"] == [], json.dumps(report["differences"][:5], indent=1)
    assert report["keys"] > 4600 and report["steps"] > 83_000 and report["suggestions"] > 2000
    assert report["others"] > 1100, "further suggestions and ranked names"
    assert report["worst"] < CLOSE


def test_traces_are_the_same_in_node(folder):
    done = run(browser.HERE, "node", "replay_node.mjs", str(folder / "kernel.wasm"), str(folder))
    assert done.returncode == 0, done.stderr[-3000:]
    check(json.loads(done.stdout))


def test_traces_are_the_same_in_chromium(folder):
    for name, source in (
        ("tests/integrations/web", browser.HERE),
        ("integrations/web/src", browser.WEB / "src"),
    ):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.symlink_to(source)
    (folder / "index.html").write_text("<!doctype html><title>replay</title>")
    with served(folder) as address:
        check(browser.driven("replay", address))
