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

BEGUN = 0.1
"""How much of each trace Chromium replays: its V8 is what Node runs all of them with, too."""
IN_NODE = {"keys": 2900, "steps": 43_000, "suggestions": 1450, "others": 850}
IN_CHROMIUM = {"keys": 300, "steps": 9_000, "suggestions": 140, "others": 60}
"""At least; others are further suggestions and ranked names."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Model directories, traces of the Python engine and the kernel."""
    browser.packages()
    place = tmp_path_factory.mktemp("vectors")
    browser.kernel(place)
    vectors.write(place)
    return place


def check(report: dict, least: dict[str, int]) -> None:
    print(report)
    assert report["differences"] == [], json.dumps(report["differences"][:5], indent=1)
    assert {name: report[name] for name, count in least.items() if report[name] < count} == {}
    assert report["worst"] < CLOSE


def test_traces_are_the_same_in_node(folder):
    done = run(browser.HERE, "node", "replay_node.mjs", str(folder / "kernel.wasm"), str(folder))
    assert done.returncode == 0, done.stderr[-3000:]
    check(json.loads(done.stdout), IN_NODE)


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
        check(browser.driven("replay", address, SHARE=str(BEGUN)), IN_CHROMIUM)
